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
from ..common.const import LAST_SEEN_INTERVALS
from ..common.turn import Turn
from ..policy.audit.kinds import AuditKind
from ..protocol import (
    DescriptionReceived,
    DeviceFacts,
    EntityEvent,
    GoodbyeReason,
    GoodbyeReceived,
    HubEvent,
    ImportReceived,
    LocalProtocolError,
    PongReceived,
    RequestReceived,
    RotationRequested,
    SessionProved,
    SignalReceived,
    StatesCompleted,
    StatesReceived,
)
from ..protocol.entities import EntityAddress
from ..protocol.user_actions import UserAction, Value
from ..transport.link import Link, LongEvent
from ..vault import Vault
from ..vault.records import DeviceRecord
from ..vault.translate import translated_errors
from .addresses import KnownAddresses
from .backfill import DeviceBackfill
from .border import shown
from .commands import DeviceCommands
from .counters import DeviceCounters
from .description import DeviceDescription
from .followers import Followers
from .hints import BoardHints
from .left_out import LeftOut
from .lingering_link import LingeringLinkProbe
from .presence import DevicePresence
from .registry import async_shown_name
from .session import SessionSupervisor
from .state import StateCache
from .status import DeviceStatus, device_status
from .stores import DeviceStores
from .telemetry import telemetry_of
from .waiting_commands import WaitingCommands

