"""Commands to a device that sleeps: they wait, and are carried out once or reported.

    call ──▶ online? ── yes ──▶ sent, and the caller waits for the answer
               │ asleep
               ▼
             queue (memory only) ──wakes──▶ who called, may they still? ──▶ sent once
               └─ expiry, a later one, another board, distrust, the hub's end ──▶ event

A command leaves the queue before it is sent, so nothing is ever sent twice. Its deadline
on the wire ends with its expiry, so a network that holds it back cannot outlast that.
"""

from asyncio import Task, TimerHandle
from collections.abc import Hashable
from typing import Any, Protocol

from homeassistant.core import Context, callback

from ..audit.record import SecurityLog
from ..common.access import NotAllowedError, async_check_caller
from ..common.const import CONF_WAITING
from ..common.errors import (
    CommandNotSentError,
    DeviceAsleepError,
    DeviceNotReadyError,
    OceanRemoteError,
    SecretMayNotWaitError,
    TooManyWaitError,
)
from ..policy.waiting import Waiting, WaitingFullError, WaitingQueue
from ..protocol import LocalProtocolError, RemoteProtocolError
from ..protocol.entities import EntityAddress
from ..protocol.user_actions import UserAction, Value
from ..protocol.values import read_args
from .commands import DeviceCommands, Wish, wish_of_action, wish_of_entity
from .description import DeviceDescription
from .presence import DevicePresence
from .state import StateCache
from .waiting_reports import (
    Order,
    ReportedDevice,
    Target,
    WaitingOutcome,
    WaitingReports,
    outcome_of,
)
from .waiting_rules import WaitingRules, carries_secret, merges


class Device(ReportedDevice, Protocol):
    """What is asked of the device."""

    cache: StateCache
    description: DeviceDescription
    presence: DevicePresence

    @property
    def connected(self) -> bool:
        """Whether a session is up."""

    @property
    def available(self) -> bool:
        """Whether commands pass."""

    @property
    def trusted(self) -> bool:
        """Whether what it says counts."""

    @property
    def safe_mode(self) -> bool:
        """Whether it runs without its own program."""

    @property
    def identity(self) -> str | None:
        """Whom the vault trusts under this name."""


class _WithdrawnError(Exception):
    """A command may not be carried out any more; the text says why."""


