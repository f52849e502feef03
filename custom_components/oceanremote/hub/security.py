"""All that a hub's security consists of beside the links' own path, composed."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..admission.control import AdmissionControl
from ..admission.decoys import Decoys
from ..admission.lookup import Known
from ..admission.return_tickets import ReturnTickets
from ..admission.settings import CONF_SECURITY, SecurityOptions
from ..audit.log import AuditLog
from ..audit.record import SecurityLog
from ..audit.trail import AuditTrail
from ..common.access import acting_user
from ..device.coordinator import DeviceCoordinator
from ..device.status import BOARD_REFUSALS
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Detail, Outcome
from ..protocol import RefusalReason, SessionProved
from ..trust.hub_key import HubKeyRollOver
from ..trust.issues import TrustIssues
from ..trust.manager import TrustManager
from ..trust.recovery import async_recover
from ..trust.registration_issues import async_handle_refusal
from ..trust.restored import RestoredDevices
from ..vault import Vault
from .daily_backup import DailyBackup
from .devices import DeviceManager

LOOK_INTERVAL: Final = timedelta(hours=12)


def _flat(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return all options by name, those of the section "security" among them."""
    general = {name: options[name] for name in options if name != CONF_SECURITY}
    return general | dict(options.get(CONF_SECURITY, {}))


def _is_trusted(vault: Vault, enrolment_id: str) -> bool:
    record = vault.devices.get(enrolment_id)
    return record is not None and record.trusted


class Security:
    """Admission, audit, trust and backups; lives as long as the hub."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        vault: Vault,
        audit: AuditLog,
        log: SecurityLog,
        *,
        now: Callable[[], float],
        known: Known,
        devices: DeviceManager,
    ) -> None:
        """Compose; `async_start` begins."""
        self.trail = AuditTrail(
            hass,
            audit,
            log,
            now=now,
            banned=lambda: self.admission.has_bans,
            name_of=devices.name_of,
            page_of=devices.page_of,
        )
        self.admission = AdmissionControl(
            hass,
            SecurityOptions.of(entry.options),
            self.trail,
            Decoys(vault, self.trail),
            ReturnTickets(vault.hub_key.private, partial(_is_trusted, vault)),
            known,
            now=now,
        )
        self.restored = RestoredDevices(
            hass,
            entry,
            vault,
            devices.coordinators.values,
            decided=partial(self.trail.ended, AuditKind.RESTORED),
        )
        self.issues = TrustIssues(hass, entry, self.restored)
        self.trust = TrustManager(
            hass, vault, self.trail, self.admission, self.issues, devices.of_device
        )
        self.backup = DailyBackup(hass, self.trail)
        self.hub_key = HubKeyRollOver(
            hass,
            vault,
            self.trail,
            devices.coordinators.values,
            self.backup.async_make,
        )
        self._hass = hass
        self._entry = entry
        self._options = _flat(entry.options)
        self._vault = vault
        self._devices = devices
        self._log = log
        self._containment = log.containment(lambda: "the hub")
        self._ends: list[CALLBACK_TYPE] = []

    @property
    def options(self) -> SecurityOptions:
        """What an administrator has chosen."""
        return self.admission.options

    @callback
    def until_stop(self, end: CALLBACK_TYPE) -> None:
        """Call `end` when the hub stops."""
        self._ends.append(end)

    async def async_start(self) -> None:
        """Recover from a restore, then back up and look around.

        Raises VaultError and OSError: nobody is let in then.
        """
        await self.admission.async_start(self._log)
        self.trail.start()
        await async_recover(self._hass, self._vault, self.trail)
        self.until_stop(
            self._vault.listen_written(partial(self.trail.ended, AuditKind.STORAGE))
        )
        self._vault.approval_required = self.options.approval_required
        self.until_stop(await self.backup.async_start())
        await self._async_look(None)
        self.until_stop(
            async_track_time_interval(self._hass, self._async_look, LOOK_INTERVAL)
        )
        self.trail.record(
            AuditKind.STARTED, Outcome.DONE, Actor(), generation=self._vault.generation
        )

    async def async_stop(self) -> None:
        """Bring everything to rest but the log; the vault has stopped already."""
        self.trail.record(AuditKind.STOPPED, Outcome.DONE, Actor())
        for end in self._ends:
            self._containment.call("stopping", end)
        self._ends.clear()
        self.trail.stop()
        await self.admission.async_stop()

    async def async_session_proved(
        self, coordinator: DeviceCoordinator, event: SessionProved
    ) -> None:
        """Give a device whose session is proved the secrets that it lacks."""
        await self.trust.async_session_proved(coordinator, event)
        await self.hub_key.async_session_proved(coordinator, event)

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
        if after != self.options:
            self.admission.reconfigure(after)
            self._vault.approval_required = after.approval_required
        user = acting_user()
        actor = Actor(user=None if user is None else user.id)
        self.trail.record(AuditKind.POLICY, Outcome.DONE, actor, **changed)

    @callback
    def show_refusal(
        self, enrolment_id: str, reason: RefusalReason, claimed_mac: bytes | None
    ) -> None:
        """Tell a person about a refused board; nothing of it is proved."""
        if (coordinator := self._devices.of_device(enrolment_id)) is None:
            return
        coordinator.hints.refused(reason)
        if reason in BOARD_REFUSALS:
            self.trail.board_refused(enrolment_id, reason, claimed_mac)
        async_handle_refusal(
            self._hass, self._entry, self._vault, enrolment_id, reason, claimed_mac
        )

    async def _async_look(self, now: datetime | None) -> None:
        """End what is over."""
        await self._vault.expire_tokens()
