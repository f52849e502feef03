"""A device has the entities that it has: every choice of domains compiles.

A function that only some domains declare is unknown to the compiler where a device has
none of them. So each domain is tried alone, with what its device really includes.
"""

from pathlib import Path

import pytest

from .component_sources import (
    COMPONENT,
    complaints_of_all,
    sources_in,
    sources_that_include,
)
from .each_domain import LEFT_OUT, ON_THE_WIRE, device_with
from .esphome_runner import run_esphome
from .small_device import small_yaml

pytestmark = pytest.mark.sources

# What is compiled differently when another domain is there.
SOURCES = sources_that_include("domain_traits.h")


def test_the_sources_that_know_domains_are_found() -> None:
    assert {"entities.cpp", "client.cpp"} <= {source.name for source in SOURCES}


@pytest.mark.parametrize(
    "domains",
    [(), *((domain,) for domain in ON_THE_WIRE), LEFT_OUT],
    ids=["none", *ON_THE_WIRE, "left out"],
)
def test_a_device_with_these_domains_alone_compiles(
    domains: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "device.yaml"
    file.write_text(device_with(*domains))
    outcome = run_esphome("compile", "--only-generate", file=file, data=tmp_path)
    assert outcome.accepted, outcome.text
    generated = tmp_path / "build" / "device" / "src"
    sources = [source for source in sources_in(generated) if source in SOURCES]
    assert {"client.cpp", "entities.cpp"} <= {source.name for source in sources}
    assert complaints_of_all(sources, generated, "-DUSE_HOST") == ""
    on_the_wire = {name for name in domains if name in ON_THE_WIRE}
    assert _domains_in(generated) == on_the_wire


def test_what_does_not_compile_is_told(tmp_path: Path) -> None:
    file = tmp_path / "device.yaml"
    file.write_text(device_with())
    outcome = run_esphome("compile", "--only-generate", file=file, data=tmp_path)
    assert outcome.accepted, outcome.text
    source = tmp_path / "planted.cpp"
    source.write_text(
        f'#include "{COMPONENT}/client.h"\n'
        "void esphome::oceanremote::Client::loop() { this->nothing(); }"
    )
    generated = tmp_path / "build" / "device" / "src"
    said = complaints_of_all([source], generated, "-DUSE_HOST")
    assert "has no member named" in said


def _domains_in(generated: Path) -> set[str]:
    """Return the domains whose sources a build has."""
    sources = (generated / "esphome/components/oceanremote").glob("domain_*.cpp")
    return {source.stem.removeprefix("domain_") for source in sources}


def test_a_build_has_the_sources_that_it_needs(tmp_path: Path) -> None:
    """Also where a platform of the component brings its files a second time."""
    file = tmp_path / "device.yaml"
    age = "sensor:\n  - {platform: oceanremote, session_age: {name: Age}}\n"
    last = "text_sensor:\n  - {platform: oceanremote, last_error: {name: Error}}\n"
    link = "binary_sensor:\n  - {platform: oceanremote, connected: {name: Link}}\n"
    file.write_text(small_yaml(age + last + link))
    outcome = run_esphome("compile", "--only-generate", file=file, data=tmp_path)
    assert outcome.accepted, outcome.text
    generated = tmp_path / "build" / "device" / "src"
    assert _domains_in(generated) == {"sensor", "text_sensor", "binary_sensor"}
    left_out = {source.name for source in COMPONENT.glob("*.cpp")} - {
        source.name
        for source in (generated / "esphome/components/oceanremote").glob("*.cpp")
    }
    unused = {
        "board_sectors_esp8266.cpp",
        "board_sectors_rp2.cpp",
        "identity_store_preferences.cpp",
        "identity_store_sectors.cpp",
        "resolver_board.cpp",
        "stream_tls.cpp",
        "stream_tls_openssl.cpp",
    }
    assert unused <= left_out
    assert "resolver_host.cpp" not in left_out


# What a device asks of Home Assistant: its YAML, and the sources that it alone brings.
_IMPORTED = "[{platform: oceanremote, id: it, entity_id: "
ASKS = {
    "time": ("time:\n  - platform: oceanremote\n", {"hub_clock"}),
    "sensor": (
        f"sensor: {_IMPORTED}sensor.x}}]\n",
        {"client_imports", "import", "imported_sensor"},
    ),
    "switch": (
        f"switch: {_IMPORTED}light.x}}]\n",
        {"client_imports", "import", "imported_switch", "client_requests"},
    ),
    "event": (
        "script: [{id: ring, then: [{oceanremote.event: {event: rung}}]}]\n",
        {"client_requests"},
    ),
    "action": (
        "packages:\n  a:\n    oceanremote: {actions: [{action: beep, then: []}]}\n",
        {"client_actions", "user_action"},
    ),
}
ASKING = set().union(*(sources for _, sources in ASKS.values()))


@pytest.mark.parametrize("ask", ASKS)
def test_a_device_that_asks_for_this_alone_compiles(ask: str, tmp_path: Path) -> None:
    text, expected = ASKS[ask]
    file = tmp_path / "device.yaml"
    file.write_text(small_yaml(text))
    outcome = run_esphome("compile", "--only-generate", file=file, data=tmp_path)
    assert outcome.accepted, outcome.text
    generated = tmp_path / "build" / "device" / "src"
    component = generated / "esphome/components/oceanremote"
    assert {source.stem for source in component.glob("*.cpp")} & ASKING == expected
    names = ("client", "client_link", "entities", *expected)
    sources = [COMPONENT / f"{name}.cpp" for name in names]
    assert complaints_of_all(sources, generated, "-DUSE_HOST") == ""
