"""Climates: what one can do travels up, what is asked of it down, and what it cannot is refused."""

from typing import Any, Final

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
)
from custom_components.oceanremote.protocol.domains.climate import (
    ClimateAction,
    ClimateCommand,
    ClimateFanMode,
    ClimateMode,
    ClimatePreset,
    ClimateProperties,
    ClimateState,
    ClimateSwingMode,
)
from custom_components.oceanremote.protocol.domains.temperature import TemperatureUnit
from lab.firmware import Device

from .bench_hub import BenchHub
from .heating import LONG_FAN, LONG_PRESET

CUT: Final = "is too long for a message and is cut"


async def _asked(
    hub: BenchHub, climate: str, args: dict[int, Any]
) -> tuple[CommandStatus, str]:
    result = await hub.command(hub.address(Domain.CLIMATE, climate), args)
    assert isinstance(result, CommandCompleted)
    return result.status, result.reason


async def _obeyed(hub: BenchHub, climate: str, **said: Any) -> ClimateState:
    """Command a climate; return its state once all of that has come back."""
    command = ClimateCommand(**said)
    assert await _asked(hub, climate, command.args()) == (CommandStatus.DONE, "")
    told: ClimateState = await hub.wait_for_state(
        Domain.CLIMATE,
        climate,
        lambda state: all(getattr(state, part) == said[part] for part in said),
    )
    return told


async def _press(hub: BenchHub, button: str) -> None:
    await hub.command(hub.address(Domain.BUTTON, button), {})


def _check_descriptions(hub: BenchHub) -> None:
    climates = {
        name: entity.properties
        for (domain, name), entity in hub.entities.items()
        if domain is Domain.CLIMATE
    }
    assert climates["everything"] == ClimateProperties(
        modes=tuple(ClimateMode),
        fan_modes=tuple(ClimateFanMode),
        swing_modes=tuple(ClimateSwingMode),
        presets=tuple(ClimatePreset),
        custom_fan_modes=("Turbo",),
        custom_presets=("Party",),
        temperature_unit=TemperatureUnit.FAHRENHEIT,
        min_temperature=50.0,
        max_temperature=86.5,
        target_temperature_step=0.5,
        current_temperature_step=0.1,
        min_humidity=20.0,
        max_humidity=80.0,
        supports_current_temperature=True,
        supports_current_humidity=True,
        supports_target_humidity=True,
        supports_action=True,
    )
    assert climates["range"] == ClimateProperties(
        modes=(ClimateMode.OFF,),
        custom_fan_modes=("high",),
        custom_presets=("ECO",),
        temperature_unit=TemperatureUnit.KELVIN,
        max_temperature=30.0,
        target_temperature_step=0.1,
        current_temperature_step=0.1,
        min_humidity=30.0,
        max_humidity=99.0,
        requires_two_targets=True,
    )
    assert climates["wordy"].custom_fan_modes == (LONG_FAN,)
    assert climates["wordy"].custom_presets == (LONG_PRESET,)
    assert climates["heating"].supports_two_targets
    assert climates["heating"].presets == (ClimatePreset.HOME,)
    assert climates["heating"].custom_presets == ("Party",)
    assert climates["simple"].modes == (ClimateMode.OFF, ClimateMode.HEAT)


async def _check_every_mode(hub: BenchHub) -> None:
    for mode in ClimateMode:
        await _obeyed(hub, "everything", mode=mode)
    for fan_mode in ClimateFanMode:
        await _obeyed(hub, "everything", fan_mode=fan_mode)
    for swing_mode in ClimateSwingMode:
        await _obeyed(hub, "everything", swing_mode=swing_mode)
    for preset in ClimatePreset:
        await _obeyed(hub, "everything", preset=preset)
    told = await _obeyed(
        hub,
        "everything",
        mode=ClimateMode.HEAT,
        target_temperature=71.5,
        target_humidity=45.0,
        custom_fan_mode="Turbo",
        custom_preset="Party",
    )
    assert (told.fan_mode, told.preset) == (None, None)
    told = await _obeyed(hub, "everything", fan_mode=ClimateFanMode.LOW)
    assert (told.custom_fan_mode, told.custom_preset) == (None, "Party")


async def _check_numbers(hub: BenchHub) -> None:
    await _press(hub, "measure")
    told = await hub.wait_for_state(
        Domain.CLIMATE,
        "everything",
        lambda state: state.action is ClimateAction.DEFROSTING,
    )
    assert (told.current_temperature, told.current_humidity) == (68.9, 41.5)
    await _press(hub, "fail")
    told = await hub.wait_for_state(
        Domain.CLIMATE, "everything", lambda state: state.current_temperature is None
    )
    assert (told.current_humidity, told.target_temperature) == (None, None)
    assert told.target_humidity == 45.0