type AskEvent = RequestReceived | ImportReceived


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
        store: DeviceStores,
        rotation_margin: Callable[[], float],
        suspect: Callable[[str, str], None],
    ) -> None:
        """Start without a link, with the entities of the stored description."""
        self.hass = hass
        self.subentry_id = subentry_id
        self.enrolment_id = enrolment_id
        self.title = title
        self.entry_id = entry_id
        self.containment = log.containment(lambda: self.name, enrolment_id)
        self.cache = StateCache(self.containment)
        self.backfill = DeviceBackfill(hass, subentry_id, self.cache, self.containment)
        self._telemetry = telemetry_of(hass, entry_id, subentry_id, self.containment)
        self.logs, self.crashes, self.health, self.updates = self._telemetry
        self.left_out = LeftOut(lambda: self.name)
        self.facts: DeviceFacts | None = None
        self.addresses: KnownAddresses | None = None
        self.session_id: bytes | None = None
        self.session_expires_at: datetime | None = None
        self.last_seen: datetime | None = None
        self.rotations = 0
        self._vault = vault
        self._log = log
        self._supervisor = SessionSupervisor(hass, rotation_margin)
        alarm = partial(suspect, enrolment_id, "two live links")
        self._older = LingeringLinkProbe(hass, alarm)
        self._suspected: str | None = None
        self.link: Link | None = None
        self._agreed = self._believed = False  # what came over the link up to now
        self.hints = BoardHints(self.notify, lambda: self.connected)
        self._seen_published_at = 0.0
        self._followers = Followers(hass.loop, self.containment)
        self.description = DeviceDescription(
            hass,
            entry_id=entry_id,
            subentry_id=subentry_id,
            cache=self.cache,
            store=store.descriptions,
            containment=self.containment,
            left_out=self.left_out,
            note=partial(log.note, enrolment_id=enrolment_id),
            ask=self._supervisor.rotate,
        )
        self.counters = DeviceCounters(lambda: vault.high_water(enrolment_id))
        self._commands = DeviceCommands(
            hass.loop, log, enrolment_id, lambda: self.name, lambda: self.available
        )
        self.pictures = self._commands.pictures
        self.presence = DevicePresence(
            hass,
            store.presences,
            subentry_id,
            notify=self.notify,
            connected=lambda: self.connected,
        )
        self.waiting = WaitingCommands(self, self._commands, log)
        self._followers.add(self.waiting.look)
        self.cache.update(map(shown, self.presence.restored))
        # Who takes what the device asks of Home Assistant.
        self.on_ask: Callable[[Link, AskEvent], None] = lambda link, event: None

    @property
    def name(self) -> str:
        """What a person calls the device: their own name for it, else its title."""
        shown = async_shown_name(self.hass, self.entry_id, self.subentry_id)
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
    def shows_states(self) -> bool:
        """Whether what is known is worth showing: it is there, or asleep as announced."""
        return self.available or (self.presence.asleep and self.trusted)

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
            where=self.presence.where,
            safe_mode=self.safe_mode,
            registering=self.hints.registering,
            pausing=self.description.pause.under_way,
            refusal=self.hints.refusal,
        )

    @callback
    def subscribe_availability(self, subscriber: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `subscriber` when link, session or status may have changed."""
        return self._followers.add(subscriber)

    @callback
    def notify(self) -> None:
        """Let everybody look again; not while all stops: nobody could act any more."""
        if not self.hass.is_stopping:
            self._followers.call()

    @callback
    def set_suspected(self, *, suspected: bool) -> None:
        """Believe nothing and command nothing, whatever the vault still says."""
        self._suspected = self.identity if suspected else None
        if not self.trusted:
            self._believed = False
            self.cache.forget()
            self.presence.distrust()
        elif self.link is not None and not self._believed:
            # Nothing that it said was kept: it shall prove and describe itself anew.
            with suppress(LocalProtocolError):  # its session has just ended
                self._supervisor.rotate()
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
        self.hints.forget()
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
        if self._believed:
            self.presence.begin(link, facts)
            self._telemetry.begin(link, facts)
        else:
            self.presence.distrust()
        self._supervisor.begin(link, remaining)
        self._see(now)
        self.notify()
        return first

    def _replace_link(self, link: Link) -> None:
        previous = self.link
        if self.shows_states and self.presence.asleep:
            self.cache.doubt()
        else:
            self.cache.forget()
        if previous is not None:
            self._give_up_link("a newer link took over")
            self._older.ask(previous)
            self._log.note(
                AuditKind.REPLACED,
                "newer link took over",
                enrolment_id=self.enrolment_id,
                address=link.address,
                detail=f"the older one came from {previous.address}",
            )
        self.link = link
        self.health.link_began(link)
        self._commands.begin(link)

    def _give_up_link(self, why: str) -> None:
        self._supervisor.end()
        self._commands.end()
        self.description.pause.end()
        self.presence.left()
        self.backfill.end()
        self._telemetry.end(why)
        self.link = None
        self._agreed = self._believed = False
        self.session_id = self.session_expires_at = None

    @callback
    def detach(self, link: Link) -> None:
        """A link has ended; ours only if it was not replaced before."""
        if link is not self.link:
            self._older.ended(link)
            return
        self._give_up_link(link.end_detail)
        self.notify()

    @callback
    def end(self, why: str) -> None:
        """Let nothing wait for the device any more: it is removed, or the hub stops."""
        self.waiting.cancel(why)
        self.presence.end()

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
            case EntityEvent(at, it) | SignalReceived(at, it) if self._believes(link):
                self.cache.happened(at, it)
            case RequestReceived() | ImportReceived():
                self.containment.call("what it asks", self.on_ask, link, event)
            case RotationRequested():
                self._supervisor.rotate()
            case GoodbyeReceived(why=GoodbyeReason.SLEEP) if self._believed:
                self.presence.announced(event.next_wakeup, self.cache.states)
                # What is sent to it from here on would be lost.
                link.close(detail="the device sleeps")
            case _ if not (self._believed and self._telemetry.takes(event)):
                self._commands.handle_event(event)
                self.backfill.handle_event(link, event, self._believes(link))

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

    @translated_errors
    async def async_command(
        self, address: EntityAddress, args: dict[int, Any], context: Context | None
    ) -> None:
        """Send a command and return when the device has carried it out, or waits for it.

        `context` names the acting user. Raises a translated HomeAssistantError when
        the device is away, refuses, answers too late or not at all.
        """
        await self.waiting.async_send(address, args, context)

    @translated_errors
    async def async_user_action(
        self,
        action: UserAction,
        values: tuple[Value, ...],
        *,
        wants_response: bool,
        context: Context,
    ) -> dict[str, Any]:
        """Call an action of the device's owner, as a command; return its response."""
        return await self.waiting.async_call(
            action, values, wants_response=wants_response, context=context
        )
