"""Recognising a hub that was restored from a backup, and what follows from it.

Three files tell how far the hub had come: the vault (in backups), the audit log (in
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
        # The log tells what the vault has forgotten, unless it was cut as well.
        return RestoreVerdict.BOTH_BEHIND if log_cut else RestoreVerdict.VAULT_BEHIND
    if vault < anchor:
        return RestoreVerdict.BOTH_BEHIND
    return RestoreVerdict.LOG_BEHIND if log_cut else RestoreVerdict.CONSISTENT


class Wall(StrEnum):
    """What a log proves about an identity that a restored vault holds."""

    QUARANTINED = "quarantined"
    REPLACED = "replaced"
    REVOKED = "revoked"


def replay_walls(events: Iterable[tuple[int, str, str]], vault: int) -> dict[str, Wall]:
    """Return the walls to put up again in a vault of generation `vault`.

    `events` are (generation, kind, device id) of the audit log in order; the vault
    knows those up to its own generation. An identity that was revoked or replaced
    stays so, whatever was registered in its place afterwards: no honest board holds
    it any more. Only what restricts is replayed: a release that the vault forgot is
    asked for again.
    """
    walls: dict[str, Wall] = {}
    for generation, kind, device_id in events:
        over = walls.get(device_id) in (Wall.REPLACED, Wall.REVOKED)
        if generation <= vault:
            continue
        match kind:
            case AuditKind.REVOKED:
                walls[device_id] = Wall.REVOKED
            case AuditKind.REGISTERED if not over:
                walls[device_id] = Wall.REPLACED
            case AuditKind.QUARANTINED if not over:
                walls[device_id] = Wall.QUARANTINED
            case AuditKind.RELEASED if not over:
                walls.pop(device_id, None)
    return walls
