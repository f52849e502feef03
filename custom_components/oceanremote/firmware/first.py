"""Which board of a kind goes first, where none can return to its old image.

While it is not back, no other of its kind gets an update. That is kept with the device's
secrets: a hub that restarts meanwhile would let the next board follow it.
"""

from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..device.coordinator import DeviceCoordinator
from ..hub import Hub
from ..protocol.updates import UpdateFacts
from ..vault import changes
from .errors import AnotherFirstError

SECRET_FIRST: Final = "update_first"


class FirstBoards:
    """By kind, the board that had an update begun last and is not known to be well."""

    def __init__(self, hass: HomeAssistant, hub: Hub) -> None:
        """Know of none; `follow` reads what was kept."""
        self._hass = hass
        self._hub = hub
        self._first: dict[str, DeviceCoordinator] = {}
        # Those that have been away since: they are well when they come back.
        self._away: set[DeviceCoordinator] = set()

    @callback
    def follow(self, coordinator: DeviceCoordinator) -> None:
        """Read what was kept of a device that has just been loaded or added."""
        kept = self._hub.vault.secret(coordinator.enrolment_id, SECRET_FIRST)
        if kept is not None:
            self._first[kept.decode()] = coordinator
            self._away.add(coordinator)

    @callback
    def check(self, coordinator: DeviceCoordinator, facts: UpdateFacts) -> None:
        """Raise AnotherFirstError if the device has to wait for another."""
        first = self._first.get(facts.chip)
        if facts.falls_back or first is None or first is coordinator:
            return
        still_there = first in self._hub.coordinators.values()
        if still_there and (first.updates.under_way or not first.shows_states):
            raise AnotherFirstError(
                name=coordinator.name, first=first.name, chip=facts.chip
            )

    @callback
    def begin(self, coordinator: DeviceCoordinator, facts: UpdateFacts) -> None:
        """An update of the device begins."""
        if not facts.falls_back:
            self._first[facts.chip] = coordinator
            self._away.discard(coordinator)
            self._keep(coordinator, facts.chip.encode())

    @callback
    def look(self, coordinator: DeviceCoordinator) -> None:
        """A device has come or gone."""
        if coordinator.updates.under_way or coordinator not in self._first.values():
            return
        if not coordinator.available:
            self._away.add(coordinator)
        elif coordinator in self._away:
            self.came_back(coordinator)

    @callback
    def came_back(self, coordinator: DeviceCoordinator) -> None:
        """The device is in a session after its update: others may follow."""
        self._away.discard(coordinator)
        for chip, first in tuple(self._first.items()):
            if first is coordinator:
                del self._first[chip]
                self._keep(coordinator, None)

    def _keep(self, coordinator: DeviceCoordinator, chip: bytes | None) -> None:
        """Write it, long before the device has a whole image."""
        change = changes.put_secret(coordinator.enrolment_id, SECRET_FIRST, chip)
        self._hass.async_create_task(
            coordinator.containment.async_call(
                "keeping which board goes first", self._hub.vault.apply(change)
            ),
            "oceanremote first board",
        )
