"""What a proved session has to pass before it becomes the session of its device.

The connection has proved the keys. Here the rest is judged: a registration whose last
message was lost is committed, a revocation since INIT is told, the pinned identity is
compared once more, and the handshake counter tells a clone from its original.
"""

from collections.abc import Callable
from hmac import compare_digest

from aiohttp import WSCloseCode

from ..audit.record import SecurityLog, SecurityRecord
from ..device.coordinator import DeviceCoordinator
from ..policy.audit.kinds import AuditKind
from ..policy.trust import CounterVerdict
from ..protocol import (
    LocalProtocolError,
    ProtocolError,
    RefusalReason,
    SessionProved,
    format_mac,
)
from ..transport.link import Link
from ..vault import Vault, changes
from ..vault.errors import VaultError
from ..vault.records import DeviceRecord
from .registration_commit import RegistrationCommit


class SessionAdmission:
    """Lets a proved session in, or closes its link and says why."""

    def __init__(
        self,
        vault: Vault,
        log: SecurityLog,
        coordinator_of: Callable[[str], DeviceCoordinator | None],
        suspect: Callable[[str, str], None],
        commit: RegistrationCommit,
    ) -> None:
        """Judge by `vault`; `coordinator_of` finds a device by its enrolment id."""
        self._commit = commit
        self._vault = vault
        self._log = log
        self._coordinator_of = coordinator_of
        self._suspect = suspect

    async def async_admit(
        self, link: Link, event: SessionProved
    ) -> DeviceCoordinator | None:
        """Return the device that the session belongs to; None: the link is closing."""
        coordinator = self._coordinator_of(event.enrolment_id)
        record = self._vault.devices.get(event.enrolment_id)
        if coordinator is None or record is None:
            await self._async_turn_away(link, event, record)
            return None
        if _is_pending(record, event):
            if not await self._async_commit(link, event, coordinator):
                return None
            record = self._vault.devices[event.enrolment_id]
        if not record.trusted:
            await self._async_turn_away(link, event, record)
            return None
        if not self._is_pinned(link, event, record):
            return None
        if not self._is_fresh(link, event, coordinator):
            return None
        self._vault.note_counter(event.enrolment_id, event.counter)
        return coordinator

    async def async_tombstone_delivered(self, link: Link, event: SessionProved) -> None:
        """Note that a revoked device has been told; its link ends by itself."""
        link.flush()
        self.record(link, event, AuditKind.REVOKED, "the device was told")
        await self._async_note_told(link, event)

    async def _async_turn_away(
        self, link: Link, event: SessionProved, record: DeviceRecord | None
    ) -> None:
        """Tell a device that was revoked or removed between its INIT and its proof."""
        try:
            link.connection.send_revoked(link.now())
        except LocalProtocolError:
            # Its session ended at this moment: it hears at its next connection.
            link.close(detail="revoked during the handshake")
            return
        link.flush()
        self.record(link, event, AuditKind.REVOKED, "the device was told")
        link.close(detail="revoked during the handshake")
        if (
            record is not None
            and record.tombstone
            and record.device_key == event.device_key
        ):
            await self._async_note_told(link, event)

    async def _async_note_told(self, link: Link, event: SessionProved) -> None:
        try:
            await self._vault.apply(changes.mark_revoked_delivered(event.enrolment_id))
        except VaultError as err:
            # It may come once more, and is told once more.
            self.record(link, event, AuditKind.STORAGE, f"not noted: {err}")

    async def _async_commit(
        self, link: Link, event: SessionProved, coordinator: DeviceCoordinator
    ) -> bool:
        """Finish a registration: the token is in flash, `stored` never arrived."""
        try:
            await self._commit.async_commit(coordinator, event, event.counter)
        except (VaultError, ProtocolError) as err:
            self.record(link, event, AuditKind.STORAGE, f"not committed: {err}")
            link.close(WSCloseCode.GOING_AWAY, str(err))
            return False
        coordinator.counters.of(event.device_key, first=True)
        self.record(link, event, AuditKind.REGISTERED, "committed late")
        return not link.closing

    def _is_pinned(
        self, link: Link, event: SessionProved, record: DeviceRecord
    ) -> bool:
        # A board that registers again keeps its key. A handshake begun before that, by
        # a copy of it, has proved a token that counts no more.
        tokens = [token for token in (record.current, record.previous) if token]
        if (
            record.mac is not None
            and record.device_key is not None
            and compare_digest(record.mac, event.mac)
            and compare_digest(record.device_key, event.device_key)
            and any(token.generation == event.generation for token in tokens)
        ):
            return True
        self.record(link, event, AuditKind.REFUSED, "not what is pinned")
        link.close(WSCloseCode.POLICY_VIOLATION, "not what is pinned")
        return False

    def _is_fresh(
        self, link: Link, event: SessionProved, coordinator: DeviceCoordinator
    ) -> bool:
        verdict = coordinator.counters.of(event.device_key).observe(
            event.counter,
            challenge_issued_at=event.challenge_issued_at,
            init_received_at=event.init_received_at,
        )
        if verdict is CounterVerdict.FRESH:
            return True
        if verdict is CounterVerdict.LATE:
            link.close(detail="a handshake that was held back")
            return False
        self.record(link, event, AuditKind.CLONE, "a second holder of the identity")
        coordinator.hints.refused(RefusalReason.REPLAYED_COUNTER)
        self._suspect(event.enrolment_id, "a handshake counter was used twice")
        link.close(WSCloseCode.POLICY_VIOLATION, "a counter that was used before")
        return False

    def record(
        self, link: Link, event: SessionProved, kind: AuditKind, outcome: str
    ) -> None:
        """Record something about a proved session."""
        self._log.record(
            SecurityRecord(
                kind=kind,
                outcome=outcome,
                enrolment_id=event.enrolment_id,
                address=link.address,
                detail=(
                    f"{format_mac(event.mac)}, epoch {event.epoch}, "
                    f"counter {event.counter}"
                ),
            )
        )


def _is_pending(record: DeviceRecord, event: SessionProved) -> bool:
    """Whether the device stored its token although its `stored` never arrived."""
    pending = record.pending
    return (
        pending is not None
        and pending.device_key == event.device_key
        and pending.token.generation == event.generation
    )
