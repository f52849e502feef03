"""The bounds of the protocol stand in three places, and are the same in all of them."""

import re

import pytest

from custom_components.oceanremote.protocol import limits

from .core_build import REPOSITORY

pytestmark = pytest.mark.sources

CORE = REPOSITORY / "esphome/components/oceanremote_core"
VALIDATION = REPOSITORY / "esphome/components/oceanremote/device_entities.py"

# Of the board: the hub's name for the same bound.
BOARD = {
    "ENTITIES_MAX": "MAX_ENTITIES",
    "SUB_DEVICES_MAX": "MAX_SUB_DEVICES",
    "DESCRIPTION_MAX": "MAX_DESCRIPTION",
    "DESCRIPTION_ITEMS_MAX": "MAX_DESCRIPTION_ITEMS",
    "LIST_MAX": "MAX_OPTIONS",
    "OBJECT_ID_MAX": "MAX_NAME_TEXT",
    "ENTITY_NAME_MAX": "MAX_NAME_TEXT",
    "PROPERTY_TEXT_MAX": "MAX_NAME_TEXT",
    "OPTION_TEXT_MAX": "MAX_OPTION_TEXT",
    "STATE_TEXT_MAX": "MAX_STATE_TEXT",
    "FACT_TEXT_MAX": "MAX_FACT_TEXT",
    "LAST_LINES_MAX": "MAX_LAST_LINES",
    "LAST_LINE_TEXT_MAX": "MAX_LAST_LINE_TEXT",
    "REASON_MAX": "MAX_REASON_TEXT",
    "LOG_TAG_MAX": "MAX_LOG_TAG_TEXT",
    "LOG_TEXT_MAX": "MAX_LOG_TEXT",
    "LOG_LEVEL_MAX": "MAX_LOG_LEVEL",
    "CBOR_DEPTH_MAX": "MAX_CBOR_NESTING",
    "RX_LIMIT_MIN": "MIN_RX_LIMIT",
    "RX_LIMIT_SMALL": "SMALL_DEVICE_RX_LIMIT",
    "RX_LIMIT_LARGE": "DEVICE_RX_LIMIT",
}
YAML = {
    "MAX_ENTITIES": "MAX_ENTITIES",
    "MAX_SUB_DEVICES": "MAX_SUB_DEVICES",
    "MAX_LIST": "MAX_OPTIONS",
    "MAX_OPTION": "MAX_OPTION_TEXT",
    "MAX_EVENT_TYPES": "MAX_EVENT_TYPES",
}


def _numbers(text: str, pattern: str) -> dict[str, int]:
    return {name: int(value) for name, value in re.findall(pattern, text, re.MULTILINE)}


@pytest.mark.parametrize("name", BOARD)
def test_the_board_has_the_hubs_bounds(name: str) -> None:
    headers = "".join(path.read_text() for path in sorted(CORE.glob("*.h")))
    found = _numbers(headers, r"^inline constexpr \w+ (\w+) = (\d+);")
    assert found[name] == getattr(limits, BOARD[name])


@pytest.mark.parametrize("name", YAML)
def test_validation_has_the_hubs_bounds(name: str) -> None:
    found = _numbers(VALIDATION.read_text(), r"^(MAX_\w+) = (\d+)")
    assert found[name] == getattr(limits, YAML[name])
