"""Between ESPHome's colour modes and Home Assistant's; pure functions.

ESPHome names a colour mode by what it can do, one bit each; Home Assistant names the
mode. Colours and whites are 0..1 on the wire and 0..255 here, colour temperatures are
mireds there and kelvin here.
"""

from collections.abc import Iterable
from typing import Final

from homeassistant.components.light import ColorMode

from ..protocol.domains.light import ColorCapability

# What a mode must be able to do to be shown as Home Assistant's, the richest first.
_MODES: Final = (
    (ColorMode.RGBWW, ColorCapability.RGB | ColorCapability.COLD_WARM_WHITE),
    (
        ColorMode.RGBWW,
        ColorCapability.RGB | ColorCapability.WHITE | ColorCapability.COLOR_TEMPERATURE,
    ),
    (ColorMode.RGBW, ColorCapability.RGB | ColorCapability.WHITE),
    (ColorMode.RGB, ColorCapability.RGB),
    (ColorMode.COLOR_TEMP, ColorCapability.COLD_WARM_WHITE),
    (ColorMode.COLOR_TEMP, ColorCapability.COLOR_TEMPERATURE),
    (ColorMode.WHITE, ColorCapability.WHITE),
    (ColorMode.BRIGHTNESS, ColorCapability.BRIGHTNESS),
)


def color_mode(mask: int) -> ColorMode:
    """Return the mode of Home Assistant that shows most of an ESPHome mode."""
    for mode, needed in _MODES:
        if mask & needed == needed:
            return mode
    return ColorMode.ONOFF


def supported_modes(masks: Iterable[int]) -> set[ColorMode]:
    """Return a set that Home Assistant accepts: modes do not repeat lesser ones."""
    modes = {color_mode(mask) for mask in masks} or {ColorMode.ONOFF}
    for lesser in (ColorMode.ONOFF, ColorMode.BRIGHTNESS):
        if len(modes) > 1:
            modes.discard(lesser)
    # White alone is no colour: it is a brightness.
    return {ColorMode.BRIGHTNESS} if modes == {ColorMode.WHITE} else modes


def best_mask(
    masks: Iterable[int], needed: ColorCapability, present: int | None
) -> int | None:
    """Return the mode to command: the present one if it can, else the simplest.

    None when no mode of the light has all of `needed`.
    """
    fitting = [mask for mask in masks if mask & needed == needed]
    if present in fitting:
        return present
    return min(fitting, key=lambda mask: (mask.bit_count(), mask), default=None)


def to_byte(share: float | None) -> int:
    """Return 0..255 for 0..1; what is missing or out of range is clamped."""
    return round(255 * min(1.0, max(0.0, share or 0.0)))


def mired_to_kelvin(mireds: float) -> int:
    """Return kelvin for mireds > 0."""
    return round(1_000_000 / mireds)


def kelvin_to_mired(kelvin: float) -> float:
    """Return mireds for kelvin > 0, unrounded: a device compares with its limits."""
    return 1_000_000 / kelvin


def cold_warm_of(mireds: float, coldest: float, warmest: float) -> tuple[float, float]:
    """Return the shares of cold and warm white, the stronger one 1.0."""
    if warmest <= coldest:
        return 1.0, 1.0
    warm = (min(max(mireds, coldest), warmest) - coldest) / (warmest - coldest)
    strongest = max(warm, 1 - warm)
    return (1 - warm) / strongest, warm / strongest


def mireds_of(
    cold: float | None, warm: float | None, coldest: float, warmest: float
) -> float | None:
    """Return the colour temperature that two whites make; None where none shines."""
    cold, warm = cold or 0.0, warm or 0.0
    if cold + warm <= 0.0:
        return None
    return coldest + (warmest - coldest) * warm / (cold + warm)
