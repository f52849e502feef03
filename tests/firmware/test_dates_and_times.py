"""Dates, times and updates: what one is travels up, what is asked of it down.

They share a host program: that is what takes its time.
"""

from typing import Any

import pytest
import pytest_asyncio

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
)
from custom_components.oceanremote.protocol.domains.date import DateState
from custom_components.oceanremote.protocol.domains.time import TimeState
from custom_components.oceanremote.protocol.domains.update import UpdateState
from lab.firmware import Device

from .bench_hub import BenchHub
from .conftest import Starter
from .small_device import small_yaml_for

# One program, compiled once.
pytestmark = pytest.mark.xdist_group("dates")

# The host's clock, in a zone behind UTC: there 1970 begins in 1969.
ENTITIES = """\
time: [{platform: host, id: wall_clock, timezone: "<-03>3"}]
datetime:
  - platform: template
    id: day
    name: Day
    type: date
    optimistic: true
    initial_value: "2026-11-26"
    restore_value: true
    on_value: [{logger.log: "Day: changed"}]
  - {platform: template, name: Unset day, type: date, set_action: [{logger.log: "Unset day: asked"}]}
  - platform: template
    name: Told day
    type: date
    set_action: []
    update_interval: 100ms
    lambda: |-
      ESPTime told{};
      told.year = 3000;
      told.month = 12;
      told.day_of_month = 31;
      return told;
  - platform: template
    name: Hour
    type: time
    optimistic: true
    initial_value: "07:08:09"
    restore_value: true
    on_time: [{logger.log: "Hour: struck"}]
  - platform: template
    name: Moment
    type: datetime
    optimistic: true
    initial_value: "2026-11-26 12:00:00"
    restore_value: true
    on_time: [{logger.log: "Moment: come"}]
  - {platform: template, name: Unset moment, type: datetime, set_action: []}
"""
NODE = "  build_flags: -DUSE_OCEANREMOTE_SMALL_FRAMES\n"
LONG = "Ein ausführlicher Satz. " * 200
ENTITIES += f"""\
update:
  - platform: stub_update
    name: Firmware
    device_class: firmware
    current_version: 2026.10.0_c51f7548
    latest_version: 2026.11.0
    title: Pump
    summary: "{LONG}"
    release_url: https://example.com/2026.11.0
    progress: 42.5
  - {{platform: stub_update, name: Silent, known: false, current_version: "1"}}
  - platform: stub_update
    name: Hasty
    current_version: "1"
    latest_version: {"ü" * 40}
    title: {"ä" * 100}
    release_url: {"https://" + "x" * 300}
"""
# From 2100 on ESPHome counts a leap day that there is none of.
LAST = 4_102_455_599  # 2099-12-31 23:59:59 there


async def _asked(
    hub: BenchHub, domain: Domain, name: str, *values: int
) -> CommandCompleted:
    args: dict[int, Any] = dict(enumerate(values, 1))
    result = await hub.command(hub.address(domain, name), args)
    assert isinstance(result, CommandCompleted)
    return result


@pytest_asyncio.fixture
async def device(new_hub: BenchHub, start_device: Starter) -> Device:
    """Start the host program, with the frames of a small board."""
    text = small_yaml_for(new_hub, ENTITIES, node=NODE)
    return await start_device("dates", text)


