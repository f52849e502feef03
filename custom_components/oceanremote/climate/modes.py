"""The words that Home Assistant has for the modes of a climate."""

from collections.abc import Iterable, Mapping
from typing import Final

from homeassistant.components.climate import (
    FAN_AUTO,
    FAN_DIFFUSE,
    FAN_FOCUS,
    FAN_HIGH,
    FAN_LOW,
    FAN_MEDIUM,
    FAN_MIDDLE,
    FAN_OFF,
    FAN_ON,
    PRESET_ACTIVITY,
    PRESET_AWAY,
    PRESET_BOOST,
    PRESET_COMFORT,
    PRESET_ECO,
    PRESET_HOME,
    PRESET_NONE,
    PRESET_SLEEP,
    SWING_BOTH,
    SWING_HORIZONTAL,
    SWING_OFF,
    SWING_VERTICAL,
    HVACAction,
    HVACMode,
)

from ..protocol.domains.climate import (
    ClimateAction,
    ClimateFanMode,
    ClimateMode,
    ClimatePreset,
    ClimateSwingMode,
)

# As Home Assistant's own ESPHome integration calls it.
FAN_QUIET: Final = "quiet"

MODES: Final = {
    ClimateMode.OFF: HVACMode.OFF,
    ClimateMode.HEAT_COOL: HVACMode.HEAT_COOL,
    ClimateMode.COOL: HVACMode.COOL,
    ClimateMode.HEAT: HVACMode.HEAT,
    ClimateMode.FAN_ONLY: HVACMode.FAN_ONLY,
    ClimateMode.DRY: HVACMode.DRY,
    ClimateMode.AUTO: HVACMode.AUTO,
}
ACTIONS: Final = {
    ClimateAction.OFF: HVACAction.OFF,
    ClimateAction.COOLING: HVACAction.COOLING,
    ClimateAction.HEATING: HVACAction.HEATING,
    ClimateAction.IDLE: HVACAction.IDLE,
    ClimateAction.DRYING: HVACAction.DRYING,
    ClimateAction.FAN: HVACAction.FAN,
    ClimateAction.DEFROSTING: HVACAction.DEFROSTING,
}
FAN_MODES: Final = {
    ClimateFanMode.ON: FAN_ON,
    ClimateFanMode.OFF: FAN_OFF,
    ClimateFanMode.AUTO: FAN_AUTO,
    ClimateFanMode.LOW: FAN_LOW,
    ClimateFanMode.MEDIUM: FAN_MEDIUM,
    ClimateFanMode.HIGH: FAN_HIGH,
    ClimateFanMode.MIDDLE: FAN_MIDDLE,
    ClimateFanMode.FOCUS: FAN_FOCUS,
    ClimateFanMode.DIFFUSE: FAN_DIFFUSE,
    ClimateFanMode.QUIET: FAN_QUIET,
}
SWING_MODES: Final = {
    ClimateSwingMode.OFF: SWING_OFF,
    ClimateSwingMode.BOTH: SWING_BOTH,
    ClimateSwingMode.VERTICAL: SWING_VERTICAL,
    ClimateSwingMode.HORIZONTAL: SWING_HORIZONTAL,
}
PRESETS: Final = {
    ClimatePreset.NONE: PRESET_NONE,
    ClimatePreset.HOME: PRESET_HOME,
    ClimatePreset.AWAY: PRESET_AWAY,
    ClimatePreset.BOOST: PRESET_BOOST,
    ClimatePreset.COMFORT: PRESET_COMFORT,
    ClimatePreset.ECO: PRESET_ECO,
    ClimatePreset.SLEEP: PRESET_SLEEP,
    ClimatePreset.ACTIVITY: PRESET_ACTIVITY,
}


def word_of[K, V](words: Mapping[K, V], key: K | None) -> V | None:
    """Return the word for one, None for None."""
    return None if key is None else words[key]


def words_of[K, V](words: Mapping[K, V], keys: Iterable[K]) -> list[V]:
    """Return the words for several, in their order."""
    return [words[key] for key in keys]


def meant_by[K, V](words: Mapping[K, V], wanted: V) -> K | None:
    """Return what a word stands for, None for one that stands for nothing."""
    return next((key for key, word in words.items() if word == wanted), None)
