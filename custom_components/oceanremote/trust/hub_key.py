"""Another hub key: told to every device, put into force, the former one destroyed.

An administrator takes each of three steps. Between them a device may come by any key
pair that the vault holds; one that has proved the newer key comes by that alone. What
each has is in the vault, and every step is on disk before anybody hears of it.
"""

from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum
import os
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback

from ..audit.trail import AuditTrail
from ..common.errors import WrongRollOverStepError
from ..device.coordinator import DeviceCoordinator
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome
from ..protocol import (
    HubKeyPhase,
    KeyPair,
    LocalProtocolError,
    SessionProved,
    hub_key_text,
)
from ..protocol.keys import hub_key_id
from ..transport.link import Link
from ..vault import Vault, changes
from ..vault.changes import VaultChange
from ..vault.errors import VaultError
from ..vault.translate import translated_errors


class RollOver(StrEnum):
    """How far a roll-over is."""

    NONE = "none"
    PREPARED = "prepared"
    IN_FORCE = "in_force"


class Step(StrEnum):
    """What an administrator can do about it."""

    STATUS = "status"
    PREPARE = "prepare"
    PUT_IN_FORCE = "put_in_force"
    DESTROY_FORMER = "destroy_former"


_BEFORE: Final = {
    Step.PREPARE: RollOver.NONE,
    Step.PUT_IN_FORCE: RollOver.PREPARED,
    Step.DESTROY_FORMER: RollOver.IN_FORCE,
}