async def test_dates_and_times_are_told_and_set(
    new_hub: BenchHub, device: Device
) -> None:

    async def told(domain: Domain, name: str, value: Any) -> None:
        await new_hub.wait_for_state(domain, name, value.__eq__)

    await told(Domain.DATE, "day", DateState(year=2026, month=11, day=26))
    await told(Domain.DATE, "told_day", DateState(year=3000, month=12, day=31))
    await told(Domain.TIME, "hour", TimeState(hour=7, minute=8, second=9))
    await told(Domain.DATETIME, "moment", 1_795_705_200)
    for domain, name in ((Domain.DATE, "unset_day"), (Domain.DATETIME, "unset_moment")):
        assert new_hub.states[new_hub.address(domain, name)] is None

    for domain, values, value in (
        (Domain.DATE, (2024, 2, 29), DateState(year=2024, month=2, day=29)),
        (Domain.DATE, (1970, 1, 1), DateState(year=1970, month=1, day=1)),
        (Domain.TIME, (0, 0, 0), TimeState(hour=0, minute=0, second=0)),
        (Domain.TIME, (23, 59, 58), TimeState(hour=23, minute=59, second=58)),
        (Domain.DATETIME, (3 * 3600,), 3 * 3600),
        (Domain.DATETIME, (LAST,), LAST),
        (Domain.DATETIME, (1_795_000_000,), 1_795_000_000),
    ):
        name = {Domain.DATE: "day", Domain.TIME: "hour", Domain.DATETIME: "moment"}
        result = await _asked(new_hub, domain, name[domain], *values)
        assert (result.status, result.reason) == (CommandStatus.DONE, ""), values
        await told(domain, name[domain], value)
    for line in (
        "Day: changed",
        "Command date 'Day' -> 2024-02-29",
        "Command time 'Hour' -> 23:59:58",
        "Command datetime 'Moment' -> 2026-11-18 08:06:40",
    ):
        await device.wait_for_log(line)

    result = await _asked(new_hub, Domain.DATE, "unset_day", 2026, 1, 2)
    assert result.status is CommandStatus.DONE
    await device.wait_for_log("Unset day: asked")

    for domain, name, values, reason in (
        (Domain.DATE, "day", (2026, 2, 29), "no such date"),
        (Domain.DATE, "day", (2026, 4, 31), "no such date"),
        (Domain.DATETIME, "moment", (3 * 3600 - 1,), "no such time on this device"),
    ):
        result = await _asked(new_hub, domain, name, *values)
        assert (result.status, result.reason) == (CommandStatus.REFUSED, reason)
    day = new_hub.states[new_hub.address(Domain.DATE, "day")]
    assert day == DateState(year=1970, month=1, day=1)


async def test_an_update_is_told_installed_and_looked_for(
    new_hub: BenchHub, device: Device
) -> None:
    """What does not fit into a message loses its end, an address goes as a whole."""
    assert new_hub.entities[Domain.UPDATE, "firmware"].device_class == "firmware"
    silent = new_hub.address(Domain.UPDATE, "silent")

    def told(state: UpdateState) -> bool:
        return state.latest_version == "2026.11.0" and not state.in_progress

    firmware = await new_hub.wait_for_state(Domain.UPDATE, "firmware", told)
    assert firmware == UpdateState(
        current_version="2026.10.0_c51f7548",
        latest_version="2026.11.0",
        title="Pump",
        release_url="https://example.com/2026.11.0",
        release_summary=firmware.release_summary,
    )
    assert len(firmware.release_summary) > 700
    assert LONG.startswith(firmware.release_summary)
    await device.wait_for_log("The state of 'Firmware' is too long for a message")
    hasty = new_hub.states[new_hub.address(Domain.UPDATE, "hasty")]
    assert hasty == UpdateState(
        current_version="1", latest_version="ü" * 32, title="ä" * 60
    )
    assert new_hub.states[silent] is None

    for name, action, reason in (
        ("silent", 1, "no update available"),
        ("firmware", 1, ""),
        ("firmware", 1, "already installing"),
        ("hasty", 1, ""),
        ("hasty", 1, "no update available"),
        ("silent", 2, ""),
    ):
        result = await _asked(new_hub, Domain.UPDATE, name, action)
        done = CommandStatus.REFUSED if reason else CommandStatus.DONE
        assert (result.status, result.reason) == (done, reason), (name, action)
    await new_hub.wait_for_state(
        Domain.UPDATE,
        "firmware",
        lambda state: state.in_progress and state.progress == 42.5,
    )
    await new_hub.wait_for_state(
        Domain.UPDATE,
        "hasty",
        lambda state: state.current_version == state.latest_version,
    )
    await new_hub.wait_for_state(
        Domain.UPDATE, "silent", UpdateState(current_version="1").__eq__
    )
    for line in (
        "Command update 'Firmware' -> install",
        "Command update 'Silent' -> check",
        "'Silent': checked",
    ):
        await device.wait_for_log(line)
