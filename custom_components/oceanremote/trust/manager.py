"""Standing of devices at work: suspicion, quarantine, release, approval, new tokens.

`policy.trust` says which change makes sense, the vault writes it down, and only then
does anything follow from it. Suspicion works at once: until the vault has it, the
coordinator itself believes nothing of the device.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
import secrets
import time

from homeassistant.core import HomeAssistant, callback

from ..admission.control import AdmissionControl
from ..audit.trail import AuditTrail
from ..common.errors import DeviceOfflineError, WrongStandingError
from ..device.coordinator import DeviceCoordinator
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome
from ..policy.renewal import Renewals, age_of, lifetime_of
from ..policy.trust import (
    Standing,
    StandingEvent,
    TransitionRefusedError,
    short_authentication_string,
)
from ..protocol import LocalProtocolError, SessionProved
from ..protocol.limits import TOKEN_SIZE
from ..transport.link import Link
from ..vault import Vault, changes
from ..vault.changes import recovery
from ..vault.errors import VaultError
from ..vault.records import DeviceRecord
from ..vault.translate import translated_errors
from .issues import TrustIssues


class TrustManager:
    """Changes the standing of devices; lives in the event loop."""

    def __init__(
        self,
        hass: HomeAssistant,
        vault: Vault,
        trail: AuditTrail,
        admission: AdmissionControl,
        issues: TrustIssues,
        coordinator_of: Callable[[str], DeviceCoordinator | None],
    ) -> None:
        """`coordinator_of` finds a device by its enrolment id."""
        self._hass = hass
        self._vault = vault
        self._trail = trail
        self._admission = admission
        self._issues = issues
        self._coordinator_of = coordinator_of
        # A standing is read, judged and written as one: suspicion must not get lost
        # between the click of an administrator and the disk.
        self._changing = asyncio.Lock()
        self._suspecting: set[DeviceCoordinator] = set()
        self._renewals = Renewals(hass.loop.time())

    @callback
    def show(self, coordinators: Iterable[DeviceCoordinator]) -> None:
        """Show who needs a decision; issues do not outlive Home Assistant."""
        self._issues.restored.show()
        for coordinator in coordinators:
            record = coordinator.record
            if record is not None and record.trusted:
                self._issues.follow(coordinator, record.standing)

    # -- suspicion ----------------------------------------------------------

    @callback
    def suspect(self, enrolment_id: str, why: str) -> None:
        """Believe nothing of a device from now on, and write that down."""
        if (coordinator := self._coordinator_of(enrolment_id)) is None:
            return
        coordinator.set_suspected(suspected=True)
        self._admission.forget_device(enrolment_id)
        self._suspecting.add(coordinator)
        self._hass.async_create_task(
            self._async_suspect(coordinator, why), "oceanremote quarantine"
        )

    async def _async_suspect(self, coordinator: DeviceCoordinator, why: str) -> None:
        """Store a suspicion; where the disk refuses, it is shown all the same."""
        try:
            await self._async_change(coordinator, StandingEvent.SUSPECT, why, None)
        except (VaultError, WrongStandingError) as err:
            if not coordinator.suspected:
                # Revoked, removed or registered anew meanwhile.
                return
            # It holds until a restart; the device's next session tries again.
            self._follow(coordinator, Standing.QUARANTINED)
            actor = Actor(device=coordinator.enrolment_id)
            self._trail.record(AuditKind.QUARANTINED, Outcome.NOTICED, actor, what=why)
            self._trail.record(
                AuditKind.STORAGE,
                Outcome.FAILED,
                actor,
                what=f"quarantine not stored: {err}",
            )
        finally:
            self._suspecting.discard(coordinator)

    @translated_errors
    async def async_quarantine(
        self, coordinator: DeviceCoordinator, user_id: str | None
    ) -> None:
        """Quarantine a device; raises translated errors."""
        await self._async_change(
            coordinator, StandingEvent.SUSPECT, "by an administrator", user_id
        )

    @translated_errors
    async def async_release(
        self, coordinator: DeviceCoordinator, user_id: str | None
    ) -> None:
        """End a quarantine; the next proved counter becomes the high-water mark."""
        await self._async_change(
            coordinator, StandingEvent.RELEASE, "by an administrator", user_id
        )

    @translated_errors
    async def async_approve(
        self, coordinator: DeviceCoordinator, user_id: str | None
    ) -> None:
        """Let a device count that has waited for it."""
        await self._async_change(
            coordinator, StandingEvent.APPROVE, "by an administrator", user_id
        )

    @translated_errors
    async def async_confirm(
        self, identities: Mapping[str, str], user_id: str | None
    ) -> int:
        """Let devices count again that wait since a restore; return how many do.

        `identities` are those that the person saw, by enrolment id: another board is
        another matter.
        """
        async with self._changing:
            known = {
                enrolment_id: identity
                for enrolment_id, identity in identities.items()
                if (coordinator := self._coordinator_of(enrolment_id)) is not None
                and not coordinator.suspected
            }
            before = self._vault.devices
            await self._vault.apply(changes.confirm(known))
            confirmed = recovery.confirmed(before, self._vault.devices)
            for enrolment_id in confirmed:
                if (coordinator := self._coordinator_of(enrolment_id)) is not None:
                    self._settled(coordinator, StandingEvent.APPROVE, Standing.ACTIVE)
        for enrolment_id in confirmed:
            self._trail.record(
                AuditKind.APPROVED,
                Outcome.DONE,
                Actor(user=user_id, device=enrolment_id),
                what="confirmed after a restore",
            )
        self._trail.record(
            AuditKind.APPROVED,
            Outcome.DONE,
            Actor(user=user_id),
            what="devices confirmed after a restore",
            count=len(confirmed),
        )
        return len(confirmed)

    async def _async_change(
        self,
        coordinator: DeviceCoordinator,
        event: StandingEvent,
        why: str,
        user_id: str | None,
    ) -> None:
        async with self._changing:
            if (record := coordinator.record) is None:
                raise WrongStandingError(name=coordinator.name)
            before = record.trust
            # A suspicion that the disk would not take is one all the same.
            suspected = coordinator.suspected and event is not StandingEvent.SUSPECT
            if suspected:
                before = replace(before, standing=Standing.QUARANTINED)
            try:
                after = await self._vault.change_standing(
                    coordinator.enrolment_id, event, suspected=suspected
                )
            except TransitionRefusedError as err:
                raise WrongStandingError(name=coordinator.name) from err
            self._settled(coordinator, event, after.standing)
        if after.trust != before:
            self._trail.record(
                _KINDS[event],
                Outcome.DONE,
                Actor(user=user_id, device=coordinator.enrolment_id),
                what=why,
            )

    def _settled(
        self, coordinator: DeviceCoordinator, event: StandingEvent, standing: Standing
    ) -> None:
        """Follow a change that is on disk."""
        if event is StandingEvent.RELEASE:
            coordinator.counters.forget()
        if standing is Standing.QUARANTINED:
            self._admission.forget_device(coordinator.enrolment_id)
        # A newer suspicion that waits for its turn goes on.
        again = event is not StandingEvent.SUSPECT and coordinator in self._suspecting
        coordinator.set_suspected(suspected=again)
        self._follow(coordinator, standing)

    def _follow(
        self,
        coordinator: DeviceCoordinator,
        standing: Standing,
        code: str | None = None,
    ) -> None:
        """Show what is to be decided about a device, unless it was removed meanwhile."""
        if self._coordinator_of(coordinator.enrolment_id) is coordinator:
            self._issues.follow(coordinator, standing, code)

    # -- sessions -----------------------------------------------------------

    async def async_session_proved(
        self, coordinator: DeviceCoordinator, event: SessionProved
    ) -> None:
        """Drop a token that is not needed any more; show what waits for a person."""
        record = coordinator.record
        if record is None:
            return
        code = short_authentication_string(
            event.hub_public, event.device_key, event.handshake_hash
        )
        standing = record.standing
        if coordinator.suspected:
            standing = Standing.QUARANTINED
        self._follow(coordinator, standing, code)
        if coordinator.suspected and coordinator not in self._suspecting:
            self.suspect(event.enrolment_id, "a suspicion that was not stored")
        if standing is Standing.QUARANTINED:
            # Of two holders neither shall lock the other out.
            return
        try:
            await self._vault.apply(
                changes.confirm_token(event.enrolment_id, event.generation)
            )
            await self._async_issue_what_is_due(coordinator, event)
        except (VaultError, LocalProtocolError, WrongStandingError) as err:
            self._trail.record(
                AuditKind.STORAGE,
                Outcome.FAILED,
                Actor(device=event.enrolment_id),
                what=f"token not confirmed: {err}",
            )

    async def _async_issue_what_is_due(
        self, coordinator: DeviceCoordinator, event: SessionProved
    ) -> None:
        """Go on with a token that was not stored; replace one forgotten, or old.

        A device that names the generation after the newest one here has rotated since
        the backup that this hub was restored from: it came in by its previous token.
        """
        record, link = coordinator.record, coordinator.link
        if record is None or link is None or link.connection.token_on_its_way:
            return
        if record.previous is not None:
            await self._async_issue(coordinator, link)
        elif not event.rotated and event.claimed_generation == event.generation + 1:
            await self._async_issue(coordinator, link, event.claimed_generation)
            self._trail.record(
                AuditKind.TOKEN_ROTATED,
                Outcome.DONE,
                Actor(device=event.enrolment_id),
                what="issued anew: this hub had lost a newer one",
            )
        elif self._takes_renewal(coordinator, record, link.now()):
            await self._async_issue(coordinator, link)
            self._trail.record(
                AuditKind.TOKEN_ROTATED,
                Outcome.DONE,
                Actor(device=event.enrolment_id),
                what="renewed by itself",
            )

    def _takes_renewal(
        self, coordinator: DeviceCoordinator, record: DeviceRecord, now: float
    ) -> bool:
        """Whether an old token of a device is renewed now; it is counted then.

        No session lasts longer than a day without another proof, so nobody has to be
        asked in between. A board with a small store, or in safe mode, is spared.
        """
        days, facts = self._admission.options.renew_tokens_after, coordinator.facts
        if not days or facts is None or facts.small_store or facts.safe_mode:
            return False
        if not coordinator.trusted or record.current is None or record.pending:
            return False
        lifetime = lifetime_of(record.enrolment_id, record.current.generation, days)
        age = age_of(record.oldest_token_at, lifetime, time.time())
        return self._renewals.take(record.enrolment_id, age, now)

    # -- permanent tokens ---------------------------------------------------

    @translated_errors
    async def async_regenerate(
        self, coordinator: DeviceCoordinator, user_id: str | None
    ) -> None:
        """Give a connected device a new permanent token; the old one ends with it."""
        if coordinator.link is None:
            raise DeviceOfflineError(name=coordinator.name)
        await self._async_issue(coordinator, coordinator.link)
        self._trail.record(
            AuditKind.TOKEN_ROTATED,
            Outcome.DONE,
            Actor(user=user_id, device=coordinator.enrolment_id),
            what="issued",
        )

    async def _async_issue(
        self, coordinator: DeviceCoordinator, link: Link, known_as: int | None = None
    ) -> None:
        try:
            token = await self._vault.rotate_token(
                coordinator.enrolment_id, secrets.token_bytes(TOKEN_SIZE), known_as
            )
        except ValueError as err:
            raise WrongStandingError(name=coordinator.name) from err
        if not link.closing:
            link.connection.issue_token(token.secret, token.generation, link.now())
            link.flush()

    async def async_token_stored(self, link: Link, enrolment_id: str) -> None:
        """A device has put its new token into flash: prove it by a new session."""
        self._trail.record(
            AuditKind.TOKEN_ROTATED,
            Outcome.NOTICED,
            Actor(device=enrolment_id, address=link.address),
            what="stored by the device",
        )
        if not link.closing:
            link.connection.rotate(link.now())
            link.flush()


_KINDS = {
    StandingEvent.SUSPECT: AuditKind.QUARANTINED,
    StandingEvent.RELEASE: AuditKind.RELEASED,
    StandingEvent.APPROVE: AuditKind.APPROVED,
}
