"""Texts: what a device says, as Home Assistant shows it, and what it is asked."""

from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from custom_components.oceanremote.protocol.domains.text import TextCommand, TextMode

from .runtime_support import Device, describe
from .test_entities import show
from .test_valve import report

# The first is what Home Assistant raised up to 2026.10.
REFUSED = (ValueError, ServiceValidationError)
BARE = describe(Domain.TEXT, "Motto")
CODE = describe(
    Domain.TEXT,
    "Code",
    min_length=2,
    max_length=4,
    pattern="[0-9]+$",
    mode=TextMode.PASSWORD,
)
ENDLESS = describe(Domain.TEXT, "Trap", pattern="(a+)+$")
BROKEN = describe(Domain.TEXT, "Broken", pattern="[a-")
ANY = {"mode": "text", "min": 0, "max": 255, "pattern": None}


@pytest.mark.parametrize(
    ("text", "said", "state", "attributes"),
    [
        (BARE, "calm", "calm", ANY),
        (BARE, "", "", ANY),
        (BARE, "ü" * 255, "ü" * 255, ANY),
        (BARE, None, STATE_UNKNOWN, ANY),
        (
            CODE,
            "123",
            "123",
            {"mode": "password", "min": 2, "max": 4, "pattern": "[0-9]+$"},
        ),
        (CODE, "1", STATE_UNKNOWN, {}),
        (CODE, "12345", STATE_UNKNOWN, {}),
        (CODE, "12a", STATE_UNKNOWN, {}),
        (describe(Domain.TEXT, "Long", max_length=65_535), "a", "a", {"max": 255}),
        (ENDLESS, "a" * 254 + "!", "a" * 254 + "!", {"pattern": "(a+)+$"}),
        (BROKEN, "b", "b", {"pattern": "[a-"}),
    ],
)
async def test_a_text_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    caplog: pytest.LogCaptureFixture,
    text: EntityDescriptor,
    said: str | None,
    state: str,
    attributes: dict[str, Any],
) -> None:
    """What does not keep the device's own rules is unknown."""
    entity_id = await show(hass, hub, connected_device, text)
    await report(hub, connected_device, text, said)
    await hass.async_block_till_done()
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert attributes.items() <= shown.attributes.items()
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("text", "value"),
    [(BARE, "calm"), (BARE, ""), (BARE, "😀" * 200), (CODE, "2468"), (ENDLESS, "!")],
)
async def test_a_text_is_commanded(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    text: EntityDescriptor,
    value: str,
) -> None:
    """The device hears the text as it is."""
    entity_id = await show(hass, hub, connected_device, text)
    await _set(hass, entity_id, value)
    (sent,) = connected_device.driver.commands
    assert sent.address == text.address
    assert sent.args == TextCommand(value).args() == {1: value}


@pytest.mark.parametrize("value", ["1", "12345", "abc"])
async def test_what_a_text_may_not_be_is_not_asked(
    hass: HomeAssistant, hub: Hub, connected_device: Device, value: str
) -> None:
    """Home Assistant refuses it; nothing reaches the device."""
    entity_id = await show(hass, hub, connected_device, CODE)
    with pytest.raises(REFUSED, match=r"Value .* for text\."):
        await _set(hass, entity_id, value)
    assert not connected_device.driver.commands


async def _set(hass: HomeAssistant, entity_id: str, value: str) -> None:
    await hass.services.async_call(
        "text", "set_value", {ATTR_ENTITY_ID: entity_id, "value": value}, blocking=True
    )
