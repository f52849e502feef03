"""Says once when a device goes away, and once when it is there again.

A sleep that was announced is no absence. Apart from the security log: its bound on lines is for what strangers cause.
"""

from collections.abc import Callable

from homeassistant.core import callback

from ..common.const import LOGGER
from .coordinator import DeviceCoordinator


class AvailabilityLog:
    """Watches one device as long as its coordinator lives."""

    def __init__(
        self, coordinator: DeviceCoordinator, stopping: Callable[[], bool]
    ) -> None:
        """Say nothing while `stopping()`: then they all go."""
        self._coordinator = coordinator
        self._stopping = stopping
        self._available = coordinator.shows_states
        self._away = False
        coordinator.subscribe_availability(self._look)

    @callback
    def _look(self) -> None:
        available = self._coordinator.shows_states
        if available == self._available:
            return
        self._available = available
        if available and self._away:
            self._away = False
            LOGGER.info("%s is available again", self._coordinator.name)
        elif not available and not self._stopping():
            self._away = True
            LOGGER.info("%s is unavailable", self._coordinator.name)