class HubKeyRollOver:
    """Tells devices the hub key that they lack; lives in the event loop."""

    def __init__(
        self,
        hass: HomeAssistant,
        vault: Vault,
        trail: AuditTrail,
        devices: Callable[[], Iterable[DeviceCoordinator]],
        back_up: Callable[[], Awaitable[str]],
    ) -> None:
        """`back_up` makes a copy of the vault; it raises OSError."""
        self._hass = hass
        self._vault = vault
        self._trail = trail
        self._devices = devices
        self._back_up = back_up
        # What each device was told last, and on which link.
        self._told: dict[str, tuple[Link, HubKeyPhase, bytes]] = {}

    # -- how far it is ------------------------------------------------------

    @property
    def state(self) -> RollOver:
        """How far the roll-over is."""
        if self._vault.former_hub_key is not None:
            return RollOver.IN_FORCE
        if self._vault.next_hub_key is not None:
            return RollOver.PREPARED
        return RollOver.NONE

    @property
    def _newest(self) -> KeyPair:
        return self._vault.next_hub_key or self._vault.hub_key

    def status(self) -> dict[str, Any]:
        """Return what an administrator decides by; devices by name.

        `without` are those that do not hold the newest key, as far as is known;
        `need_flashing` those of them that cannot be told.
        """
        without, need_flashing = [], []
        if self.state is not RollOver.NONE:
            key_id = hub_key_id(self._newest.public)
            for coordinator in self._devices():
                record = coordinator.record
                if record is None or not record.trusted:
                    continue
                if record.stored_hub_key != key_id:
                    without.append(coordinator.name)
                    facts = coordinator.facts
                    if facts is not None and not facts.takes_hub_keys:
                        need_flashing.append(coordinator.name)
        return {
            "state": self.state.value,
            "hub_key": hub_key_text(self._vault.hub_key.public),
            "without": sorted(without, key=str.casefold),
            "need_flashing": sorted(need_flashing, key=str.casefold),
        }

    # -- what an administrator does -----------------------------------------

    @translated_errors
    async def async_take(self, step: Step, user_id: str | None) -> dict[str, Any]:
        """Take a step; return the status after it. Raises translated errors."""
        if step is not Step.STATUS:
            if self.state is not _BEFORE[step]:
                raise WrongRollOverStepError(step=step.value, state=self.state.value)
            await self._vault.apply(_change(step))
            self._trail.record(
                AuditKind.HUB_KEY, Outcome.DONE, Actor(user=user_id), what=step.value
            )
            await self._async_back_up()
            for coordinator in self._devices():
                self._tell(coordinator)
        return self.status()

    async def _async_back_up(self) -> None:
        """No copy of the vault may be without a key that devices count on."""
        try:
            await self._back_up()
        except OSError:
            return  # audited there; the next daily copy has it

    # -- what devices do ----------------------------------------------------

    async def async_session_proved(
        self, coordinator: DeviceCoordinator, event: SessionProved
    ) -> None:
        """Note under which key a device comes, and tell it what it lacks."""
        if self.state is RollOver.NONE or not coordinator.trusted:
            return
        if event.hub_public == self._newest.public:
            await self._async_note(coordinator, hub_key_id(event.hub_public), True)
        self._tell(coordinator)

    @callback
    def reported(
        self, link: Link, coordinator: DeviceCoordinator, key_id: bytes
    ) -> None:
        """Note that a device holds a key, and let it prove that where it is in force."""
        if self.state is RollOver.NONE or not coordinator.trusted:
            return
        if link is coordinator.link and key_id == hub_key_id(self._newest.public):
            self._hass.async_create_task(
                self._async_reported(link, coordinator, key_id), "oceanremote hub key"
            )

    async def _async_reported(
        self, link: Link, coordinator: DeviceCoordinator, key_id: bytes
    ) -> None:
        await self._async_note(coordinator, key_id, False)
        record = coordinator.record
        # Before it has heard that the key is in force it would come by the former one,
        # and nothing would make it come again before its hour is over.
        told = self._told.get(coordinator.enrolment_id)
        if (
            told != (link, HubKeyPhase.IN_FORCE, key_id)
            or link.closing
            or record is None
            or record.proved_hub_key == key_id
        ):
            return
        try:
            link.connection.rotate(link.now())
            link.flush()
        except LocalProtocolError:
            return  # its session has just ended: it is told again in the next

    async def _async_note(
        self, coordinator: DeviceCoordinator, key_id: bytes, proved: bool
    ) -> None:
        record = coordinator.record
        if record is None:
            return
        is_stored = record.stored_hub_key == key_id
        if is_stored and (not proved or record.proved_hub_key == key_id):
            return
        enrolment_id = coordinator.enrolment_id
        try:
            await self._vault.apply(
                changes.note_hub_key(enrolment_id, key_id, proved=proved)
            )
        except VaultError as err:
            self._trail.record(
                AuditKind.STORAGE,
                Outcome.FAILED,
                Actor(device=enrolment_id),
                what=f"hub key not noted: {err}",
            )
            return
        self._trail.record(
            AuditKind.HUB_KEY,
            Outcome.NOTICED,
            Actor(device=enrolment_id),
            what="proved by the device" if proved else "stored by the device",
        )

    def _tell(self, coordinator: DeviceCoordinator) -> None:
        """Tell a device that is there what it lacks; once on each link."""
        record, link, facts = coordinator.record, coordinator.link, coordinator.facts
        if link is None or record is None or facts is None or not coordinator.trusted:
            return
        key_id, state = hub_key_id(self._newest.public), self.state
        has = (
            record.stored_hub_key
            if state is RollOver.PREPARED
            else record.proved_hub_key
        )
        if state is RollOver.NONE or has == key_id or not facts.takes_hub_keys:
            return
        phase = HubKeyPhase.TO_COME
        if state is RollOver.IN_FORCE:
            phase = HubKeyPhase.IN_FORCE
        telling = (link, phase, key_id)
        if self._told.get(coordinator.enrolment_id) == telling:
            return
        try:
            link.connection.tell_hub_key(phase, self._newest.public, link.now())
            link.flush()
        except LocalProtocolError:
            return  # its session has just ended
        self._told[coordinator.enrolment_id] = telling


def _change(step: Step) -> VaultChange:
    if step is Step.PREPARE:
        return changes.prepare_hub_key(KeyPair.generate(os.urandom).private)
    if step is Step.PUT_IN_FORCE:
        return changes.roll_over_hub_key()
    return changes.destroy_former_hub_key()
