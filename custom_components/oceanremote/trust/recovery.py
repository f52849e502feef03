"""What a hub does about itself when it finds that it was restored from a backup.

    judge ─▶ log: what was found ─▶ vault: one write ─▶ log: what was done ─▶ anchor

The anchor moves last. A start that is broken off before is judged again, and until then
nobody is let in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import math
from typing import Final

from homeassistant.core import HomeAssistant

from ..audit.files import LogFiles, read_lines
from ..audit.trail import AuditTrail
from ..common.const import LOGGER
from ..policy.audit.check import BROKEN, Checker
from ..policy.audit.files import file_index
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Detail, Outcome
from ..policy.restore import (
    RestoreVerdict,
    Restriction,
    judge_restore,
    replay_restrictions,
)
from ..vault import Vault, changes
from ..vault.changes.recovery import Recovery

_KNOWN: Final = "known_generation"
_WORDS: Final = {
    Restriction.QUARANTINED: "quarantined again, after generation {}",
    Restriction.REPLACED: (
        "revoked: another registration took its place after generation {}"
    ),
    Restriction.REVOKED: "revoked again, after generation {}",
}


@dataclass(frozen=True, slots=True)
class _Replay:
    """What the log knows of devices, and from which generation on without a gap."""

    restrictions: Mapping[str, Restriction]
    whole_from: float


async def async_recover(hass: HomeAssistant, vault: Vault, trail: AuditTrail) -> None:
    """Judge vault, log and anchor; reimpose the restrictions that a restore lifted.

    Raises VaultError and OSError: a hub that cannot do this must not let anybody in.
    Afterwards vault, log and anchor agree. Where they have agreed all along, a disk that
    takes no writes stops nobody: there is nothing to put up again, the records wait.
    """
    opened = trail.log.opened
    if opened.repaired:
        trail.record(
            AuditKind.LOG_REPAIRED, Outcome.NOTICED, Actor(), what=opened.repaired
        )
    is_new = not vault.devices and not opened.existed and opened.anchor is None
    agreed = False
    if not is_new:
        verdict = await _async_judge(hass, vault, trail)
        agreed = verdict is RestoreVerdict.CONSISTENT and not opened.repaired
    trail.log.settle()
    try:
        await trail.log.flush()
    except OSError as err:
        if not agreed:
            raise
        LOGGER.error(
            "The disk takes no writes (%s): known devices work, nothing is enrolled",
            err,
        )


async def _async_judge(
    hass: HomeAssistant, vault: Vault, trail: AuditTrail
) -> RestoreVerdict:
    opened = trail.log.opened
    anchor = None if opened.anchor is None else opened.anchor.generation
    beyond = max(opened.head.generation, anchor or 0)
    cut = opened.cut
    if anchor is None:
        cut = f"nothing shows whether records after {opened.head.seq} are missing"
    if cut:
        # From now on, every verification of the log tells of it.
        detail: dict[str, Detail] = {
            "what": "records are missing",
            BROKEN: cut,
            _KNOWN: beyond,
        }
        trail.record(AuditKind.LOG_REPAIRED, Outcome.NOTICED, Actor(), **detail)
    verdict = judge_restore(
        vault.generation, opened.head.generation, anchor, log_cut=bool(opened.cut)
    )
    if verdict in (RestoreVerdict.VAULT_BEHIND, RestoreVerdict.BOTH_BEHIND):
        await _async_restored(hass, vault, trail, verdict, beyond)
    return verdict


async def _async_restored(
    hass: HomeAssistant,
    vault: Vault,
    trail: AuditTrail,
    verdict: RestoreVerdict,
    beyond: int,
) -> None:
    opened = trail.log.opened
    before, devices = vault.generation, dict(vault.devices)
    replay = await hass.async_add_executor_job(_replay, opened.files, before)
    if replay.whole_from > before:
        # A part of what the vault has forgotten is not in the log, either.
        verdict = RestoreVerdict.BOTH_BEHIND
    trail.record(
        AuditKind.RESTORED,
        Outcome.NOTICED,
        Actor(),
        what=verdict.value,
        vault_generation=before,
        last_known=beyond,
    )
    await trail.log.flush()
    plan = Recovery(
        restrictions={
            enrolment_id: restriction
            for enrolment_id, restriction in replay.restrictions.items()
            if enrolment_id in devices
        },
        beyond=beyond,
        log_is_whole=verdict is RestoreVerdict.VAULT_BEHIND,
        log_survived=opened.head.generation > before,
    )
    await vault.apply(changes.recover(plan))
    for enrolment_id, restriction in plan.restrictions.items():
        record = vault.devices.get(enrolment_id)
        if record is not None and record.standing is not devices[enrolment_id].standing:
            trail.record(
                AuditKind.RESTORED,
                Outcome.DONE,
                Actor(device=enrolment_id),
                what=_WORDS[restriction].format(before),
            )


class _Scan:
    """Reads the events of a log, and notes from which generation on none is missing."""

    def __init__(self, files: LogFiles) -> None:
        """Read `files`; blocking."""
        self.whole_from = 0.0
        self._paths = files.paths()
        self._checker = Checker()
        self._checker.files(path.name for path in self._paths)

    def events(self) -> Iterator[tuple[int, str, str]]:
        """Yield generation, kind and device of what was done; raises OSError."""
        seen = 0
        gap = any(file_index(path.name) != 1 for path in self._paths[:1])
        for path in self._paths:
            self._checker.begin(path.name)
            for line in read_lines([path]):
                record = self._checker.take(line)
                gap = gap or self._checker.count > seen
                seen = self._checker.count
                if record is None:
                    continue
                if gap:
                    gap = False
                    known = record["detail"].get(_KNOWN)
                    known = known if isinstance(known, int) else 0
                    self.whole_from = max(self.whole_from, record["generation"], known)
                enrolment_id = record["actor"]["device"]
                if record["outcome"] == Outcome.DONE and enrolment_id is not None:
                    yield record["generation"], record["kind"], enrolment_id
        if gap:
            self.whole_from = math.inf


def _replay(files: LogFiles, vault: int) -> _Replay:
    scan = _Scan(files)
    restrictions = replay_restrictions(scan.events(), vault)
    return _Replay(restrictions, scan.whole_from)
