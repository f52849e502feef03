"""Valves: what one can do travels up, what is asked of it down, and what it cannot is refused."""

from typing import Any

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
)
from custom_components.oceanremote.protocol.domains.valve import (
    ValveOperation,
    ValveProperties,
    ValveState,
)
from lab.firmware import Device

from .bench_hub import BenchHub

POSITION, STOP, TOGGLE = 1, 2, 3


async def _asked(hub: BenchHub, valve: str, args: dict[int, Any]) -> CommandCompleted:
    result = await hub.command(hub.address(Domain.VALVE, valve), args)
    assert isinstance(result, CommandCompleted)
    return result


async def test_a_valve_is_described_told_and_commanded(
    workbench_hub: BenchHub, workbench_device: Device
) -> None:
    tap, plain = (
        workbench_hub.entities[Domain.VALVE, name] for name in ("tap", "plain")
    )
    assert tap.device_class == "water"
    assert tap.properties == ValveProperties(
        assumed_state=True,
        supports_position=True,
        supports_stop=True,
        supports_toggle=True,
    )
    assert plain.properties == ValveProperties()

    async def told(valve: str, position: float, operation: ValveOperation) -> None:
        wanted = ValveState(position=position, operation=operation)
        await workbench_hub.wait_for_state(
            Domain.VALVE, valve, lambda state: state == wanted
        )

    await told("plain", 1.0, ValveOperation.IDLE)
    for valve, position in (("tap", 0.25), ("tap", 0.0), ("plain", 0.0)):
        result = await _asked(workbench_hub, valve, {POSITION: position})
        assert (result.status, result.reason) == (CommandStatus.DONE, "")
        await told(valve, position, ValveOperation.IDLE)
    await workbench_device.wait_for_log("Tap: moved")
    await _asked(workbench_hub, "tap", {POSITION: 1.0})
    await told("tap", 1.0, ValveOperation.OPENING)
    await workbench_device.wait_for_log("Command valve 'Tap' -> 100%")
    assert (
        await _asked(workbench_hub, "tap", {STOP: True})
    ).status is CommandStatus.DONE
    await workbench_device.wait_for_log("Tap: stopped")
    assert (
        await _asked(workbench_hub, "tap", {TOGGLE: True})
    ).status is CommandStatus.DONE
    await workbench_device.wait_for_log("Tap: toggled")

    for valve, args, reason in (
        ("plain", {POSITION: 0.5}, "position not supported"),
        ("plain", {STOP: True}, "stop not supported"),
        ("plain", {TOGGLE: True}, "toggle not supported"),
        ("tap", {}, "malformed arguments"),
        ("tap", {STOP: False}, "malformed arguments"),
        ("tap", {POSITION: 0.5, STOP: True}, "malformed arguments"),
    ):
        result = await _asked(workbench_hub, valve, args)
        assert result.status is CommandStatus.REFUSED, args
        assert result.reason == reason
    assert workbench_hub.states[plain.address] == ValveState(position=0.0)
    assert workbench_hub.states[tap.address].position == pytest.approx(1.0)
