"""Registration, as far as storage is concerned: on disk first, answered afterwards.

    RegistrationProved ─▶ store_pending ═disk═▶ issue_token ─▶ (device's flash)
    TokenStored ─▶ commit_registration ═disk═▶ begin_session ─▶ SessionProved

Either step may be repeated after a crash of either side; the vault's rules make the
repetition harmless (docs/protocol.md, "Registration").
"""

from collections.abc import Callable
import secrets
from typing import Final

from aiohttp import WSCloseCode
from homeassistant.core import callback

from ..audit.record import SecurityLog, SecurityRecord
from ..device.coordinator import DeviceCoordinator
from ..policy.audit.kinds import AuditKind
from ..protocol import ProtocolError, RegistrationProved, TokenStored, format_mac
from ..protocol.limits import TOKEN_SIZE
from ..transport.link import Link
from ..vault import Vault
from ..vault.errors import VaultError
from .registration_commit import RegistrationCommit

type CoordinatorLookup = Callable[[str], DeviceCoordinator | None]

# What the vault raises when a registration has been withdrawn or overtaken meanwhile,
# when the disk fails, and what a link raises that has died meanwhile.
_FAILURES: Final = (VaultError, ProtocolError)


class Registrar:
    """Carries out registrations; one attempt per link."""

    def __init__(
        self,
        vault: Vault,
        log: SecurityLog,
        coordinator_of: CoordinatorLookup,
        commit: RegistrationCommit,
    ) -> None:
        """Store in `vault`; `coordinator_of` finds a device by its enrolment id."""
        self._vault = vault
        self._log = log
        self._commit = commit
        self._coordinator_of = coordinator_of
        self._running: dict[Link, RegistrationProved] = {}

    async def async_proved(self, link: Link, event: RegistrationProved) -> None:
        """Keep a pending identity, then issue its permanent token."""
        coordinator = self._coordinator_of(event.enrolment_id)
        if coordinator is None:
            link.close(WSCloseCode.POLICY_VIOLATION, "the device was removed")
            return
        self._running[link] = event
        coordinator.hints.registration_started()
        before = self._vault.devices[event.enrolment_id].pending
        replaced = before is not None and before.device_key != event.device_key
        try:
            token = await self._vault.store_pending(
                event.enrolment_id,
                event.mac,
                event.device_key,
                secrets.token_bytes(TOKEN_SIZE),
                handle=event.handle,
            )
            if link.closing:
                return
            pending = self._vault.devices[event.enrolment_id].pending
            if pending is None or pending.device_key != event.device_key:
                link.close(WSCloseCode.POLICY_VIOLATION, "overtaken by another board")
                return
            link.connection.issue_token(token, pending.token.generation, link.now())
        except _FAILURES as err:
            self._fail(link, event.enrolment_id, err)
            return
        self._record(
            link,
            event,
            "a board that lost its record starts again" if replaced else "token issued",
        )

    async def async_stored(self, link: Link, event: TokenStored) -> None:
        """Pin what the device has stored, then begin its first session."""
        started = self._running.get(link)
        coordinator = self._coordinator_of(event.enrolment_id)
        if started is None or coordinator is None:
            link.close(WSCloseCode.POLICY_VIOLATION, "the device was removed")
            return
        try:
            await self._commit.async_commit(coordinator, event, started.counter)
            self._record(link, started, "registered")
            if not link.closing:
                link.connection.begin_session(link.now())
        except _FAILURES as err:
            self._fail(link, event.enrolment_id, err)

    @callback
    def link_closing(self, link: Link) -> None:
        """Forget the attempt of a link that has ended."""
        event = self._running.pop(link, None)
        if event is None:
            return
        if any(
            other.enrolment_id == event.enrolment_id for other in self._running.values()
        ):
            return
        if (coordinator := self._coordinator_of(event.enrolment_id)) is not None:
            coordinator.hints.registration_ended()

    @callback
    def session_proved(self, link: Link) -> None:
        """The link is past registration."""
        self._running.pop(link, None)

    @callback
    def close_links(self, enrolment_id: str) -> None:
        """End every attempt to register for a device."""
        for link, event in tuple(self._running.items()):
            if event.enrolment_id == enrolment_id:
                link.close(WSCloseCode.POLICY_VIOLATION, "the device was revoked")

    def _fail(self, link: Link, enrolment_id: str, err: Exception) -> None:
        storage = isinstance(err, VaultError)
        self._log.record(
            SecurityRecord(
                kind=AuditKind.STORAGE if storage else AuditKind.REFUSED,
                outcome="registration not stored",
                enrolment_id=enrolment_id,
                address=link.address,
                detail=str(err),
            )
        )
        link.close(
            WSCloseCode.GOING_AWAY if storage else WSCloseCode.POLICY_VIOLATION,
            str(err),
        )

    def _record(self, link: Link, event: RegistrationProved, outcome: str) -> None:
        self._log.record(
            SecurityRecord(
                kind=AuditKind.REGISTERED,
                outcome=outcome,
                enrolment_id=event.enrolment_id,
                address=link.address,
                detail=f"{format_mac(event.mac)}, {event.board} {event.version}",
            )
        )
