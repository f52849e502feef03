"""What Home Assistant offers to integrations, and to nobody as an action."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, override

from homeassistant.components import camera, infrared, radio_frequency
from homeassistant.components.infrared import InfraredCommand
from homeassistant.components.radio_frequency import (
    ModulationType,
    RadioFrequencyCommand,
)
from homeassistant.core import HomeAssistant


class _Infrared(InfraredCommand):
    """A signal by its timings."""

    def __init__(self, timings: Sequence[int], modulation: int) -> None:
        """Send it once."""
        super().__init__(modulation=modulation)
        self._timings = list(timings)

    @override
    def get_raw_timings(self) -> list[int]:
        """Return marks and spaces."""
        return self._timings


class _Radio(RadioFrequencyCommand):  # type: ignore[misc]
    """A signal by its timings, of on-off keying."""

    def __init__(
        self, timings: Sequence[int], frequency: int, repeat_count: int = 0
    ) -> None:
        """Send it, and then as often again."""
        super().__init__(
            frequency=frequency,
            modulation=ModulationType.OOK,
            repeat_count=repeat_count,
        )
        self._timings = list(timings)

    @override
    def get_raw_timings(self) -> list[int]:
        """Return marks and spaces."""
        return self._timings


async def _get_image(hass: HomeAssistant, entity_id: str) -> None:
    await camera.async_get_image(hass, entity_id)


async def _send_infrared(hass: HomeAssistant, entity_id: str, **signal: Any) -> None:
    await infrared.async_send_command(hass, entity_id, _Infrared(**signal))


async def _send_radio(hass: HomeAssistant, entity_id: str, **signal: Any) -> None:
    await radio_frequency.async_send_command(hass, entity_id, _Radio(**signal))


# Called with the entity's id and the step's data, in place of an action.
FUNCTIONS: Final[Mapping[str, Callable[..., Awaitable[None]]]] = {
    "camera.get_image": _get_image,
    "infrared.send_command": _send_infrared,
    "radio_frequency.send_command": _send_radio,
}