REFUSED: list[tuple[str, dict[int, Any], str]] = [
    ("range", ClimateCommand(mode=ClimateMode.HEAT).args(), "mode not supported"),
    ("range", ClimateCommand(target_temperature=290.0).args(), "it has two target"),
    (
        "range",
        ClimateCommand(
            target_temperature_low=291.0, target_temperature_high=290.0
        ).args(),
        "lowest target above the highest",
    ),
    ("range", ClimateCommand(fan_mode=ClimateFanMode.HIGH).args(), "fan mode not"),
    ("range", ClimateCommand(custom_fan_mode="high").args(), "unknown fan mode"),
    ("range", ClimateCommand(custom_fan_mode="Turbo").args(), "unknown fan mode"),
    ("range", ClimateCommand(preset=ClimatePreset.ECO).args(), "preset not supported"),
    ("range", ClimateCommand(custom_preset="ECO").args(), "unknown preset"),
    ("range", ClimateCommand(swing_mode=ClimateSwingMode.BOTH).args(), "swing mode"),
    ("range", ClimateCommand(target_humidity=50.0).args(), "target humidity not"),
    ("everything", ClimateCommand(target_temperature_low=1.0).args(), "it has one"),
    ("everything", ClimateCommand(custom_fan_mode="turbo").args(), "unknown fan mode"),
    (
        "everything",
        ClimateCommand(mode=ClimateMode.COOL, custom_preset="Part").args(),
        "unknown preset",
    ),
    (
        "everything",
        ClimateCommand(fan_mode=ClimateFanMode.ON, custom_fan_mode="Turbo").args(),
        "malformed arguments",
    ),
    (
        "everything",
        ClimateCommand(preset=ClimatePreset.ECO, custom_preset="Party").args(),
        "malformed arguments",
    ),
    ("everything", {}, "malformed arguments"),
]


async def _check_refusals(hub: BenchHub) -> None:
    before = dict(hub.states)
    for climate, args, reason in REFUSED:
        status, said = await _asked(hub, climate, args)
        assert status is CommandStatus.REFUSED, (climate, args)
        assert said.startswith(reason), (climate, args)
    for name in ("range", "everything"):
        address = hub.address(Domain.CLIMATE, name)
        assert hub.states[address] == before[address]


async def _check_two_targets(hub: BenchHub) -> None:
    told = await _obeyed(
        hub, "range", target_temperature_low=291.5, target_temperature_high=295.5
    )
    assert told.target_temperature is None
    told = await _obeyed(hub, "range", target_temperature_high=296.5)
    assert told.target_temperature_low == pytest.approx(291.5)


async def test_climates_are_described_told_and_commanded(
    small_frames_hub: BenchHub, small_frames_device: Device
) -> None:
    _check_descriptions(small_frames_hub)
    # What has never been published is an empty map.
    everything = small_frames_hub.address(Domain.CLIMATE, "everything")
    await small_frames_hub.wait_for_state(Domain.CLIMATE, "everything", lambda _: True)
    assert small_frames_hub.states[everything] == ClimateState()

    wordy = await small_frames_hub.wait_for_state(
        Domain.CLIMATE, "wordy", lambda state: state.custom_preset
    )
    # Each has lost its end, and has half of the message at least.
    for told, whole in (
        (wordy.custom_fan_mode, LONG_FAN),
        (wordy.custom_preset, LONG_PRESET),
    ):
        assert whole.startswith(told)
        assert 100 < len(told) < 255
    await small_frames_device.wait_for_log(CUT)

    await _check_every_mode(small_frames_hub)
    await small_frames_device.wait_for_log("Command climate 'Everything' -> changed")
    await _check_numbers(small_frames_hub)
    await _check_two_targets(small_frames_hub)
    await _check_refusals(small_frames_hub)

    told = await small_frames_hub.wait_for_state(
        Domain.CLIMATE, "heating", lambda state: state.current_temperature == 20.5
    )
    assert (told.target_temperature_low, told.target_temperature_high) == (19.0, 24.0)
    told = await _obeyed(small_frames_hub, "heating", custom_preset="Party")
    assert told.target_temperature_low == 17.0
    await _obeyed(small_frames_hub, "heating", preset=ClimatePreset.HOME)
    await _obeyed(small_frames_hub, "simple", mode=ClimateMode.HEAT)
