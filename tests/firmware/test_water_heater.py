"""Water heaters: what one can do travels up, what is asked of it down, or is refused."""

from typing import Any

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
)
from custom_components.oceanremote.protocol.domains.temperature import TemperatureUnit
from custom_components.oceanremote.protocol.domains.water_heater import (
    WaterHeaterCommand,
    WaterHeaterMode,
    WaterHeaterProperties,
    WaterHeaterState,
)
from lab.firmware import Device

from .bench_hub import BenchHub


async def _asked(
    hub: BenchHub, heater: str, args: dict[int, Any]
) -> tuple[CommandStatus, str]:
    result = await hub.command(hub.address(Domain.WATER_HEATER, heater), args)
    assert isinstance(result, CommandCompleted)
    return result.status, result.reason


async def _obeyed(hub: BenchHub, heater: str, **said: Any) -> WaterHeaterState:
    """Command a heater; return its state once all of that has come back."""
    command = WaterHeaterCommand(**said)
    assert await _asked(hub, heater, command.args()) == (CommandStatus.DONE, "")
    told: WaterHeaterState = await hub.wait_for_state(
        Domain.WATER_HEATER,
        heater,
        lambda state: all(getattr(state, part) == said[part] for part in said),
    )
    return told


def _check_descriptions(hub: BenchHub) -> None:
    heaters = {
        name: entity.properties
        for (domain, name), entity in hub.entities.items()
        if domain is Domain.WATER_HEATER
    }
    assert heaters == {
        "tank": WaterHeaterProperties(
            min_temperature=30.0,
            max_temperature=65.0,
            target_temperature_step=0.5,
            supports_current_temperature=True,
            modes=tuple(WaterHeaterMode),
            supports_target_temperature=True,
            supports_operation_mode=True,
            supports_away_mode=True,
            supports_on_off=True,
        ),
        "plain": WaterHeaterProperties(
            min_temperature=0.0,
            max_temperature=0.0,
            target_temperature_step=0.0,
            supports_current_temperature=True,
        ),
        "solar": WaterHeaterProperties(
            temperature_unit=TemperatureUnit.FAHRENHEIT,
            min_temperature=90.0,
            max_temperature=150.0,
            target_temperature_step=1.0,
            supports_two_targets=True,
        ),
    }


REFUSED: list[tuple[str, dict[int, Any], str]] = [
    ("tank", {}, "malformed arguments"),
    ("tank", WaterHeaterCommand(target_temperature=65.5).args(), "temperature out of"),
    ("tank", WaterHeaterCommand(target_temperature=29.5).args(), "temperature out of"),
    ("tank", WaterHeaterCommand(target_temperature_low=40.0).args(), "it has one"),
    (
        "tank",
        WaterHeaterCommand(mode=WaterHeaterMode.GAS, target_temperature=1e38).args(),
        "temperature out of range",
    ),
    ("plain", WaterHeaterCommand(mode=WaterHeaterMode.OFF).args(), "mode not"),
    ("plain", WaterHeaterCommand(away=False).args(), "away mode not supported"),
    ("plain", WaterHeaterCommand(on=True).args(), "on and off not supported"),
    ("solar", WaterHeaterCommand(target_temperature=100.0).args(), "it has two"),
    (
        "solar",
        WaterHeaterCommand(
            target_temperature_low=120.0, target_temperature_high=110.0
        ).args(),
        "lowest target above the highest",
    ),
    ("solar", WaterHeaterCommand(target_temperature_high=151.0).args(), "temperature"),
]


async def test_water_heaters_are_described_told_and_commanded(
    small_frames_hub: BenchHub, small_frames_device: Device
) -> None:
    _check_descriptions(small_frames_hub)
    # What has never been published is an empty map.
    solar = small_frames_hub.address(Domain.WATER_HEATER, "solar")
    await small_frames_hub.wait_for_state(Domain.WATER_HEATER, "solar", lambda _: True)
    assert small_frames_hub.states[solar] == WaterHeaterState()
    told = await small_frames_hub.wait_for_state(
        Domain.WATER_HEATER, "tank", lambda state: state.current_temperature
    )
    assert told == WaterHeaterState(
        mode=WaterHeaterMode.OFF, away=False, on=False, current_temperature=48.5
    )

    for mode in WaterHeaterMode:
        await _obeyed(small_frames_hub, "tank", mode=mode)
    await small_frames_device.wait_for_log("Command water heater 'Tank' -> changed")
    await small_frames_device.wait_for_log("Tank: set")
    for flag in (True, False):
        await _obeyed(small_frames_hub, "tank", away=flag)
        await _obeyed(small_frames_hub, "tank", on=flag)
    for edge in (30.0, 65.0):
        await _obeyed(small_frames_hub, "tank", target_temperature=edge)
    await _obeyed(
        small_frames_hub,
        "tank",
        mode=WaterHeaterMode.HEAT_PUMP,
        target_temperature=52.5,
        away=True,
        on=True,
    )
    await _obeyed(
        small_frames_hub,
        "solar",
        target_temperature_low=100.5,
        target_temperature_high=140.0,
    )
    told = await _obeyed(small_frames_hub, "solar", target_temperature_high=150.0)
    assert (told.target_temperature, told.target_temperature_low) == (None, 100.5)

    before = dict(small_frames_hub.states)
    for heater, args, reason in REFUSED:
        status, said = await _asked(small_frames_hub, heater, args)
        assert status is CommandStatus.REFUSED, (heater, args)
        assert said.startswith(reason), (heater, args)
    assert small_frames_hub.states[solar] == before[solar]
    tank = small_frames_hub.address(Domain.WATER_HEATER, "tank")
    assert small_frames_hub.states[tank] == before[tank]
