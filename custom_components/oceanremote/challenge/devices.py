"""The challenge devices of a hub: one object per subentry, nothing reloads."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..audit.containment import Containment
from ..audit.record import SecurityLog, SecurityRecord
from ..common.const import (
    CONF_ENROLMENT_ID,
    DOMAIN,
    MANUFACTURER,
    SUBENTRY_CHALLENGE_DEVICE,
)
from ..policy.audit.kinds import AuditKind
from ..vault import Vault, changes
from ..vault.errors import VaultError
from .device import ChallengeDevice
from .known_states import known_states
from .settings import SECRET_NAME, ChallengeSettings


class ChallengeDevices:
    """Follows the subentries of a config entry."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, vault: Vault, log: SecurityLog
    ) -> None:
        """Know no device before `async_follow`."""
        self._hass = hass
        self._entry = entry
        self._vault = vault
        self._log = log
        self._devices: dict[str, ChallengeDevice] = {}
        self._known = known_states(hass)
        self._subscribers: set[Callable[[ChallengeDevice], None]] = set()

    @property
    def devices(self) -> Mapping[str, ChallengeDevice]:
        """Every device, by subentry id."""
        return MappingProxyType(self._devices)

    def holder_of(
        self, secret: bytes, but: str | None = None
    ) -> ChallengeDevice | None:
        """Return a device that has this secret, except the one with the id `but`."""
        for device in self._devices.values():
            if (
                device.device_id != but
                and self._vault.secret(device.device_id, SECRET_NAME) == secret
            ):
                return device
        return None

    @callback
    def async_subscribe(
        self, subscriber: Callable[[ChallengeDevice], None]
    ) -> CALLBACK_TYPE:
        """Call `subscriber` with every device, including those to come."""
        self._subscribers.add(subscriber)
        for device in self._devices.values():
            device.containment.call("a follower of devices", subscriber, device)
        return lambda: self._subscribers.discard(subscriber)

    async def async_start(self) -> None:
        """Know the devices, and what was last known of their states."""
        await self._known.async_load()
        self._entry.async_on_unload(self._close)
        self.async_follow()

    @callback
    def _close(self) -> None:
        for device in self._devices.values():
            device.close()

    async def async_update(self) -> None:
        """Follow the subentries; delete the secrets of devices that are gone."""
        for device_id in self.async_follow():
            await self._async_forget(device_id)

    async def _async_forget(self, device_id: str) -> None:
        outcome = "its subentry was removed"
        try:
            await self._vault.apply(changes.put_secret(device_id, SECRET_NAME, None))
        except VaultError:
            # The next set-up deletes it.
            outcome = "removal not stored"
        self._log.record(
            SecurityRecord(
                kind=AuditKind.REVOKED, outcome=outcome, enrolment_id=device_id
            )
        )

    @callback
    def async_follow(self) -> list[str]:
        """Adopt what was added or changed; return the device ids that are gone."""
        subentries = {
            subentry_id: subentry
            for subentry_id, subentry in self._entry.subentries.items()
            if subentry.subentry_type == SUBENTRY_CHALLENGE_DEVICE
        }
        gone = [
            device
            for subentry_id, device in self._devices.items()
            if subentry_id not in subentries
        ]
        for device in gone:
            device.close()
        self._known.keep_devices(subentries)
        self._devices = {
            subentry_id: device
            for subentry_id, device in self._devices.items()
            if subentry_id in subentries
        }
        for subentry in subentries.values():
            self._contained_of(subentry).call("its settings", self._follow, subentry)
        return [device.device_id for device in gone]

    def _contained_of(self, subentry: ConfigSubentry) -> Containment:
        """Return the boundary of a device that may not be there yet."""
        return self._log.containment(
            lambda: subentry.title, subentry.data.get(CONF_ENROLMENT_ID)
        )

    def _follow(self, subentry: ConfigSubentry) -> None:
        settings = ChallengeSettings.of(subentry.data)
        if (known := self._devices.get(subentry.subentry_id)) is None:
            self._add(subentry, settings)
        elif (known.name, known.settings) != (subentry.title, settings):
            self._register(subentry, settings)
            known.adopt(subentry.title, settings)

    def _add(self, subentry: ConfigSubentry, settings: ChallengeSettings) -> None:
        self._register(subentry, settings)
        device = self._devices[subentry.subentry_id] = ChallengeDevice(
            self._hass,
            subentry_id=subentry.subentry_id,
            device_id=subentry.data[CONF_ENROLMENT_ID],
            name=subentry.title,
            settings=settings,
            vault=self._vault,
            known=self._known,
            log=self._log,
        )
        for subscriber in tuple(self._subscribers):
            device.containment.call("a follower of devices", subscriber, device)
        device.start()

    def _register(self, subentry: ConfigSubentry, settings: ChallengeSettings) -> None:
        registry = dr.async_get(self._hass)
        hub = registry.async_get_device_by_identifier(
            (DOMAIN, self._entry.entry_id), self._entry.entry_id
        )
        registry.async_get_or_create(
            config_entry_id=self._entry.entry_id,
            config_subentry_id=subentry.subentry_id,
            identifiers={(DOMAIN, subentry.subentry_id)},
            manufacturer=MANUFACTURER,
            model=f"Challenge device, {settings.profile.mode}",
            name=subentry.title,
            via_device_id=None if hub is None else hub.id,
        )
