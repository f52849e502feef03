"""All that a hub's security consists of beside the links' own path, composed."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..admission.decoys import Decoys
from ..admission.monitor import SecurityMonitor
from ..admission.return_tickets import ReturnTickets
from ..admission.settings import CONF_SECURITY, SecurityOptions
from ..audit.log import AuditLog
from ..audit.record import SecurityLog
from ..common.access import acting_user
from ..common.const import CONF_KEY_PATH, CONF_URLS
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Detail, Outcome
from ..report import async_installation, report_of
from ..trust.issues import TrustIssues
from ..trust.manager import TrustManager
from ..trust.recovery import async_recover
from ..trust.restored import RestoredDevices
from ..vault import Vault
from .daily_backup import DailyBackup, age_in_seconds
from .devices import DeviceManager

LOOK_INTERVAL: Final = timedelta(hours=12)


def _flat(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return all options by name, those of the section "security" among them."""
    general = {name: options[name] for name in options if name != CONF_SECURITY}
    return general | dict(options.get(CONF_SECURITY, {}))


def _is_trusted(vault: Vault, device_id: str) -> bool:
    record = vault.devices.get(device_id)
    return record is not None and record.trusted


class SecurityOffice:
    """Standing, backups, reports and answers; lives as long as the hub."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        vault: Vault,
        audit: AuditLog,
        log: SecurityLog,
        *,
        now: Callable[[], float],
        device_of_key: Callable[[bytes], str | None],
        devices: DeviceManager,
    ) -> None:
        """Compose; `async_start` begins."""
        self.monitor = monitor = SecurityMonitor(
            hass,
            SecurityOptions.of(entry.options),
            audit,
            log,
            Decoys(vault),
            ReturnTickets(vault.hub_key.private, partial(_is_trusted, vault)),
            now=now,
            device_of_key=device_of_key,
            name_of=devices.name_of,
            page_of=devices.page_of,
        )
        self.restored = RestoredDevices(
            hass,
            entry,
            vault,
            devices.coordinators.values,
            decided=partial(monitor.ended, AuditKind.RESTORED),
        )
        self.issues = TrustIssues(hass, entry, self.restored)
        self.trust = TrustManager(hass, vault, monitor, self.issues, devices.of_device)
        self.backup = DailyBackup(hass, monitor)
        self._hass = hass
        self._entry = entry
        self._options = _flat(entry.options)
        self._vault = vault
        self._monitor = monitor
        self._devices = devices

    async def async_start(self) -> None:
        """Recover from a restore, then back up and look around.

        Raises VaultError and OSError: nobody is let in then.
        """
        await self._monitor.async_start()
        await async_recover(self._vault, self._monitor.audit.opened, self._monitor)
        self._monitor.until_stop(
            self._vault.listen_written(partial(self._monitor.ended, AuditKind.STORAGE))
        )
        self._vault.approval_required = self._monitor.options.approval_required
        await self.backup.async_start()
        await self._async_look(None)
        self._monitor.until_stop(
            async_track_time_interval(self._hass, self._async_look, LOOK_INTERVAL)
        )
        self._monitor.record(
            AuditKind.STARTED, Outcome.DONE, Actor(), generation=self._vault.generation
        )

    async def async_stop(self) -> None:
        """Bring everything to rest but the log; the vault has stopped already."""
        self._monitor.record(AuditKind.STOPPED, Outcome.DONE, Actor())
        await self._monitor.async_stop()

    @callback
    def follow_options(self) -> None:
        """Take over what an administrator has changed."""
        before, self._options = self._options, _flat(self._entry.options)
        changed: dict[str, Detail] = {
            name: str(self._options.get(name))
            for name in sorted(before.keys() | self._options.keys())
            if before.get(name) != self._options.get(name)
        }
        if not changed:
            return
        after = SecurityOptions.of(self._entry.options)
        if after != self._monitor.options:
            self._monitor.reconfigure(after)
            self._vault.approval_required = after.approval_required
        user = acting_user()
        actor = Actor(user=None if user is None else user.id)
        self._monitor.record(AuditKind.POLICY, Outcome.DONE, actor, **changed)

    async def async_report(self) -> dict[str, Any]:
        """Return the security report as JSON values."""
        try:
            audit = await self._monitor.audit.verify()
        except OSError:
            audit = None
        records = list(self._vault.devices.values())
        installation = await async_installation(
            self._hass,
            self._monitor,
            urls=self._options.get(CONF_URLS, self._entry.data.get(CONF_URLS, [])),
            records=records,
            coordinators=self._devices.coordinators.values(),
            key_outside=CONF_KEY_PATH in self._entry.data,
            audit=audit,
            backup_age=age_in_seconds(self.backup.last),
        )
        open_tokens = sum(
            record.registration is not None and not record.registration.used
            for record in records
        )
        return report_of(installation, open_tokens)

    async def _async_look(self, now: datetime | None) -> None:
        """End what is over."""
        await self._vault.expire_tokens()
