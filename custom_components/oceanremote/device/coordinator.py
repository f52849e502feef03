"""One device as Home Assistant sees it: its link, its session, its entities.

    SessionProved ──▶ attach: welcome, rotation timer ──▶ hash agreed ──▶ available
    states ──▶ cache ──▶ the one entity             command ──▶ table ──▶ link
    rotation timer ──▶ connection.rotate            LinkClosed ──▶ detach

Everything here runs in the event loop, without locks: an event is handled whole.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..audit.record import SecurityLog
from ..common.const import COMMAND_TIMEOUT, LAST_SEEN_INTERVALS, LOGGER
from ..common.errors import DeviceNotReadyError, DeviceOfflineError, OceanRemoteError
from ..common.turn import Turn
from ..policy.audit.kinds import AuditKind
from ..protocol import (
    CommandCompleted,
    CommandDeadline,
    DescriptionReceived,
    DeviceFacts,
    GoodbyeReceived,
    HubEvent,
    LocalProtocolError,
    LogReceived,
    PongReceived,
    RefusalReason,
    RotationRequested,
    SessionProved,
    StatesCompleted,
    StatesReceived,
)
from ..protocol.entities import EntityAddress
from ..transport.link import Link, LongEvent
from ..vault import Vault
from ..vault.records import DeviceRecord
from ..vault.translate import translated_errors
from .border import shown
from .commands import CommandTable
from .counters import DeviceCounters
from .description import DeviceDescription
from .description_store import DescriptionStore
from .followers import Followers
from .left_out import LeftOut
from .lingering_link import LingeringLinkProbe
from .registry import async_shown_name
from .session import SessionSupervisor
from .state import StateCache
from .status import STATUS_OF_REFUSAL, DeviceStatus, device_status


class DeviceCoordinator:
    """Supervises the session of one device and serves its entities."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        entry_id: str,
        subentry_id: str,
        enrolment_id: str,
        title: str,
        vault: Vault,
        log: SecurityLog,
        store: DescriptionStore,
        rotation_margin: Callable[[], float],
        suspect: Callable[[str, str], None],
    ) -> None:
        """Start without a link, with the entities of the stored description."""
        self.hass = hass
        self.subentry_id = subentry_id
        self.enrolment_id = enrolment_id
        self.title = title
        self._entry_id = entry_id
        self.containment = log.containment(lambda: self.name, enrolment_id)
        self.cache = StateCache(self.containment)
        self.left_out = LeftOut(lambda: self.name)
        self.facts: DeviceFacts | None = None
        self.session_id: bytes | None = None
        self.session_expires_at: datetime | None = None
        self.last_seen: datetime | None = None
        self.rotations = 0
        self._vault = vault
        self._log = log
        self._supervisor = SessionSupervisor(hass, rotation_margin)
        self._older = LingeringLinkProbe(
            hass, lambda: suspect(enrolment_id, "two live links")
        )
        self._suspected: str | None = None
        self.link: Link | None = None
        self._commands: CommandTable | None = None
        self._agreed = False
        self._believed = False  # what came over the link up to now
        self._registering = False
        self._refusal: DeviceStatus | None = None
        self._seen_published_at = 0.0
        self._followers = Followers(hass.loop, self.containment)
        self.description = DeviceDescription(
            hass,
            entry_id=entry_id,
            subentry_id=subentry_id,
            cache=self.cache,
            store=store,
            containment=self.containment,
            left_out=self.left_out,
            note=partial(log.note, enrolment_id=enrolment_id),
            ask=self._supervisor.rotate,
        )
        self.counters = DeviceCounters(lambda: vault.high_water(enrolment_id))

    # -- what is known ------------------------------------------------------

    @property
    def name(self) -> str:
        """What a person calls the device: their own name for it, else its title."""
        shown = async_shown_name(self.hass, self._entry_id, self.subentry_id)
        return shown or self.title

    @property
    def record(self) -> DeviceRecord | None:
        """The vault's record, None when it holds none (restored or foreign vault)."""
        return self._vault.devices.get(self.enrolment_id)

    @property
    def connected(self) -> bool:
        """Whether a session is up, be it in safe mode."""
        return self.link is not None

    @property
    def available(self) -> bool:
        """Whether states are current and commands pass."""
        return self.link is not None and self._agreed and self.trusted

    @property
    def safe_mode(self) -> bool:
        """Whether the board said that it started without its own program."""
        return self.facts is not None and self.facts.safe_mode

    @property
    def suspected(self) -> bool:
        """Whether there is a suspicion that the vault may not know of.

        It is about one identity and ends with it: by revocation or a registration.
        """
        return self._suspected is not None and self._suspected == self.identity

    @property
    def identity(self) -> str | None:
        """Whom the vault trusts under this name: another registration, another name."""
        return None if (record := self.record) is None else record.identity

    @property
    def trusted(self) -> bool:
        """Whether what the device says counts: approved, and under no suspicion."""
        record = None if self.suspected else self.record
        return record is not None and record.standing.is_trusted

    @property
    def status(self) -> DeviceStatus:
        """The one thing that a person should know about this device now."""
        if self.suspected:
            return DeviceStatus.QUARANTINED
        return device_status(
            self.record,
            connected=self.connected,
            safe_mode=self.safe_mode,
            registering=self._registering,
            pausing=self.description.pause.under_way,
            refusal=self._refusal,
        )

    # -- subscriptions ------------------------------------------------------

    @callback
    def subscribe_availability(self, subscriber: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `subscriber` when link, session or status may have changed."""
        return self._followers.add(subscriber)

    @callback
    def notify(self) -> None:
        """Let everybody look again; not while all stops: nobody could act any more."""
        if not self.hass.is_stopping:
            self._followers.call()

    # -- the link -----------------------------------------------------------

    @callback
    def set_suspected(self, *, suspected: bool) -> None:
        """Believe nothing and command nothing, whatever the vault still says."""
        self._suspected = self.identity if suspected else None
        if not self.trusted:
            self._believed = False
            self.cache.forget()
        elif self.link is not None and not self._believed:
            # Nothing that it said was kept: it shall prove and describe itself anew.
            with suppress(LocalProtocolError):  # its session has just ended
                self._supervisor.rotate()
        self.notify()

    @callback
    def registration_started(self) -> None:
        """A board holds our registration token and is being registered."""
        self._registering = True
        self._refusal = None
        self.notify()

    @callback
    def registration_ended(self) -> None:
        """The board that was being registered has gone, or has a session now."""
        if self._registering:
            self._registering = False
            self.notify()

    @callback
    def token_issued(self) -> None:
        """A new registration token is in force: earlier refusals mean nothing."""
        self._refusal = None
        self.notify()

    @callback
    def refused(self, reason: RefusalReason) -> None:
        """A board with our handle or key was refused; shown while none is connected.

        It had to know the registration token's handle or hold the device key, but has
        proved nothing: this is a hint to a person and decides nothing.
        """
        self._refusal = STATUS_OF_REFUSAL.get(reason)
        if self.link is None:
            self.notify()

    @callback
    def session_proved(self, link: Link, event: SessionProved) -> bool:
        """Take over a proved session: the next epoch of our link, or a newer link.

        Returns whether it is believed for the first time on this link. A device that
        is not trusted is asked for nothing, and its facts are not shown.
        """
        if rotated := link is self.link:
            self.rotations += 1
        else:
            self._replace_link(link)
        self._registering = False
        self._refusal = None
        facts = event.ready.facts
        first, self._believed = self.trusted and not self._believed, self.trusted
        if self._believed:
            self.facts = facts
        self.session_id, now = event.session_id, link.now()
        remaining = max(0.0, event.expires_at - now)
        self.session_expires_at = dt_util.utcnow() + timedelta(seconds=remaining)
        known = self.description.is_known(event.ready.description_hash)
        # In safe mode the description is empty and says nothing about the entities.
        self._agreed = known and not facts.safe_mode
        # One believed only now describes itself anew: with it come all its states.
        want = not known or (rotated and first)
        want = want and self._believed and not facts.safe_mode
        want = self.description.pause.permits(now, wanted=want, known=known)
        ticket = link.return_ticket(self.enrolment_id) if self._believed else b""
        link.connection.welcome(want, now, known=known, ticket=ticket)
        link.flush()
        self._supervisor.begin(link, remaining)
        self._see(now)
        self.notify()
        return first

    def _replace_link(self, link: Link) -> None:
        previous = self.link
        if previous is not None:
            self._give_up_link()
            self._older.ask(previous)
            self._log.note(
                AuditKind.REPLACED,
                "newer link took over",
                enrolment_id=self.enrolment_id,
                address=link.address,
                detail=f"the older one came from {previous.address}",
            )
        self.link = link
        self._commands = CommandTable(self.hass.loop, link)
        self.cache.forget()

    def _give_up_link(self) -> None:
        self._supervisor.end()
        if self._commands is not None:
            self._commands.give_up_all()
        self.description.pause.end()
        self.link = self._commands = None
        self._agreed = self._believed = False
        self.session_id = self.session_expires_at = None

    @callback
    def detach(self, link: Link) -> None:
        """A link has ended; ours only if it was not replaced before."""
        if link is not self.link:
            self._older.ended(link)
            return
        self._give_up_link()
        self.notify()

    # -- events of the link -------------------------------------------------

    @callback
    def handle_event(self, link: Link, event: HubEvent) -> None:
        """React to an event of a proved session; a replaced link is not heard."""
        if link is not self.link:
            if isinstance(event, PongReceived):
                self._older.answered(link, event.nonce)
            return
        self._see(link.now(), values=isinstance(event, StatesReceived))
        match event:
            case StatesReceived() if self._believes(link):
                self.cache.update(map(shown, event.states))
            case CommandCompleted():
                if self._commands is not None:
                    self._commands.resolve(event.command_id, event.status, event.reason)
            case CommandDeadline():
                if self._commands is not None:
                    self._commands.give_up(event.command_id)
            case RotationRequested():
                self._supervisor.rotate()
            case GoodbyeReceived() | LogReceived():
                # As a value: a device's text makes no line of its own in the log.
                LOGGER.debug("%s says %r", self.name, event)

    async def async_handle_event(self, link: Link, event: LongEvent) -> None:
        """React to an event that is about many entities; the link waits for it."""
        if link is not self.link:
            return
        self._see(link.now())
        match event:
            case StatesCompleted():
                turn = Turn(rest=True)
                await self.cache.async_complete(turn, lambda: self._believes(link))
            case DescriptionReceived() if self.trusted:
                taking = self.description.async_take(event, link.now())
                taken = await self.containment.async_call("its description", taking)
                if taken and link is self.link:
                    self._agreed = True
                    self.notify()

    def _believes(self, link: Link) -> bool:
        """Whether states that come over a link are the device's."""
        return link is self.link and self._agreed and self.trusted

    def _see(self, now: float, *, values: bool = False) -> None:
        self.last_seen = dt_util.utcnow()
        interval = LAST_SEEN_INTERVALS["values" if values else "silent"]
        if now - self._seen_published_at >= interval:
            self._seen_published_at = now
            self.notify()

    @translated_errors
    async def async_renew(self) -> None:
        """Give the device a new session; return when it is proved.

        Raises DeviceOfflineError or RenewalFailedError.
        """
        await self._supervisor.async_renew(self.name)

    # -- commands -----------------------------------------------------------

    @translated_errors
    async def async_command(
        self, address: EntityAddress, args: dict[int, Any], context: Context | None
    ) -> None:
        """Send a command and return when the device has carried it out.

        `context` names the acting user. Raises a translated HomeAssistantError when
        the device is away, refuses, answers too late or not at all.
        """
        if self._commands is None:
            raise DeviceOfflineError(name=self.name)
        if not self.available:
            raise DeviceNotReadyError(name=self.name)
        outcome = "cancelled"
        try:
            await self._commands.async_send(address, args, COMMAND_TIMEOUT, self.name)
            outcome = "done"
        except OceanRemoteError as err:
            outcome = err.key
            raise
        finally:
            self._log.note(
                AuditKind.COMMAND,
                outcome,
                enrolment_id=self.enrolment_id,
                user_id=None if context is None else context.user_id,
                detail=f"{address.domain.name.lower()} {address.key}",
            )
