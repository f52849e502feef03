"""Dates, times and updates: what one is travels up, what is asked of it down."""

from typing import Any

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
from .moments import LONG_SUMMARY

# From 2100 on ESPHome counts a leap day that there is none of.
LAST = 4_102_455_599  # 2099-12-31 23:59:59 there


async def _asked(
    hub: BenchHub, domain: Domain, name: str, *values: int
) -> CommandCompleted:
    args: dict[int, Any] = dict(enumerate(values, 1))
    result = await hub.command(hub.address(domain, name), args)
    assert isinstance(result, CommandCompleted)
    return result


async def test_dates_and_times_are_told_and_set(
    small_frames_hub: BenchHub, small_frames_device: Device
) -> None:
    hub, device = small_frames_hub, small_frames_device

    async def told(domain: Domain, name: str, value: Any) -> None:
        await hub.wait_for_state(domain, name, value.__eq__)

    await told(Domain.DATE, "day", DateState(year=2026, month=11, day=26))
    await told(Domain.DATE, "told_day", DateState(year=3000, month=12, day=31))
    await told(Domain.TIME, "hour", TimeState(hour=7, minute=8, second=9))
    await told(Domain.DATETIME, "moment", 1_795_705_200)
    for domain, name in ((Domain.DATE, "unset_day"), (Domain.DATETIME, "unset_moment")):
        assert hub.states[hub.address(domain, name)] is None

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
        result = await _asked(hub, domain, name[domain], *values)
        assert (result.status, result.reason) == (CommandStatus.DONE, ""), values
        await told(domain, name[domain], value)
    for line in (
        "Day: changed",
        "Command date 'Day' -> 2024-02-29",
        "Command time 'Hour' -> 23:59:58",
        "Command datetime 'Moment' -> 2026-11-18 08:06:40",
    ):
        await device.wait_for_log(line)

    result = await _asked(hub, Domain.DATE, "unset_day", 2026, 1, 2)
    assert result.status is CommandStatus.DONE
    await device.wait_for_log("Unset day: asked")

    for domain, name, values, reason in (
        (Domain.DATE, "day", (2026, 2, 29), "no such date"),
        (Domain.DATE, "day", (2026, 4, 31), "no such date"),
        (Domain.DATETIME, "moment", (3 * 3600 - 1,), "no such time on this device"),
    ):
        result = await _asked(hub, domain, name, *values)
        assert (result.status, result.reason) == (CommandStatus.REFUSED, reason)
    day = hub.states[hub.address(Domain.DATE, "day")]
    assert day == DateState(year=1970, month=1, day=1)


async def test_an_update_is_told_installed_and_looked_for(
    workbench_hub: BenchHub, workbench_device: Device
) -> None:
    """What does not fit into a message loses its end, an address goes as a whole."""
    hub, device = workbench_hub, workbench_device
    assert hub.entities[Domain.UPDATE, "firmware"].device_class == "firmware"
    silent = hub.address(Domain.UPDATE, "silent")

    def told(state: UpdateState) -> bool:
        return state.latest_version == "2026.11.0" and not state.in_progress

    firmware = await hub.wait_for_state(Domain.UPDATE, "firmware", told)
    assert firmware == UpdateState(
        current_version="2026.10.0_c51f7548",
        latest_version="2026.11.0",
        title="Pump",
        release_url="https://example.com/2026.11.0",
        release_summary=firmware.release_summary,
    )
    assert len(firmware.release_summary) > 700
    assert LONG_SUMMARY.startswith(firmware.release_summary)
    await device.wait_for_log("The state of 'Firmware' is too long for a message")
    hasty = hub.states[hub.address(Domain.UPDATE, "hasty")]
    assert hasty == UpdateState(
        current_version="1", latest_version="ü" * 32, title="ä" * 60
    )
    assert hub.states[silent] is None

    for name, action, reason in (
        ("silent", 1, "no update available"),
        ("firmware", 1, ""),
        ("firmware", 1, "already installing"),
        ("hasty", 1, ""),
        ("hasty", 1, "no update available"),
        ("silent", 2, ""),
    ):
        result = await _asked(hub, Domain.UPDATE, name, action)
        done = CommandStatus.REFUSED if reason else CommandStatus.DONE
        assert (result.status, result.reason) == (done, reason), (name, action)
    await hub.wait_for_state(
        Domain.UPDATE,
        "firmware",
        lambda state: state.in_progress and state.progress == 42.5,
    )
    await hub.wait_for_state(
        Domain.UPDATE,
        "hasty",
        lambda state: state.current_version == state.latest_version,
    )
    await hub.wait_for_state(
        Domain.UPDATE, "silent", UpdateState(current_version="1").__eq__
    )
    for line in (
        "Command update 'Firmware' -> install",
        "Command update 'Silent' -> check",
        "'Silent': checked",
    ):
        await device.wait_for_log(line)
