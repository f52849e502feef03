"""The devices of a hub: one coordinator per device subentry, found by either id."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..audit.containment import Containment
from ..audit.record import SecurityLog
from ..common.const import CONF_ENROLMENT_ID, SUBENTRY_DEVICE
from ..device.availability_log import AvailabilityLog
from ..device.coordinator import DeviceCoordinator
from ..device.registry import async_create_device, async_page_of
from ..device.stores import DeviceStores
from ..vault import Vault


class DeviceManager:
    """Follows the subentries of a config entry; nothing reloads."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        vault: Vault,
        log: SecurityLog,
        store: DeviceStores,
        rotation_margin: Callable[[], float],
        suspect: Callable[[str, str], None],
    ) -> None:
        """Know no device before `async_follow`."""
        self._hass = hass
        self._entry = entry
        self._vault = vault
        self._log = log
        self._store = store
        self._rotation_margin = rotation_margin
        self._suspect = suspect
        self._containment = log.containment(lambda: "the hub")
        self._by_subentry: dict[str, DeviceCoordinator] = {}
        self._by_device: dict[str, DeviceCoordinator] = {}
        self._former: dict[str, str] = {}
        self._subscribers: set[Callable[[DeviceCoordinator], None]] = set()

    @property
    def coordinators(self) -> Mapping[str, DeviceCoordinator]:
        """Every coordinator, by subentry id."""
        return MappingProxyType(self._by_subentry)

    def of_device(self, enrolment_id: str) -> DeviceCoordinator | None:
        """Return the coordinator of an enrolment id."""
        return self._by_device.get(enrolment_id)

    def name_of(self, enrolment_id: str | None) -> str | None:
        """Return the name that a person gave to a device."""
        coordinator = self._by_device.get(enrolment_id or "")
        if coordinator is not None:
            return coordinator.name
        # Those of another kind, which only their subentry names.
        titles = (
            subentry.title
            for subentry in self._entry.subentries.values()
            if enrolment_id is not None
            and subentry.data.get(CONF_ENROLMENT_ID) == enrolment_id
        )
        return next(titles, None) or self._former.get(enrolment_id or "")

    def ping_interval_of(self, enrolment_id: str) -> int | None:
        """Return how often a thrifty device is pinged, None for any other."""
        coordinator = self._by_device.get(enrolment_id)
        return None if coordinator is None else coordinator.health.thrifty_interval()

    def page_of(self, enrolment_id: str | None) -> str | None:
        """Return the path of a device's page in the user interface."""
        if (coordinator := self._by_device.get(enrolment_id or "")) is None:
            return None
        return async_page_of(self._hass, self._entry.entry_id, coordinator.subentry_id)

    def containment_of(self, enrolment_id: str | None) -> Containment:
        """Return the boundary of a device, the hub's for an unknown one."""
        coordinator = self._by_device.get(enrolment_id or "")
        return self._containment if coordinator is None else coordinator.containment

    def __contains__(self, enrolment_id: str) -> bool:
        """Whether an enrolment id has a subentry."""
        return enrolment_id in self._by_device

    @callback
    def async_subscribe(
        self, subscriber: Callable[[DeviceCoordinator], None]
    ) -> CALLBACK_TYPE:
        """Call `subscriber` with every device, those to come included."""
        self._subscribers.add(subscriber)
        for coordinator in self._by_subentry.values():
            self._tell(subscriber, coordinator)
        return lambda: self._subscribers.discard(subscriber)

    @callback
    def async_follow(self) -> list[DeviceCoordinator]:
        """Adopt what was added or renamed; return the devices that are gone."""
        subentries = {
            subentry_id: subentry
            for subentry_id, subentry in self._entry.subentries.items()
            if subentry.subentry_type == SUBENTRY_DEVICE
        }
        gone = [
            coordinator
            for subentry_id, coordinator in self._by_subentry.items()
            if subentry_id not in subentries
        ]
        # What is written down of them yet.
        self._former = {
            coordinator.enrolment_id: coordinator.title for coordinator in gone
        }
        for coordinator in gone:
            del self._by_subentry[coordinator.subentry_id]
            del self._by_device[coordinator.enrolment_id]
            coordinator.end("the device was removed")
            self._store.remove(coordinator.subentry_id)
        for subentry_id, subentry in subentries.items():
            if subentry_id in self._by_subentry:
                self._by_subentry[subentry_id].health.ask()
            if (known := self._by_subentry.get(subentry_id)) is None:
                self._contained_of(subentry).call("adding it", self._add, subentry)
            elif known.title != subentry.title:
                known.title = subentry.title
                known.containment.call(
                    "renaming it",
                    async_create_device,
                    self._hass,
                    self._entry,
                    subentry,
                )
        return gone

    async def async_end(self) -> None:
        """Let nothing wait for any device: the hub stops."""
        for coordinator in self._by_subentry.values():
            coordinator.containment.call("its end", coordinator.end, "the hub stops")

    def _add(self, subentry: ConfigSubentry) -> None:
        async_create_device(self._hass, self._entry, subentry)
        coordinator = DeviceCoordinator(
            self._hass,
            entry_id=self._entry.entry_id,
            subentry_id=subentry.subentry_id,
            enrolment_id=subentry.data[CONF_ENROLMENT_ID],
            title=subentry.title,
            vault=self._vault,
            log=self._log,
            store=self._store,
            rotation_margin=self._rotation_margin,
            suspect=self._suspect,
        )
        self._by_subentry[coordinator.subentry_id] = coordinator
        self._by_device[coordinator.enrolment_id] = coordinator
        AvailabilityLog(coordinator, self._stopping)
        for subscriber in tuple(self._subscribers):
            self._tell(subscriber, coordinator)

    def _tell(
        self,
        subscriber: Callable[[DeviceCoordinator], None],
        coordinator: DeviceCoordinator,
    ) -> None:
        coordinator.containment.call("a follower of devices", subscriber, coordinator)

    def _contained_of(self, subentry: ConfigSubentry) -> Containment:
        """Return the boundary of a device that is not there yet."""
        return self._log.containment(
            lambda: subentry.title, subentry.data.get(CONF_ENROLMENT_ID)
        )

    def _stopping(self) -> bool:
        return (
            self._hass.is_stopping
            or self._entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS
        )
