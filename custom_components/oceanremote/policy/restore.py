"""Recognising a hub that was restored from a backup, and what follows from it.

Three files record how far the hub had got: the vault (in backups), the audit log (in
backups), and an anchor that backups leave out. Each is written only after the one
before it is on disk, so an honest crash leaves vault ≥ audit ≥ anchor:

| vault | audit log | anchor        | verdict                                    |
|-------|-----------|---------------|--------------------------------------------|
| = or ahead | holds the anchor's record | = or behind | consistent             |
| behind the log | holds the anchor's record | any | vault_behind: replay the log   |
| behind the log or the anchor | was cut | | both_behind: a person confirms devices |
| any   | any       | missing       | both_behind                                |
| = or ahead | was cut |            | log_behind                                 |
"""

from collections.abc import Iterable
from enum import StrEnum

from .audit.kinds import AuditKind


class RestoreVerdict(StrEnum):
    """What the three files say together."""

    CONSISTENT = "consistent"
    VAULT_BEHIND = "vault_behind"
    LOG_BEHIND = "log_behind"
    BOTH_BEHIND = "both_behind"


def judge_restore(
    vault: int, log: int, anchor: int | None, *, log_cut: bool
) -> RestoreVerdict:
    """Compare the generations that vault, log and anchor know.

    `log` is 0 where no log exists, `anchor` None where no anchor exists: a vault
    without one was moved here, and nothing shows that its log is complete. `log_cut`
    says that the log does not hold the record at which the anchor was written.
    """
    if anchor is None:
        return RestoreVerdict.BOTH_BEHIND
    if vault < log:
        # The log records what the vault has forgotten, unless it was cut as well.
        return RestoreVerdict.BOTH_BEHIND if log_cut else RestoreVerdict.VAULT_BEHIND
    if vault < anchor:
        return RestoreVerdict.BOTH_BEHIND
    return RestoreVerdict.LOG_BEHIND if log_cut else RestoreVerdict.CONSISTENT


class Restriction(StrEnum):
    """What a log proves about an identity that a restored vault holds."""

    QUARANTINED = "quarantined"
    REPLACED = "replaced"
    REVOKED = "revoked"


def replay_restrictions(
    events: Iterable[tuple[int, str, str]], vault: int
) -> dict[str, Restriction]:
    """Return the restrictions to reimpose in a vault of generation `vault`.

    `events` are (generation, kind, enrolment id) of the audit log in order; the vault
    knows those up to its own generation. An identity that was revoked or replaced
    stays so, whatever was registered in its place afterwards: no honest board holds
    it any more. Only restrictions are replayed: a person is asked again about a
    release that the vault forgot.
    """
    restrictions: dict[str, Restriction] = {}
    for generation, kind, enrolment_id in events:
        lost = restrictions.get(enrolment_id) in (
            Restriction.REPLACED,
            Restriction.REVOKED,
        )
        if generation <= vault:
            continue
        match kind:
            case AuditKind.REVOKED:
                restrictions[enrolment_id] = Restriction.REVOKED
            case AuditKind.REGISTERED if not lost:
                restrictions[enrolment_id] = Restriction.REPLACED
            case AuditKind.QUARANTINED if not lost:
                restrictions[enrolment_id] = Restriction.QUARANTINED
            case AuditKind.RELEASED if not lost:
                restrictions.pop(enrolment_id, None)
    return restrictions
