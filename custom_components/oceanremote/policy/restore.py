"""Recognising a hub that was restored from a backup, and what follows from it.

Three files tell how far the hub had come: the vault (in backups), the audit log (in
backups), and an anchor that backups leave out. Each is written only after the one
before it is on disk, so an honest crash leaves vault ≥ audit ≥ anchor:

| vault | audit log | anchor        | verdict                                    |
|-------|-----------|---------------|--------------------------------------------|
| = or ahead | present | at or behind | consistent                              |
| behind the audit head | present | any | vault_behind: replay the log         |
| behind the anchor, or anchor missing | also behind | | both_behind: confirm each device |
| present | behind the anchor |       | log_behind: the log was cut                |
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from .kinds import AuditKind
from .trust import Standing


class RestoreVerdict(StrEnum):
    """What the three files say together."""

    CONSISTENT = "consistent"
    VAULT_BEHIND = "vault_behind"
    LOG_BEHIND = "log_behind"
    BOTH_BEHIND = "both_behind"


@dataclass(frozen=True, slots=True)
class Waterline:
    """How far the hub had come: the vault's generation and the audit log's length."""

    vault_generation: int
    audit_seq: int


def judge_restore(
    vault_generation: int, audit: Waterline | None, anchor: Waterline | None
) -> RestoreVerdict:
    """Compare the vault with the head of the audit log and with the anchor.

    `audit` is None where no log exists, `anchor` None where no anchor exists. A
    vault without any anchor was moved here: nothing shows that its log is complete.
    """
    if anchor is None:
        return RestoreVerdict.BOTH_BEHIND
    log_behind = audit is None or audit.audit_seq < anchor.audit_seq
    if audit is not None and vault_generation < audit.vault_generation:
        # The log tells what the vault has forgotten, unless it was cut as well.
        return RestoreVerdict.BOTH_BEHIND if log_behind else RestoreVerdict.VAULT_BEHIND
    if vault_generation < anchor.vault_generation:
        return RestoreVerdict.BOTH_BEHIND
    return RestoreVerdict.LOG_BEHIND if log_behind else RestoreVerdict.CONSISTENT


_STANDING_OF_KIND: Final[Mapping[str, Standing]] = MappingProxyType(
    {
        AuditKind.REVOKED: Standing.REVOKED,
        AuditKind.QUARANTINED: Standing.QUARANTINED,
        AuditKind.RELEASED: Standing.ACTIVE,
        AuditKind.APPROVED: Standing.ACTIVE,
        AuditKind.REGISTERED: Standing.ACTIVE,
    }
)


def replay_standings(
    events: Iterable[tuple[str, str]], known: frozenset[str]
) -> dict[str, Standing]:
    """Return the walls to put up again: revocations and quarantines of known devices.

    `events` are (kind, device id) of the audit log in order. Only what restricts is
    replayed; a release that the vault forgot is asked for again.
    """
    last: dict[str, Standing] = {}
    for kind, device_id in events:
        if device_id in known and (standing := _STANDING_OF_KIND.get(kind)) is not None:
            last[device_id] = standing
    return {
        device_id: standing
        for device_id, standing in last.items()
        if standing in (Standing.REVOKED, Standing.QUARANTINED)
    }


@dataclass(frozen=True, slots=True)
class Expiry:
    """A wall-clock deadline that stays passed once it was seen as passed.

    The clock of a hub can be set back, by hand or by a board without a battery. A
    time before `issued_at` (less `SKEW`) is as suspicious as one after the end.
    """

    issued_at: float
    expires_at: float
    seen_expired: bool = False

    def seen_at(self, wall_now: float) -> Expiry:
        """Return the expiry as it is after a look at the clock; persist a change."""
        if self.seen_expired or self.issued_at - SKEW <= wall_now < self.expires_at:
            return self
        return Expiry(self.issued_at, self.expires_at, seen_expired=True)


# How far time synchronisation may pull an honest clock back after start, in seconds.
SKEW: Final = 300.0
