"""Fans: what one can do travels up, what is asked of it down, and what it cannot is refused."""

from typing import Any

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
)
from custom_components.oceanremote.protocol.domains.fan import (
    FanDirection,
    FanProperties,
    FanState,
)
from lab.firmware import Device

from .bench_hub import BenchHub

ON, SPEED, OSCILLATING, DIRECTION, PRESET = 1, 2, 3, 4, 5


async def _asked(hub: BenchHub, fan: str, args: dict[int, Any]) -> CommandCompleted:
    result = await hub.command(hub.address(Domain.FAN, fan), args)
    assert isinstance(result, CommandCompleted)
    return result


async def test_a_fan_is_described_told_and_commanded(
    workbench_hub: BenchHub, workbench_device: Device
) -> None:
    ceiling, plain = (
        workbench_hub.entities[Domain.FAN, name] for name in ("ceiling", "plain")
    )
    assert ceiling.properties == FanProperties(
        speed_count=5,
        supports_oscillation=True,
        supports_direction=True,
        preset_modes=("Breeze", "Storm"),
    )
    assert plain.properties == FanProperties()

    now: dict[str, Any] = {
        "on": False,
        "speed_level": 0,
        "oscillating": False,
        "direction": FanDirection.FORWARD,
        "preset_mode": None,
    }

    async def told(fan: str, **parts: Any) -> None:
        wanted = FanState(**parts)
        await workbench_hub.wait_for_state(
            Domain.FAN, fan, lambda state: state == wanted
        )

    await told("ceiling", **now)
    await told("plain", on=False)
    for args, change in (
        ({ON: True}, {"on": True, "speed_level": 5}),
        ({SPEED: 2}, {"speed_level": 2}),
        ({PRESET: "Storm"}, {"preset_mode": "Storm"}),
        ({OSCILLATING: True}, {"oscillating": True}),
        ({DIRECTION: 1}, {"direction": FanDirection.REVERSE}),
        ({ON: True, SPEED: 1}, {"speed_level": 1, "preset_mode": None}),
        ({ON: False}, {"on": False}),
        (
            {ON: True, OSCILLATING: False, DIRECTION: 0, PRESET: "Breeze"},
            {
                "on": True,
                "oscillating": False,
                "direction": FanDirection.FORWARD,
                "preset_mode": "Breeze",
            },
        ),
    ):
        result = await _asked(workbench_hub, "ceiling", args)
        assert (result.status, result.reason) == (CommandStatus.DONE, "")
        now |= change
        await told("ceiling", **now)
    await workbench_device.wait_for_log("Command fan 'Ceiling' -> OFF")
    await workbench_device.wait_for_log("Ceiling: on")
    assert (
        await _asked(workbench_hub, "plain", {ON: True})
    ).status is CommandStatus.DONE
    await told("plain", on=True)

    for fan, args, reason in (
        ("plain", {ON: False, SPEED: 1}, "speed not supported"),
        ("plain", {ON: False, OSCILLATING: True}, "oscillation not supported"),
        ("plain", {ON: False, DIRECTION: 1}, "direction not supported"),
        ("plain", {ON: False, PRESET: "Storm"}, "unknown preset mode"),
        ("ceiling", {ON: False, SPEED: 0}, "no such speed"),
        ("ceiling", {ON: False, SPEED: 6}, "no such speed"),
        ("ceiling", {ON: False, SPEED: 0xFFFF_FFFF}, "no such speed"),
        ("ceiling", {ON: False, PRESET: "Stor"}, "unknown preset mode"),
        ("ceiling", {ON: False, PRESET: ""}, "unknown preset mode"),
        ("ceiling", {}, "malformed arguments"),
    ):
        result = await _asked(workbench_hub, fan, args)
        assert result.status is CommandStatus.REFUSED, args
        assert result.reason == reason
    assert workbench_hub.states[plain.address] == FanState(on=True)
    assert workbench_hub.states[ceiling.address] == FanState(**now)
