"""What heats and cools: climates and water heaters."""

from collections.abc import Iterator
from typing import Any

from ..family import Difference, Family, Step

_FAN_MODES = (
    *("on", "off", "auto", "low", "medium", "high", "middle", "focus", "diffuse"),
    "quiet",
)
_OWN = ("Turbo", "Whisper")
_PRESETS = ("home", "away", "boost", "comfort", "eco", "sleep", "activity", "none")


def _climate(entity: str, action: str, **more: Any) -> Step:
    refused = more.pop("refused", False)
    return Step(action=f"climate.{action}", entity=entity, data=more, refused=refused)


def _heater(entity: str, action: str, **more: Any) -> Step:
    refused = more.pop("refused", False)
    return Step(
        action=f"water_heater.{action}", entity=entity, data=more, refused=refused
    )


def _full() -> Iterator[Step]:
    """Yield every action on the climate that has every mode."""
    for mode in ("heat", "cool", "fan_only", "dry", "auto", "heat_cool", "off"):
        yield _climate("Full", "set_hvac_mode", hvac_mode=mode)
    for fan_mode in (*_FAN_MODES, *_OWN, "auto"):
        yield _climate("Full", "set_fan_mode", fan_mode=fan_mode)
    for preset in (*_PRESETS[:-1], "Party", "Ölheizung 💧", "none"):
        yield _climate("Full", "set_preset_mode", preset_mode=preset)
    for swing in ("both", "vertical", "horizontal", "off"):
        yield _climate("Full", "set_swing_mode", swing_mode=swing)
    for temperature in (5.5, 30.5, 21.0):
        yield _climate("Full", "set_temperature", temperature=temperature)
    for humidity in (20, 80, 45):
        yield _climate("Full", "set_humidity", humidity=humidity)
    yield _climate("Full", "turn_on")
    yield _climate("Full", "toggle")
    yield _climate("Full", "set_temperature", temperature=25, hvac_mode="heat")
    yield _climate("Full", "turn_off")
    yield _climate("Full", "set_fan_mode", fan_mode="turbo", refused=True)
    yield _climate("Full", "set_temperature", temperature=31, refused=True)
    yield _climate("Full", "set_humidity", humidity=81, refused=True)
    # Core cannot write this state, and goes on showing the one before.
    yield Step(action="button.press", entity="Defrost", silent=True)
    yield Step(action="button.press", entity="Heat")
    yield Step(action="button.press", entity="Fail")


def _two_targets() -> Iterator[Step]:
    """Yield what sets one of two targets, or both."""
    low_high = {"target_temp_low": 18, "target_temp_high": 25}
    yield _climate("Mixed", "set_temperature", **low_high)
    yield _climate("Mixed", "set_temperature", temperature=20, refused=True)
    yield _climate("Mixed", "set_temperature", temperature=19, hvac_mode="heat")
    yield _climate("Mixed", "set_temperature", temperature=20)
    yield _climate("Mixed", "set_temperature", temperature=24, hvac_mode="cool")
    yield _climate("Mixed", "set_temperature", temperature=23)
    yield _climate("Mixed", "set_preset_mode", preset_mode="away")
    yield _climate("Mixed", "set_fan_mode", fan_mode="Turbo")
    yield _climate("Mixed", "turn_on")
    yield _climate("Mixed", "turn_off")
    yield _climate("Range", "set_temperature", **low_high)
    yield _climate("Range", "set_temperature", temperature=20, refused=True)
    yield _climate("Range", "turn_on")
    yield _climate("Kelvin", "set_temperature", temperature=25)
    yield _climate("Plain climate", "set_temperature", temperature=25)
    yield _climate("Plain climate", "set_humidity", humidity=50, refused=True)
    yield _climate("Plain climate", "turn_off", refused=True)


def _platforms() -> Iterator[Step]:
    """Yield what ESPHome's own platforms can do."""
    for mode in ("heat", "cool", "heat_cool"):
        yield _climate("Thermostat", "set_hvac_mode", hvac_mode=mode)
    for fan_mode in ("quiet", "auto"):
        yield _climate("Thermostat", "set_fan_mode", fan_mode=fan_mode)
    for swing in ("both", "off"):
        yield _climate("Thermostat", "set_swing_mode", swing_mode=swing)
    for preset in ("Party", "away", "home"):
        yield _climate("Thermostat", "set_preset_mode", preset_mode=preset)
    yield _climate("Thermostat", "set_humidity", humidity=60)
    yield _climate("Pid", "set_temperature", temperature=25)
    yield _climate("Pid", "set_temperature", temperature=21)
    yield _climate("Pid", "set_hvac_mode", hvac_mode="heat")
    yield _climate("Pid", "turn_off")


def _water_heaters() -> Iterator[Step]:
    for mode in ("eco", "electric", "performance", "high_demand", "heat_pump", "gas"):
        yield _heater("Tank", "set_operation_mode", operation_mode=mode)
    yield _heater("Tank", "set_operation_mode", operation_mode="off")
    yield _heater("Tank", "set_operation_mode", operation_mode="on", refused=True)
    for temperature in (30, 65, 52.5):
        yield _heater("Tank", "set_temperature", temperature=temperature)
    yield _heater("Tank", "set_away_mode", away_mode=True)
    yield _heater("Tank", "set_away_mode", away_mode=False)
    yield Step(action="water_heater.turn_on", entity="Tank", silent=True)
    yield Step(action="water_heater.turn_off", entity="Tank", silent=True)
    yield _heater("Solar", "set_operation_mode", operation_mode="eco")
    yield _heater("Solar", "set_away_mode", away_mode=True, refused=True)


FAMILY = Family(
    domains=("climate", "water_heater", "button"),
    steps=(*_full(), *_two_targets(), *_platforms(), *_water_heaters()),
    differences=(
        Difference(
            platform="climate",
            what="attributes.fan_mode",
            entities=("Mixed",),
            why="a climate that has not named a fan mode has none that is known; the "
            "native API has no word for that, and core takes it for the first, `on`",
        ),
        Difference(
            platform="climate",
            what="attributes.hvac_action",
            entities=("Full",),
            why="ESPHome and Home Assistant know defrosting; core does not, and goes on "
            "showing what was before",
        ),
        Difference(
            platform="water_heater",
            what="attributes.supported_features",
            entities=("Solar",),
            why="Home Assistant has no action for two target temperatures of a water "
            "heater. Core offers to set a single one, which the board drops",
        ),
        *(
            Difference(
                platform=platform,
                what=what,
                entities=(entity,),
                why="an entity that has never told a state has none that is known; core "
                "takes the native API's zero for it, `off`",
            )
            for platform, entity, what in (
                ("climate", "Silent", "state"),
                ("water_heater", "Solar", "state"),
                ("water_heater", "Solar", "attributes.operation_mode"),
            )
        ),
    ),
)
