"""Recognising a hub that was restored from a backup, and what follows from it.

Three files tell how far the hub had come: the vault (in backups), the audit log (in
backups), and an anchor that backups leave out. Each is written only after the one
before it is on disk, so an honest crash leaves vault ≥ audit ≥ anchor:

| vault | audit log | anchor        | verdict                                    |
|-------|-----------|---------------|--------------------------------------------|
| = or ahead | holds the anchor's record | = or behind | consistent             |
| behind the log | holds the anchor's record | any | vault_behind: replay the log   |
| behind the log or the anchor | was cut | | both_behind: confirm each device       |
| any   | any       | missing       | both_behind                                |
| = or ahead | was cut |            | log_behind                                 |
"""

from collections.abc import Iterable
from enum import StrEnum

from .kinds import AuditKind
from .trust import Standing


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


def replay_standings(
    events: Iterable[tuple[int, str, str]], vault: int
) -> dict[str, Standing]:
    """Return the walls to put up again in a vault of generation `vault`.

    `events` are (generation, kind, device id) of the audit log in order; the vault
    knows those up to its own generation. What revokes the identity that the vault
    holds stays so, whatever was registered in its place afterwards; an identity that
    was only replaced waits for approval. Only what restricts is replayed: a release
    that the vault forgot is asked for again.
    """
    walls: dict[str, Standing] = {}
    replaced: set[str] = set()
    for generation, kind, device_id in events:
        if generation <= vault or walls.get(device_id) is Standing.REVOKED:
            continue
        match kind:
            case AuditKind.REVOKED:
                walls[device_id] = Standing.REVOKED
            case AuditKind.REGISTERED:
                replaced.add(device_id)
                walls[device_id] = Standing.WAITING_FOR_APPROVAL
            case AuditKind.QUARANTINED if device_id not in replaced:
                walls[device_id] = Standing.QUARANTINED
            case AuditKind.RELEASED if device_id not in replaced:
                walls.pop(device_id, None)
    return walls
