"""What `docs/using.md` promises: its examples are valid, its numbers are the code's."""

from pathlib import Path
import re
from typing import Any

from homeassistant.components.automation.config import (
    async_validate_config_item as validate_automation,
)
from homeassistant.components.script.config import (
    async_validate_config_item as validate_script,
)
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.oceanremote.admission.settings import LIMITS
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.flows.options import UNITS
from custom_components.oceanremote.policy.settings import PolicySettings
from custom_components.oceanremote.protocol import Domain

from .flow_support import TRANSLATIONS, text_at

TEXT = (Path(__file__).parents[2] / "docs/using.md").read_text()
CORE = Path(__file__).parents[2] / "esphome/components/oceanremote_core"
HTTP_STATUS = (CORE / "http_status.cpp").read_text()
# Those for a device are read by ESPHome: tests/firmware/test_asking_yaml.py.
EXAMPLES = [
    (kind, item)
    for text in re.findall(r"```yaml\n((?:automation|script):.*?)```", TEXT, re.DOTALL)
    for kind, items in yaml.safe_load(text).items()
    for item in (items if isinstance(items, list) else items.values())
]
SECURITY = ("options", "step", "init", "sections", "security", "data")


def actions_in(config: Any) -> list[str]:
    """Return the actions of ours that a configuration calls."""
    if isinstance(config, list):
        return [name for item in config for name in actions_in(item)]
    if not isinstance(config, dict):
        return []
    found = [name for value in config.values() for name in actions_in(value)]
    action = str(config.get("action", ""))
    return [*found, action] if action.startswith(f"{DOMAIN}.") else found


def test_every_kind_of_entity_is_named() -> None:
    section = TEXT.partition("## Entities\n")[2].partition("Challenge devices")[0]
    for domain in Domain:
        assert domain.name.lower().replace("_", " ") in section


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
async def test_home_assistant_takes_every_example(
    hass: HomeAssistant, hub_entry: MockConfigEntry, kind: str, example: dict[str, Any]
) -> None:
    """By its own validation; and what they call of ours is there."""
    if kind == "automation":
        checked = await validate_automation(hass, "example", example)
    else:
        checked = await validate_script(hass, "example", example)
    assert checked is not None
    assert checked.validation_error is None
    for action in actions_in(example):
        assert hass.services.has_service(*action.split("."))


@pytest.mark.parametrize("action", sorted(TRANSLATIONS["services"]))
def test_every_action_is_in_a_table_with_its_fields(action: str) -> None:
    (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| `{action}` |")]
    for field in TRANSLATIONS["services"][action].get("fields", {}):
        assert f"`{field}`" in row


@pytest.mark.parametrize("status", TRANSLATIONS["entity"]["sensor"]["status"]["state"])
def test_every_status_is_explained(status: str) -> None:
    words = text_at("entity", "sensor", "status", "state", status)
    assert f"\n| {words} |" in TEXT


@pytest.mark.parametrize("status", re.findall(r"case (\d+):", HTTP_STATUS))
def test_every_http_status_that_a_board_has_words_for_is_explained(status: str) -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| HTTP status ")]
    assert sum(status in line.split("|")[1] for line in rows) == 1


@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_stands_there_with_its_default_and_bounds(name: str) -> None:
    low, high = LIMITS[name]
    default = getattr(PolicySettings(), name)
    label = text_at(*SECURITY, name)
    row = f"| {label} | {default:,} {UNITS[name]} | {low:,} to {high:,} |"
    assert row in TEXT


@pytest.mark.parametrize(
    "path",
    [
        ("config", "step", "user", "data"),
        ("config", "step", "user", "sections", "advanced", "data"),
        ("options", "step", "init", "data"),
        SECURITY,
        ("config_subentries", "device", "step", "user", "data"),
        ("config_subentries", "challenge_device", "step", "reconfigure", "data"),
        ("config_subentries", "challenge_device", "step", "tables", "data"),
        ("config_subentries", "challenge_device", "step", "connect", "data"),
    ],
)
def test_every_field_is_explained_by_its_name(path: tuple[str, ...]) -> None:
    fields: Any = TRANSLATIONS
    for step in path:
        fields = fields[step]
    for label in fields.values():
        assert label in TEXT, label
