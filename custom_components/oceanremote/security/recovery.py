"""What a hub does about itself when it finds that it was restored from a backup."""

from ..policy.audit import Actor, AuditBrokenError, Outcome, read_event
from ..policy.kinds import AuditKind
from ..policy.restore import RestoreVerdict, Waterline, judge_restore, replay_standings
from ..policy.trust import Standing
from ..vault import Vault
from ..vault_records import Standing as StoredStanding
from .audit_log import Opened, read_lines
from .monitor import SecurityMonitor


async def async_recover(
    vault: Vault, opened: Opened, security: SecurityMonitor
) -> None:
    """Judge vault, log and anchor; put up again the walls that a restore took down.

    Raises VaultError: a hub that cannot do this must not let anybody in. Afterwards
    vault, log and anchor agree.
    """
    if opened.repaired:
        security.record(
            AuditKind.LOG_REPAIRED, Outcome.NOTICED, Actor(), what=opened.repaired
        )
    head = opened.head
    verdict = judge_restore(
        vault.generation,
        Waterline(head.generation, head.seq) if opened.existed else None,
        opened.anchor,
    )
    if not vault.devices:
        # A new hub: there is nobody to distrust.
        verdict = RestoreVerdict.CONSISTENT
    if verdict is RestoreVerdict.LOG_BEHIND:
        security.record(
            AuditKind.LOG_REPAIRED, Outcome.NOTICED, Actor(), what="the log was cut"
        )
    elif verdict is not RestoreVerdict.CONSISTENT:
        await _async_restored(vault, opened, security, verdict)
    await security.audit.flush()


async def _async_restored(
    vault: Vault, opened: Opened, security: SecurityMonitor, verdict: RestoreVerdict
) -> None:
    known_log = verdict is RestoreVerdict.VAULT_BEHIND
    before = vault.generation
    beyond = max(
        opened.head.generation, opened.anchor.vault_generation if opened.anchor else 0
    )
    await vault.recover(approved=known_log, beyond=beyond)
    if known_log:
        await _async_replay(vault, opened, security, before)
    security.record(
        AuditKind.RESTORED,
        Outcome.NOTICED,
        Actor(),
        what=verdict.value,
        vault_generation=before,
        last_known=beyond,
    )


async def _async_replay(
    vault: Vault, opened: Opened, security: SecurityMonitor, generation: int
) -> None:
    """Revoke and quarantine again what the log says and the vault has forgotten."""

    def read() -> list[tuple[str, str]]:
        events = []
        for line in read_lines(opened.files.paths()):
            try:
                event = read_event(line)
            except AuditBrokenError:
                continue
            if event.outcome is Outcome.DONE and event.actor.device is not None:
                events.append((event.kind, event.actor.device))
        return events

    events = await security.hass.async_add_executor_job(read)
    for device_id, standing in replay_standings(
        events, frozenset(vault.devices)
    ).items():
        record = vault.devices[device_id]
        if standing is Standing.REVOKED:
            if record.standing is StoredStanding.REVOKED:
                continue
            await vault.revoke(device_id)
        elif record.trusted and record.standing is not StoredStanding.QUARANTINED:
            await vault.set_trust(
                device_id, StoredStanding.QUARANTINED, approved=record.approved
            )
        security.record(
            AuditKind.RESTORED,
            Outcome.DONE,
            Actor(device=device_id),
            what=f"{standing.value} again, after generation {generation}",
        )
