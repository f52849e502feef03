"""Covers: what a device says, as Home Assistant shows it, and what it is asked."""

from typing import Any

from homeassistant.components.cover import CoverEntityFeature
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceNotSupported
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from custom_components.oceanremote.protocol.domains.cover import (
    CoverCommand,
    CoverOperation,
    CoverState,
)

from .runtime_support import Device, describe, eventually, report
from .test_entities import show

OPENS = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE
TILTS = (
    CoverEntityFeature.OPEN_TILT
    | CoverEntityFeature.CLOSE_TILT
    | CoverEntityFeature.SET_TILT_POSITION
)
BARE = describe(Domain.COVER, "Awning")
FULL = describe(
    Domain.COVER,
    "Awning",
    device_class="awning",
    assumed_state=True,
    supports_position=True,
    supports_stop=True,
    supports_tilt=True,
    supports_toggle=True,
)


@pytest.mark.parametrize(
    ("cover", "said", "state", "attributes"),
    [
        (BARE, CoverState(position=0.0), "closed", {"is_closed": True}),
        (BARE, CoverState(position=0.4), "open", {"is_closed": False}),
        (BARE, CoverState(), STATE_UNKNOWN, {"is_closed": None}),
        (
            BARE,
            CoverState(position=0.4, operation=CoverOperation.CLOSING),
            "closing",
            {"supported_features": OPENS},
        ),
        (
            FULL,
            CoverState(position=0.0, operation=CoverOperation.OPENING, tilt=1.0),
            "opening",
            {
                "supported_features": OPENS
                | TILTS
                | CoverEntityFeature.STOP
                | CoverEntityFeature.SET_POSITION,
                "device_class": "awning",
                "assumed_state": True,
                "current_tilt_position": 100,
            },
        ),
        (
            FULL,
            CoverState(position=0.4, tilt=0.125),
            "open",
            {"current_position": 40, "current_tilt_position": 12},
        ),
        (FULL, CoverState(position=0.0, tilt=0.0), "closed", {"current_position": 0}),
        (FULL, CoverState(), STATE_UNKNOWN, {"is_closed": None}),
    ],
)
async def test_a_cover_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    cover: EntityDescriptor,
    said: CoverState,
    state: str,
    attributes: dict[str, Any],
) -> None:
    """By its position if it has one, else as open or closed."""
    entity_id = await show(hass, hub, connected_device, cover)
    await report(hub, connected_device, cover, said)
    await hass.async_block_till_done()
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert attributes.items() <= shown.attributes.items()
    if cover is BARE or said.position is None:
        assert "current_position" not in shown.attributes
        assert "current_tilt_position" not in shown.attributes


@pytest.mark.parametrize(
    ("said", "feature"),
    [
        ("supports_position", CoverEntityFeature.SET_POSITION),
        ("supports_stop", CoverEntityFeature.STOP),
        ("supports_tilt", TILTS),
        ("supports_toggle", CoverEntityFeature(0)),
    ],
)
async def test_each_ability_is_offered_by_itself(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    said: str,
    feature: CoverEntityFeature,
) -> None:
    awning = describe(Domain.COVER, "Awning", **{said: True})
    entity_id = await show(hass, hub, connected_device, awning)
    await report(hub, connected_device, awning, CoverState(position=1.0))
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes["supported_features"] == OPENS | feature


async def test_a_cover_is_away_with_its_device(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Another device class than Home Assistant's own is none."""
    awning = describe(Domain.COVER, "Awning", device_class="sail")
    entity_id = await show(hass, hub, connected_device, awning)
    await report(hub, connected_device, awning, CoverState(position=1.0))
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert "device_class" not in shown.attributes
    await connected_device.hang_up()
    await eventually(lambda: hass.states.is_state(entity_id, STATE_UNAVAILABLE))


@pytest.mark.parametrize(
    ("cover", "service", "data", "command"),
    [
        (BARE, "open_cover", {}, CoverCommand(position=1.0)),
        (BARE, "close_cover", {}, CoverCommand(position=0.0)),
        (BARE, "toggle", {}, CoverCommand(position=1.0)),
        (FULL, "open_cover", {}, CoverCommand(position=1.0)),
        (FULL, "close_cover", {}, CoverCommand(position=0.0)),
        (FULL, "set_cover_position", {"position": 35}, CoverCommand(position=0.35)),
        (FULL, "stop_cover", {}, CoverCommand(stop=True)),
        (FULL, "toggle", {}, CoverCommand(toggle=True)),
        (FULL, "open_cover_tilt", {}, CoverCommand(tilt=1.0)),
        (FULL, "close_cover_tilt", {}, CoverCommand(tilt=0.0)),
        (FULL, "toggle_cover_tilt", {}, CoverCommand(tilt=1.0)),
        (
            FULL,
            "set_cover_tilt_position",
            {"tilt_position": 7},
            CoverCommand(tilt=0.07),
        ),
    ],
)
async def test_a_cover_is_commanded(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    cover: EntityDescriptor,
    service: str,
    data: dict[str, Any],
    command: CoverCommand,
) -> None:
    """One key says all that is asked."""
    entity_id = await show(hass, hub, connected_device, cover)
    tilt = 0.0 if cover is FULL else None
    await report(hub, connected_device, cover, CoverState(position=0.0, tilt=tilt))
    await hass.services.async_call(
        "cover", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
    )
    (sent,) = connected_device.driver.commands
    assert sent.address == cover.address
    assert sent.args == command.args()
    assert len(sent.args) == 1


@pytest.mark.parametrize(
    ("service", "data"),
    [
        ("stop_cover", {}),
        ("set_cover_position", {"position": 1}),
        ("open_cover_tilt", {}),
        ("close_cover_tilt", {}),
        ("stop_cover_tilt", {}),
        ("set_cover_tilt_position", {"tilt_position": 1}),
    ],
)
async def test_what_a_cover_cannot_do_is_not_asked(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    service: str,
    data: dict[str, Any],
) -> None:
    """Home Assistant refuses it; nothing reaches the device."""
    entity_id = await show(hass, hub, connected_device, BARE)
    with pytest.raises(ServiceNotSupported):
        await hass.services.async_call(
            "cover", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
        )
    assert not connected_device.driver.commands