class WaitingCommands:
    """The commands of one device: sent at once, or kept for it while it sleeps."""

    def __init__(
        self, device: Device, commands: DeviceCommands, log: SecurityLog
    ) -> None:
        """Send over `commands`; nothing waits yet."""
        self._device = device
        self._commands = commands
        self._reports = WaitingReports(device, log)
        self._loop = device.hass.loop
        self._queue: WaitingQueue[Order] = WaitingQueue()
        self._timer: TimerHandle | None = None
        self._timer_at = 0.0
        self._delivery: Task[None] | None = None

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._queue)

    async def async_send(
        self, address: EntityAddress, args: dict[int, Any], context: Context | None
    ) -> None:
        """Send a command; see `DeviceCoordinator.async_command`."""
        wish = wish_of_entity(address, args)
        if not self._must_wait:
            if self._device.available:
                self._supersede(address)
            await self._commands.async_carry_out(wish, context)
            return
        descriptor = self._device.cache.descriptor_at(address)
        if descriptor is None:
            raise DeviceNotReadyError(name=self._device.name)
        if carries_secret(descriptor, args):
            raise SecretMayNotWaitError(name=self._device.name)
        try:
            read_args(address.domain, args)
        except RemoteProtocolError as err:
            raise CommandNotSentError(reason=err.detail) from None
        key = address if merges(address.domain) else None
        self._add(key, self._order(wish, context, descriptor))

    async def async_call(
        self,
        action: UserAction,
        values: tuple[Value, ...],
        *,
        wants_response: bool,
        context: Context,
    ) -> dict[str, Any]:
        """Call an action; see `DeviceCoordinator.async_user_action`."""
        wish = wish_of_action(action, values, wants_response=wants_response)
        if not self._must_wait:
            return await self._commands.async_carry_out(wish, context)
        if wants_response:
            # What the device will say, nobody can say now.
            raise DeviceAsleepError(name=self._device.name)
        self._add(None, self._order(wish, context, action))
        return {}

    @callback
    def look(self) -> None:
        """Follow what has happened to the device."""
        if not len(self._queue):
            return
        if not self._device.trusted:
            self.cancel("the device is not trusted any more")
        elif self._device.available and self._delivery is None:
            self._delivery = self._device.hass.async_create_task(
                self._async_deliver(), "oceanremote delivery"
            )

    @callback
    def cancel(self, reason: str) -> None:
        """Let nothing wait any more, and say so of each."""
        for waiting in self._queue.clear():
            self._reports.tell(waiting.what, WaitingOutcome.CANCELLED, reason)
        self._watch()

    @property
    def _must_wait(self) -> bool:
        """Whether the device sleeps, or has woken up and is not ready yet."""
        device = self._device
        if device.available or not device.trusted:
            return False
        if device.connected:
            return device.presence.sleeps and not device.safe_mode
        return device.presence.asleep

    @property
    def _rules(self) -> WaitingRules:
        device = self._device
        entry = device.hass.config_entries.async_get_entry(device.entry_id)
        subentry = None if entry is None else entry.subentries.get(device.subentry_id)
        data = {} if subentry is None else subentry.data.get(CONF_WAITING, {})
        return WaitingRules.from_data(data)

    def _seconds(self, target: Target) -> float:
        if isinstance(target, UserAction):
            return self._rules.of_action(target.name)
        return self._rules.of_entity(
            target.address.domain, self._reports.unique_id(target)
        )

    def _order(
        self,
        wish: Wish,
        context: Context | None,
        target: Target,
    ) -> Order:
        return Order(wish, context, self._device.identity, target)

    def _supersede(self, address: EntityAddress) -> None:
        """Let what is asked of an entity now have the last word."""
        if (replaced := self._queue.supersede(address)) is not None:
            self._reports.tell(replaced.what, WaitingOutcome.REPLACED)

    def _add(self, key: Hashable | None, order: Order) -> None:
        """Let a command wait; raises what says that it may not."""
        seconds = self._seconds(order.target)
        if not seconds:
            self._reports.note(order, "device_asleep")
            raise DeviceAsleepError(name=self._device.name)
        try:
            replaced = self._queue.add(key, order, self._loop.time(), seconds)
        except WaitingFullError:
            self._reports.note(order, "too_many_wait")
            raise TooManyWaitError(name=self._device.name) from None
        if replaced is not None:
            self._reports.tell(replaced.what, WaitingOutcome.REPLACED)
        self._reports.tell(order, WaitingOutcome.WAITING, seconds=seconds)
        self._watch()

    # -- at wake-up ---------------------------------------------------------

    async def _async_deliver(self) -> None:
        """Send what waits, one after the other, as long as the device is there."""
        try:
            while self._device.available and (waiting := self._queue.first()):
                await self._async_deliver_one(waiting)
        finally:
            self._delivery = None
            self._watch()

    async def _async_deliver_one(self, waiting: Waiting[Order]) -> None:
        order, refusal = waiting.what, ""
        try:
            await self._async_check(order)
        except _WithdrawnError as err:
            refusal = str(err)
        # Meanwhile it may have been cancelled or replaced, and the device have gone.
        if self._queue.first() is not waiting or not self._device.available:
            return
        self._queue.take()
        if refusal:
            self._reports.tell(order, WaitingOutcome.CANCELLED, refusal)
            return
        time_left = waiting.time_left(self._loop.time())
        if time_left <= 0:
            self._reports.tell(order, WaitingOutcome.EXPIRED)
            return
        outcome, reason = WaitingOutcome.UNKNOWN, ""
        try:
            await self._commands.async_carry_out(
                order.wish, order.context, at_most=time_left
            )
            outcome = WaitingOutcome.DONE
        except OceanRemoteError as err:
            outcome = outcome_of(err)
            reason = (err.translation_placeholders or {}).get("reason", "")
        except LocalProtocolError as err:
            outcome, reason = WaitingOutcome.NOT_SENT, str(err)
        finally:
            self._reports.tell(order, outcome, reason, noted=True)

    async def _async_check(self, order: Order) -> None:
        """Raise _WithdrawnError unless all that allowed a command still does."""
        device, target = self._device, order.target
        entity_id = self._reports.entity_id(target)
        try:
            await async_check_caller(
                device.hass,
                None if order.context is None else order.context.user_id,
                device.subentry_id,
                entity_id,
            )
        except NotAllowedError as err:
            raise _WithdrawnError(str(err)) from err
        if device.identity != order.identity:
            raise _WithdrawnError("another board has taken the device over")
        if isinstance(target, UserAction):
            same = target in device.description.actions
        else:
            same = device.cache.descriptor_at(target.address) == target
        if not same:
            raise _WithdrawnError("the device has changed what it is made of")
        if not isinstance(target, UserAction) and entity_id is None:
            raise _WithdrawnError("the entity is gone")
        if not self._seconds(target):
            raise _WithdrawnError("its owner lets it wait no more")

    # -- time ---------------------------------------------------------------

    def _watch(self) -> None:
        """Look again when the next one expires; hold the device while any waits."""
        self._device.presence.hold(commands=bool(len(self._queue)))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (deadline := self._queue.next_deadline()) is not None:
            self._timer_at = deadline
            self._timer = self._loop.call_at(deadline, self._expire)

    @callback
    def _expire(self) -> None:
        self._timer = None
        for waiting in self._queue.expire(self._timer_at):
            self._reports.tell(waiting.what, WaitingOutcome.EXPIRED)
        self._watch()
