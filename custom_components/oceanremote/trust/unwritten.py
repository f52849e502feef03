"""A revocation that the disk refuses: it counts, it is audited, and a person is told."""

from collections.abc import Awaitable

from ..audit.record import SecurityLog
from ..policy.audit.kinds import AuditKind
from ..vault.errors import NotYetOnDisk


async def async_noting_unwritten(
    revocation: Awaitable[None], log: SecurityLog, enrolment_id: str
) -> NotYetOnDisk | None:
    """Await a revocation by the vault; return why it is not on disk yet, None if it is.

    It counts either way: the caller acts on it first and raises what is returned
    afterwards. Raises VaultError where nothing has changed.
    """
    try:
        await revocation
    except NotYetOnDisk as err:
        log.note(
            AuditKind.STORAGE,
            "revoked, not stored yet",
            enrolment_id=enrolment_id,
            detail=f"a restart before it is undoes it: {err}",
        )
        return err
    return None
