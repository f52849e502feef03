"""Covers: what one can do travels up, what is asked of it down, and what it cannot is refused."""

from typing import Any

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
)
from custom_components.oceanremote.protocol.domains.cover import (
    CoverOperation,
    CoverProperties,
    CoverState,
)
from lab.firmware import Device

from .bench_hub import BenchHub

POSITION, STOP, TOGGLE, TILT = 1, 2, 3, 4


async def _asked(hub: BenchHub, cover: str, args: dict[int, Any]) -> CommandCompleted:
    result = await hub.command(hub.address(Domain.COVER, cover), args)
    assert isinstance(result, CommandCompleted)
    return result


async def _told(hub: BenchHub, cover: str, **parts: Any) -> None:
    wanted = CoverState(**parts)
    await hub.wait_for_state(Domain.COVER, cover, lambda state: state == wanted)


async def test_a_cover_is_described_told_and_commanded(
    workbench_hub: BenchHub, workbench_device: Device
) -> None:
    blind, gate = (
        workbench_hub.entities[Domain.COVER, name] for name in ("blind", "gate")
    )
    assert blind.device_class == "blind"
    assert blind.properties == CoverProperties(
        assumed_state=True,
        supports_position=True,
        supports_stop=True,
        supports_tilt=True,
        supports_toggle=True,
    )
    assert gate.properties == CoverProperties()

    await _told(workbench_hub, "blind", position=1.0, tilt=1.0)
    await _told(workbench_hub, "gate", position=1.0)
    await _told(workbench_hub, "lost")
    for cover, args, now in (
        ("blind", {POSITION: 0.25}, {"position": 0.25, "tilt": 1.0}),
        ("blind", {TILT: 0.5}, {"position": 0.25, "tilt": 0.5}),
        ("blind", {TILT: 0.0}, {"position": 0.25, "tilt": 0.0}),
        ("gate", {POSITION: 0.0}, {"position": 0.0}),
    ):
        result = await _asked(workbench_hub, cover, args)
        assert (result.status, result.reason) == (CommandStatus.DONE, "")
        await _told(workbench_hub, cover, **now)
    await workbench_device.wait_for_log("Blind: moved to 0.25")
    await workbench_device.wait_for_log("Blind: tilted to 0.50")
    for position, operation in (
        (1.0, CoverOperation.OPENING),
        (0.0, CoverOperation.CLOSING),
    ):
        await _asked(workbench_hub, "blind", {POSITION: position})
        await _told(
            workbench_hub, "blind", position=position, tilt=0.0, operation=operation
        )
    await workbench_device.wait_for_log("Command cover 'Blind' -> 100%")
    assert (
        await _asked(workbench_hub, "blind", {STOP: True})
    ).status is CommandStatus.DONE
    await workbench_device.wait_for_log("Blind: stopped")
    assert (
        await _asked(workbench_hub, "blind", {TOGGLE: True})
    ).status is CommandStatus.DONE
    await workbench_device.wait_for_log("Blind: toggled")

    for cover, args, reason in (
        ("gate", {POSITION: 0.5}, "position not supported"),
        ("gate", {TILT: 0.5}, "tilt not supported"),
        ("gate", {STOP: True}, "stop not supported"),
        ("gate", {TOGGLE: True}, "toggle not supported"),
        ("blind", {}, "malformed arguments"),
        ("blind", {STOP: False}, "malformed arguments"),
        ("blind", {POSITION: 0.5, TILT: 0.5}, "malformed arguments"),
    ):
        result = await _asked(workbench_hub, cover, args)
        assert result.status is CommandStatus.REFUSED, args
        assert result.reason == reason
    assert workbench_hub.states[gate.address] == CoverState(position=0.0)
    assert workbench_hub.states[blind.address].position == 0.0
