"""What the vault holds, as frozen values; `encoding` has their form on disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Final

from ..policy.trust import Standing, StandingEvent, Trust

MAX_DEVICES: Final = 4096
MAX_TOMBSTONES: Final = 512
MAX_SECRETS_PER_OWNER: Final = 16
MAX_SECRET_SIZE: Final = 4096
MAX_NAME_LENGTH: Final = 64
# How far the clock may be behind the one that a registration token was issued by.
CLOCK_TOLERANCE: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """A permanent token and the generation under which the device names it.

    `issued_at` is Unix time in seconds, None for the one of the registration.
    """

    generation: int
    secret: bytes = field(repr=False)
    issued_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRecord:
    """A registration token. Its secret is gone once it is used.

    `issued_at` and `expires_at` are Unix time in seconds. `expired` stays set when the
    clock is set back after the expiry was seen. `replaces` names a device whose MAC may
    be taken.
    """

    handle: bytes
    secret: bytes = field(repr=False)
    expires_at: float
    issued_at: float | None = None
    expected_mac: bytes | None = None
    used: bool = False
    expired: bool = False
    replaces: str | None = None

    def is_over(self, now: float) -> bool:
        """Whether it has expired by `now` (Unix time), or was once found expired."""
        return self.expired or now >= self.expires_at

    def is_early(self, now: float) -> bool:
        """Whether `now` (Unix time) is clearly before its time of issue.

        Either the clock was ahead when it was issued, and it would live for years; or
        the clock is behind now, as a Raspberry Pi's is until it has asked for the time.
        """
        return self.issued_at is not None and now < self.issued_at - CLOCK_TOLERANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRecord:
    """A registration between "issued" and "stored". It does not expire."""

    handle: bytes
    mac: bytes
    device_key: bytes
    token: TokenRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRecord:
    """The answers given to "Add device": enough to restore a lost subentry."""

    title: str
    board: str
    node_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRecord:
    """One device: its standing, its pinned identity, its tokens.

    `mac`, `device_key`, `current` are set together, by the first commit. A revoked
    record that still has them is a tombstone, until `revoked_delivered`; an `orphaned`
    one has no subentry any more and is deleted once it is delivered. `approved` is
    false while nobody has approved these keys although approval was required.
    `restored` says that it came out of a backup, and that nobody has confirmed it
    since. `seen_at` is Unix time in seconds of a proved handshake, written with its
    counter. Of a hub key that was told to it, `stored_hub_key` is the id of the one that
    it says it holds, `proved_hub_key` of the one under which alone it may come.
    """

    enrolment_id: str
    standing: Standing = Standing.PENDING
    mac: bytes | None = None
    device_key: bytes | None = None
    current: TokenRecord | None = None
    previous: TokenRecord | None = None
    registration: RegistrationRecord | None = None
    pending: PendingRecord | None = None
    high_water: int = 0
    enrolled_at: float | None = None
    revoked_at: float | None = None
    revoked_delivered: bool = False
    orphaned: bool = False
    approved: bool = True
    restored: bool = False
    enrolment: EnrolmentRecord | None = None
    seen_at: float | None = None
    stored_hub_key: bytes | None = None
    proved_hub_key: bytes | None = None

    @property
    def tombstone(self) -> bool:
        """Whether a device may connect once more, only to hear of its revocation."""
        return (
            self.standing is Standing.REVOKED
            and not self.revoked_delivered
            and self.current is not None
        )

    @property
    def oldest_token_at(self) -> float | None:
        """When the oldest permanent token in force came into force (Unix time)."""
        times = [
            self.enrolled_at if token.issued_at is None else token.issued_at
            for token in (self.current, self.previous)
            if token is not None
        ]
        return min((time for time in times if time is not None), default=None)

    @property
    def identity(self) -> str | None:
        """A name for the registered board; a new one after each registration."""
        if not self.trusted or self.device_key is None:
            return None
        return f"{sha256(self.device_key).hexdigest()[:16]} {self.enrolled_at}"

    @property
    def trusted(self) -> bool:
        """Whether this record's MAC and key are pinned and in force."""
        return self.standing.may_hold_session

    @property
    def trust(self) -> Trust:
        """What `policy.trust` judges of it."""
        return Trust(self.standing, self.approved)

    def after(
        self, event: StandingEvent, *, approval_required: bool = False
    ) -> DeviceRecord:
        """Return it after an event, which decides its standing and nothing else.

        Raises TransitionRefusedError for an event that makes no sense in the present
        one. `approval_required` matters for REGISTERED only.
        """
        trust = self.trust.after(event, approval_required=approval_required)
        return replace(self, standing=trust.standing, approved=trust.approved)

    @property
    def to_confirm(self) -> bool:
        """Whether it waits for a person's confirmation because the hub was restored."""
        return self.restored and self.standing is Standing.WAITING_FOR_APPROVAL


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRecord:
    """What was found when this vault came back from a backup, Unix time in seconds.

    `backup_at` is when the backup's vault had last been written. `log_survived` says
    that some of the changes made since were found in the audit log.
    """

    found_at: float
    backup_at: float | None
    log_survived: bool


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything in the vault at one generation, and indices over it.

    `written_at` is Unix time in seconds; `restore` describes the last restore after
    which devices had to be confirmed. While the hub key is rolled over there is the next
    one besides, and after that the former one, until it is destroyed.
    """

    generation: int
    hub_private: bytes = field(repr=False)
    devices: Mapping[str, DeviceRecord]
    secrets: Mapping[str, Mapping[str, bytes]] = field(repr=False)
    written_at: float | None = None
    restore: RestoreRecord | None = None
    next_hub_private: bytes | None = field(default=None, repr=False)
    former_hub_private: bytes | None = field(default=None, repr=False)

    @cached_property
    def by_device_key(self) -> Mapping[bytes, tuple[DeviceRecord, ...]]:
        """Records with a device key pinned, pending or revoked; tombstones last."""
        index: dict[bytes, list[DeviceRecord]] = {}
        for record in self.devices.values():
            keys = set()
            if record.device_key is not None and (record.trusted or record.tombstone):
                keys.add(record.device_key)
            if record.pending is not None:
                keys.add(record.pending.device_key)
            for key in keys:
                index.setdefault(key, []).append(record)
        return {
            key: tuple(sorted(found, key=lambda record: record.tombstone))
            for key, found in index.items()
        }

    @cached_property
    def by_handle(self) -> Mapping[bytes, DeviceRecord]:
        """The record of each registration token, used ones included."""
        return {
            record.registration.handle: record
            for record in self.devices.values()
            if record.registration is not None
        }

    @cached_property
    def by_trusted_mac(self) -> Mapping[bytes, DeviceRecord]:
        """The active or quarantined record of each proved MAC."""
        return {
            record.mac: record
            for record in self.devices.values()
            if record.trusted and record.mac is not None
        }
