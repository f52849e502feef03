"""Dates and times: what a device says, as Home Assistant shows it, and what it is asked."""

from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from custom_components.oceanremote.protocol.domains.date import DateCommand, DateState
from custom_components.oceanremote.protocol.domains.datetime import DateTimeCommand
from custom_components.oceanremote.protocol.domains.time import TimeCommand, TimeState

from .runtime_support import Device, describe
from .test_entities import show
from .test_valve import report

DAY = describe(Domain.DATE, "Day", icon="mdi:calendar")
HOUR = describe(Domain.TIME, "Hour")
MOMENT = describe(Domain.DATETIME, "Moment")
LAST = 0xFFFF_FFFF


def _date(year: int, month: int, day: int) -> DateState:
    return DateState(year=year, month=month, day=day)


@pytest.mark.parametrize(
    ("entity", "said", "state"),
    [
        (DAY, _date(2026, 11, 26), "2026-11-26"),
        (DAY, _date(1970, 1, 1), "1970-01-01"),
        (DAY, _date(3000, 12, 31), "3000-12-31"),
        (DAY, _date(2024, 2, 29), "2024-02-29"),
        (DAY, _date(2026, 2, 29), STATE_UNKNOWN),
        (DAY, None, STATE_UNKNOWN),
        (HOUR, TimeState(hour=0, minute=0, second=0), "00:00:00"),
        (HOUR, TimeState(hour=23, minute=59, second=58), "23:59:58"),
        (HOUR, None, STATE_UNKNOWN),
        (MOMENT, 0, "1970-01-01T00:00:00+00:00"),
        (MOMENT, 1_795_000_000, "2026-11-18T11:06:40+00:00"),
        (MOMENT, LAST, "2106-02-07T06:28:15+00:00"),
        (MOMENT, None, STATE_UNKNOWN),
    ],
)
async def test_it_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    entity: EntityDescriptor,
    said: Any,
    state: str,
) -> None:
    """A day that no calendar has is unknown."""
    entity_id = await show(hass, hub, connected_device, entity)
    await report(hub, connected_device, entity, said)
    await hass.async_block_till_done()
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert shown.attributes.get("icon") == entity.icon


@pytest.mark.parametrize(
    ("entity", "data", "command"),
    [
        (DAY, {"date": "2026-11-26"}, DateCommand(year=2026, month=11, day=26)),
        (HOUR, {"time": "07:08:09"}, TimeCommand(hour=7, minute=8, second=9)),
        (
            MOMENT,
            {"datetime": "2026-11-18T12:06:40+01:00"},
            DateTimeCommand(1_795_000_000),
        ),
        (MOMENT, {"datetime": "2106-02-07T06:28:15Z"}, DateTimeCommand(LAST)),
    ],
)
async def test_it_is_set(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    entity: EntityDescriptor,
    data: dict[str, Any],
    command: Any,
) -> None:
    entity_id = await show(hass, hub, connected_device, entity)
    await _set(hass, entity, entity_id, data)
    (sent,) = connected_device.driver.commands
    assert sent.address == entity.address
    assert sent.args == command.args()


@pytest.mark.parametrize(
    ("entity", "data", "what"),
    [
        (DAY, {"date": "1969-12-31"}, "year"),
        (DAY, {"date": "3001-01-01"}, "year"),
        (MOMENT, {"datetime": "1969-12-31T23:59:59+00:00"}, "seconds"),
        (MOMENT, {"datetime": "2106-02-07T06:28:16Z"}, "seconds"),
    ],
)
async def test_what_no_device_can_hold_is_not_sent(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    entity: EntityDescriptor,
    data: dict[str, Any],
    what: str,
) -> None:
    """The caller hears which part it is; the link lives."""
    entity_id = await show(hass, hub, connected_device, entity)
    with pytest.raises(HomeAssistantError) as caught:
        await _set(hass, entity, entity_id, data)
    assert caught.value.translation_key == "command_not_sent"
    assert what in (caught.value.translation_placeholders or {})["reason"]
    assert not connected_device.driver.commands
    assert hass.states.is_state(entity_id, STATE_UNKNOWN)


async def _set(
    hass: HomeAssistant,
    entity: EntityDescriptor,
    entity_id: str,
    data: dict[str, Any],
) -> None:
    await hass.services.async_call(
        entity.address.domain.platform,
        "set_value",
        {ATTR_ENTITY_ID: entity_id, **data},
        blocking=True,
    )
