"""The hub: which links live, which device each belongs to, who may come in.

view ─▶ open_connection ─▶ link ─proof─▶ registrar | session ─▶ coordinator
                            link ─events─▶ coordinator of the link
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
import secrets
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..admission.claims import ClaimIndex
from ..admission.lookup import Known
from ..audit.log import AuditLog
from ..audit.record import SecurityLog
from ..common.const import (
    CONF_ROTATION_MARGIN,
    CONF_SESSION_LIFETIME,
    CONF_URLS,
    DEFAULT_ROTATION_MARGIN,
    DEFAULT_SESSION_LIFETIME,
    REGISTRATION_TOKEN_LIFETIME,
)
from ..common.errors import UnknownDeviceError
from ..common.steps import async_take_all
from ..device.coordinator import DeviceCoordinator
from ..device.registry import async_device_proved
from ..device.stores import DeviceStores
from ..policy.audit.kinds import AuditKind
from ..policy.places import Ticket
from ..protocol import (
    HubConnection,
    HubSettings,
    RegistrationProved,
    RegistrationToken,
    SessionProved,
    TokenStored,
    hub_key_text,
)
from ..transport.link import Link, ProofEvent
from ..trust.registration_issues import async_delete_device_issues
from ..trust.unwritten import async_noting_unwritten
from ..vault import Vault, changes
from ..vault.errors import UnknownDevice, VaultError
from ..vault.translate import translated_errors
from .devices import DeviceManager
from .found import FoundDevices
from .link_owners import LinkOwners
from .live_links import LiveLinks
from .registration import Registrar
from .registration_commit import RegistrationCommit
from .security import Security
from .session_admission import SessionAdmission
from .told_addresses import ToldAddresses


class Hub:
    """Composition of one config entry; lives in the event loop."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        vault: Vault,
        store: DeviceStores,
        audit: AuditLog,
    ) -> None:
        """Compose; `async_start` lets devices in."""
        self.hass = hass
        self.entry = entry
        self.vault = vault
        self.accepting = False
        self.log = SecurityLog(self.now)
        self.record = self.log.note
        self._store = store
        self._devices = DeviceManager(
            hass,
            entry,
            vault=vault,
            log=self.log,
            store=store,
            rotation_margin=lambda: self.rotation_margin,
            suspect=self.suspect,
        )
        self.log.name_of = self._devices.name_of
        self.async_subscribe_devices = self._devices.async_subscribe
        self.addresses = ToldAddresses(hass, entry, self._devices, lambda: self.urls)
        self._owners = LinkOwners(self.addresses.reported)
        self.handle_event = self._owners.handle_event
        self.on_tunnel = self._owners.on_tunnel
        self.async_handle_event = self._owners.async_handle_event
        self._links = LiveLinks()
        self._claims = ClaimIndex(vault)
        self.found = FoundDevices(hass, entry, vault, self.log)
        commit = RegistrationCommit(
            vault, self.log, self._owners.end_former, self._lost_its_board
        )
        self._registrar = Registrar(vault, self.log, self._devices.of_device, commit)
        self._sessions = SessionAdmission(
            vault, self.log, self._devices.of_device, self.suspect, commit
        )
        self.security = Security(
            hass,
            entry,
            vault,
            audit,
            self.log,
            now=self.now,
            known=Known(
                vault.directory(),
                self._devices.__contains__,
                self.found.__contains__,
                self._claims.owner_of,
                self._devices.ping_interval_of,
            ),
            devices=self._devices,
        )
        self._owners.on_hub_key = self.security.hub_key.reported
        self.admission = self.security.admission
        self._stop: asyncio.Task[None] | None = None

    # -- what is known ------------------------------------------------------

    @property
    def coordinators(self) -> Mapping[str, DeviceCoordinator]:
        """The coordinator of each device, by subentry id."""
        return self._devices.coordinators

    @property
    def urls(self) -> list[str]:
        """The addresses that devices dial, in order."""
        return list(self._option(CONF_URLS, []))

    @property
    def hub_key_text(self) -> str:
        """The hub's public key, as the YAML carries it."""
        return hub_key_text(self.vault.hub_key.public)

    @property
    def settings(self) -> HubSettings:
        """What links that open from now on are held to."""
        return HubSettings(
            lifetime=self._option(CONF_SESSION_LIFETIME, DEFAULT_SESSION_LIFETIME),
            rotation_margin=self.rotation_margin,
            look_closer=self.admission.look_closer,
        )

    @property
    def rotation_margin(self) -> int:
        """Seconds before its end at which a session is renewed."""
        return int(self._option(CONF_ROTATION_MARGIN, DEFAULT_ROTATION_MARGIN))

    def _option[T](self, key: str, default: T) -> T:
        value: T = self.entry.options.get(key, self.entry.data.get(key, default))
        return value

    def coordinator_for(self, subentry_id: str) -> DeviceCoordinator:
        """Return the coordinator of a device; raises UnknownDeviceError."""
        try:
            return self._devices.coordinators[subentry_id]
        except KeyError:
            raise UnknownDeviceError(device=subentry_id) from None

    @callback
    def suspect(self, enrolment_id: str, why: str) -> None:
        """Quarantine a device that behaves like two boards."""
        self.security.trust.suspect(enrolment_id, why)

    # -- life ---------------------------------------------------------------

    async def async_start(self) -> None:
        """Recover, find what has lost its subentry, then know every device."""
        await self.security.async_start()
        await self.found.async_start()
        self._devices.async_follow()
        await self.addresses.async_start()
        self.security.trust.show(self.coordinators.values())

    async def async_stop(self) -> None:
        """Close every link within CLOSE_TIMEOUT, bring vault and log to rest.

        Done once, and to its end, whatever fails and even if the caller is cancelled.
        """
        if self._stop is None:
            steps = (
                ("Ending what waits", self._devices.async_end),
                ("Closing the links", self._async_close_links),
                ("Keeping the stores", self._store.async_close),
                ("Keeping who knows the addresses", self.addresses.async_close),
                ("Stopping the vault", self.vault.stop),
                ("Stopping the security", self.security.async_stop),
                # After the vault, whose last generation its anchor names.
                ("Closing the audit log", self.security.trail.log.stop),
            )
            self._stop = self.hass.async_create_task(
                async_take_all(*steps), "oceanremote stop"
            )
        await asyncio.shield(self._stop)

    async def _async_close_links(self) -> None:
        self.accepting = False
        if left := await self._links.async_close():
            self.record(AuditKind.CLOSED, f"{left} links still closing")

    # -- devices come and go ------------------------------------------------

    async def async_update_devices(self) -> None:
        """Follow the config entry's subentries."""
        # What is gone is turned away from here on, whatever becomes of the writes.
        removed = self._devices.async_follow()
        self.addresses.follow()
        for coordinator in removed:
            await self._async_remove_device(coordinator)

    async def _async_remove_device(self, coordinator: DeviceCoordinator) -> None:
        enrolment_id = coordinator.enrolment_id
        async_delete_device_issues(self.hass, self.entry, coordinator.subentry_id)
        self.security.issues.forget(coordinator)
        try:
            await self.vault.apply(changes.remove(enrolment_id))
        except UnknownDevice:
            return
        except VaultError as err:
            # The gate keeps it out, and the next set-up asks what became of it.
            self.record(
                AuditKind.STORAGE,
                "removal not stored",
                enrolment_id=enrolment_id,
                detail=str(err),
            )
        finally:
            self._cut_off(coordinator)
        self.record(
            AuditKind.REVOKED, "its subentry was removed", enrolment_id=enrolment_id
        )

    @translated_errors
    async def async_revoke(self, subentry_id: str, user_id: str | None = None) -> None:
        """Revoke a device for good, at once; raises where that is not on disk yet."""
        coordinator = self.coordinator_for(subentry_id)
        enrolment_id = coordinator.enrolment_id
        revocation = self.vault.apply(changes.revoke(enrolment_id))
        refusal = await async_noting_unwritten(revocation, self.log, enrolment_id)
        self._revoked(coordinator, "by an administrator", user_id)
        if refusal is not None:
            raise refusal

    @callback
    def _lost_its_board(self, enrolment_id: str) -> None:
        """Follow a registration that took over a device's MAC: it is revoked."""
        if (coordinator := self._devices.of_device(enrolment_id)) is not None:
            self._revoked(coordinator, "its board was registered as another device")

    def _revoked(
        self, coordinator: DeviceCoordinator, why: str, user_id: str | None = None
    ) -> None:
        self._cut_off(coordinator)
        self.record(
            AuditKind.REVOKED,
            why,
            enrolment_id=coordinator.enrolment_id,
            user_id=user_id,
        )
        self.security.issues.forget(coordinator)
        coordinator.notify()

    def _cut_off(self, coordinator: DeviceCoordinator) -> None:
        """Tell a revoked device, if it is there, and end every link of it."""
        self._registrar.close_links(coordinator.enrolment_id)
        self._owners.end(coordinator)

    @translated_errors
    async def async_issue_registration_token(
        self,
        subentry_id: str,
        expected_mac: bytes | None = None,
        user_id: str | None = None,
    ) -> tuple[str, datetime]:
        """Put a new registration token in force; return its text and its end."""
        coordinator = self.coordinator_for(subentry_id)
        token = RegistrationToken.generate(secrets.token_bytes)
        expires_at = time.time() + REGISTRATION_TOKEN_LIFETIME.total_seconds()
        device = coordinator.enrolment_id
        await self.vault.apply(
            changes.add_enrolment(device, token, expires_at, expected_mac)
        )
        self._registrar.close_links(device)
        self.record(
            AuditKind.TOKEN_ISSUED, "for 24 hours", enrolment_id=device, user_id=user_id
        )
        coordinator.hints.token_issued()
        return token.text, datetime.fromtimestamp(expires_at, UTC)

    # -- links (LinkHost) ---------------------------------------------------

    def now(self) -> float:
        """Return monotonic seconds."""
        return self.hass.loop.time()

    def open_connection(self, ticket: Ticket) -> HubConnection:
        """Return a fresh protocol machine for one link."""
        lookup = self.admission.lookup(ticket)
        return HubConnection(
            lambda: self.vault.hub_keys,
            lookup,
            replace(self.settings, handshake_timeout=ticket.handshake_timeout),
            random=secrets.token_bytes,
            wall_clock=time.time,
            admit=lookup.admit,
        )

    @callback
    def link_opened(self, link: Link) -> bool:
        """Take a link on; False when there are too many."""
        if self._links.add(link):
            return True
        self.record(AuditKind.REFUSED, "too many links", address=link.address)
        return False

    @callback
    def link_closing(self, link: Link) -> None:
        """Take a link from its device and record why it ends."""
        call = self._devices.containment_of(link.connection.enrolment_id).call
        call("ending a registration", self._registrar.link_closing, link)
        call("judging a link", self.admission.link_closing, link)
        if (owner := self._owners.pop(link)) is not None:
            call("ending a session", owner.detach, link)
        enrolment_id = link.connection.enrolment_id
        closed, claimed = link.closed_event, False
        if closed is not None and closed.refusal is not None:
            claimed = enrolment_id is None
            enrolment_id = enrolment_id or self._claims.device_of(closed)
            if enrolment_id is not None:
                self.security.show_refusal(
                    enrolment_id, closed.refusal, closed.claimed_mac
                )
        self.record(
            AuditKind.REFUSED if link.refused else AuditKind.CLOSED,
            link.end_detail,
            enrolment_id=enrolment_id,
            address=link.address,
            claimed=claimed,
        )

    @callback
    def link_ended(self, link: Link) -> None:
        """Forget a link."""
        self._links.discard(link)

    @callback
    def link_failed(self, link: Link, what: str, err: Exception) -> None:
        """Log and record what failed on our side, under the device's name."""
        containment = self._devices.containment_of(link.connection.enrolment_id)
        containment.failed(what, err, address=link.address)

    async def async_handle_proof(self, link: Link, event: ProofEvent) -> None:
        """React to a proof; where it changes the vault, only after the disk has it."""
        self.admission.proved(link)
        match event:
            case RegistrationProved():
                work = self._registrar.async_proved(link, event)
            case TokenStored() if self._owners.of(link) is not None:
                work = self.security.trust.async_token_stored(link, event.enrolment_id)
            case TokenStored():
                work = self._registrar.async_stored(link, event)
            case SessionProved(tombstone=True):
                work = self._sessions.async_tombstone_delivered(link, event)
            case SessionProved():
                work = self._async_session_proved(link, event)
        await link.async_finish("a proof", work)

    async def _async_session_proved(self, link: Link, event: SessionProved) -> None:
        coordinator = await self._sessions.async_admit(link, event)
        if coordinator is None:
            return
        self._registrar.session_proved(link)
        rotated = self._owners.set(link, coordinator)
        believed_now = coordinator.session_proved(link, event)
        if coordinator.trusted:
            self.admission.vouch(link, event.enrolment_id)
        self.addresses.session_proved(coordinator)
        await self.security.async_session_proved(coordinator, event)
        kind = AuditKind.ROTATION if rotated else AuditKind.SESSION
        self._sessions.record(link, event, kind, "proved")
        if believed_now:
            async_delete_device_issues(self.hass, self.entry, coordinator.subentry_id)
            coordinator.containment.call(
                "its page",
                async_device_proved,
                self.hass,
                self.entry.entry_id,
                coordinator.subentry_id,
                event.mac,
                event.ready.facts,
            )
