"""What the YAML has and the hub will not see is named at validation, one by one."""

from pathlib import Path
import re

import pytest

from lab.paths import ESPHOME_COMPONENTS

from .around_component import HOST, validate
from .each_domain import ON_THE_WIRE, device_with
from .esphome_runner import run_esphome

pytestmark = pytest.mark.sources

UNSEEN = "will not appear in Home Assistant: OceanRemote does not carry this kind"
COMPONENT = ESPHOME_COMPONENTS / "oceanremote"
CORE = ESPHOME_COMPONENTS / "oceanremote_core"


# A component that this ESPHome does not have.
NEWER = "stub_newer_kind"


def _warnings(folder: Path, text: str) -> list[str]:
    file = folder / "device.yaml"
    file.write_text(text)
    outcome = run_esphome("config", file=file, data=folder)
    assert outcome.accepted, outcome.text
    return outcome.warnings


def test_each_entity_of_another_domain_is_named(tmp_path: Path) -> None:
    newer = f"{NEWER}: [{{name: First}}, {{name: Second}}]\n"
    first, second = _warnings(tmp_path, device_with() + newer)
    assert first.startswith(f"{NEWER} 'First' {UNSEEN}")
    assert second.startswith(f"{NEWER} 'Second' {UNSEEN}")


def test_an_entity_that_travels_is_not_warned_of(tmp_path: Path) -> None:
    assert _warnings(tmp_path, device_with(*ON_THE_WIRE)) == []


def test_an_internal_entity_is_nobodys_business(tmp_path: Path) -> None:
    newer = f"{NEWER}: [{{id: a}}, {{id: b, name: B, internal: true}}]\n"
    assert _warnings(tmp_path, device_with() + newer) == []


def _warning(folder: Path, esphome: str, entity: str) -> str:
    """Return the one warning about a device with a line below `esphome:`."""
    file = folder / "device.yaml"
    text = device_with().replace("name: device\n", f"name: device\n  {esphome}\n")
    file.write_text(text + entity)
    outcome = run_esphome("config", file=file, data=folder)
    assert outcome.accepted, outcome.text
    (warning,) = outcome.warnings
    return warning


def test_a_main_entity_has_the_devices_name(tmp_path: Path) -> None:
    newer = f"{NEWER}: [{{name: None}}]\n"
    warning = _warning(tmp_path, "friendly_name: Gate", newer)
    assert warning.startswith(f"{NEWER} 'Gate' {UNSEEN}")


def test_a_part_of_a_device_is_nothing_to_warn_of(tmp_path: Path) -> None:
    switch = "switch:\n  - {platform: template, name: Relay, optimistic: true, "
    text = device_with().replace(
        "name: device\n", "name: device\n  devices: [{id: shed, name: Shed}]\n"
    )
    assert _warnings(tmp_path, f"{text}{switch}device_id: shed}}\n") == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["x" * 255, "y"], None),
        (["x" * 256, "y"], "of select 'Mode' has 256 characters; a hub takes 255"),
        (["\u00e4" * 255], None),
        (["\u00e4" * 256], "of select 'Mode' has 256 characters; a hub takes 255"),
        ([f"o{i}" for i in range(1025)], "'Mode' has 1025 options; a hub takes 1024"),
    ],
    ids=["longest", "too long", "bytes do not count", "characters do", "too many"],
)
def test_options_that_a_hub_does_not_take_are_refused(
    options: list[str], words: str | None, tmp_path: Path
) -> None:
    select = (
        "select:\n  - platform: template\n    name: Mode\n    optimistic: true\n"
        f"    options: {options}\n"
    )
    outcome = validate(tmp_path, HOST, select)
    assert outcome.accepted == (words is None), outcome.text
    assert words is None or words in outcome.words


def test_an_effect_with_too_long_a_name_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "device.yaml"
    file.write_text(device_with("light").replace("name: Flash", f"name: {'x' * 256}"))
    outcome = run_esphome("config", file=file, data=tmp_path)
    assert not outcome.accepted
    assert "of light 'Lamp' has 256 characters; a hub takes 255" in outcome.words


@pytest.mark.parametrize(("length", "accepted"), [(255, True), (256, False)])
def test_a_pattern_that_a_hub_does_not_take_is_refused(
    length: int, accepted: bool, tmp_path: Path
) -> None:
    text = (
        "text:\n  - {platform: template, name: Motto, optimistic: true, mode: text, "
        f"pattern: {'x' * length}}}\n"
    )
    outcome = validate(tmp_path, HOST, text)
    assert outcome.accepted == accepted, outcome.text
    words = "'pattern' of text 'Motto' has more than the 255 characters"
    assert accepted or words in outcome.words


def test_the_domains_are_those_of_the_firmware() -> None:
    numbers = (CORE / "wire_domains.h").read_text()
    (listed,) = re.findall(r"enum class Domain : uint8_t {([^}]*)}", numbers)
    names = [name.lower() for name in re.findall(r"(\w+) = \d+", listed)]
    # ESPHome's own table of entity types says DATETIME_DATE for what it calls `date`.
    on_the_wire = [name.removeprefix("datetime_") for name in names]
    assert sorted(on_the_wire) == sorted(ON_THE_WIRE)
