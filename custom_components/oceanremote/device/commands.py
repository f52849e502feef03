"""Commands to a device, and those that it has not answered yet.

Ids count per link, so the table belongs to one link and dies with it: whatever is
still in it then has an unknown outcome, and each caller is told so once.
"""

from asyncio import AbstractEventLoop, Future
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from homeassistant.core import Context, callback

from ..audit.containment import one_line
from ..audit.record import SecurityLog
from ..common.const import ACTION_TIMEOUT, COMMAND_TIMEOUT
from ..common.errors import (
    CommandExpiredError,
    CommandRefusedError,
    CommandUnknownError,
    DeviceNotReadyError,
    DeviceOfflineError,
    OceanRemoteError,
)
from ..policy.audit.kinds import AuditKind
from ..protocol import (
    CommandCompleted,
    CommandDeadline,
    CommandStatus,
    HubConnection,
    HubEvent,
    PictureReceived,
)
from ..protocol.entities import EntityAddress
from ..protocol.user_actions import UserAction, Value
from ..transport.link import Link
from .pictures import Pictures

# Sends a command that is dead after so many seconds, at a time; returns its id.
type Send = Callable[[HubConnection, float, float], int]


@dataclass(frozen=True, slots=True)
class Wish:
    """A command that may be sent: `detail` is what records say of it, its secrets not.

    The device has `timeout` seconds to carry it out.
    """

    send: Send = field(repr=False)
    timeout: float
    detail: str


class CommandTable:
    """Awaited commands of one link; their number is bounded by the connection."""

    def __init__(self, loop: AbstractEventLoop, link: Link) -> None:
        """Belong to `link`."""
        self._loop = loop
        self._link = link
        self._waiting: dict[int, Future[CommandCompleted | None]] = {}

    async def async_send(
        self, wish: Wish, name: str, at_most: float = inf
    ) -> dict[str, Any]:
        """Send a command; return its response when the device has done it.

        It is dead after `at_most` seconds, if not before.

        Raises LocalProtocolError when it was not sent, CommandRefusedError,
        CommandExpiredError or CommandUnknownError (their placeholder `name`).
        """
        link = self._link
        timeout = min(wish.timeout, at_most)
        command_id = wish.send(link.connection, timeout, link.now())
        answer = self._waiting[command_id] = self._loop.create_future()
        link.flush()
        try:
            completed = await answer
        finally:
            self._waiting.pop(command_id, None)
        match completed:
            case CommandCompleted(status=CommandStatus.DONE, data=data):
                return dict(data)
            case CommandCompleted(status=CommandStatus.REFUSED, reason=reason):
                raise CommandRefusedError(name=name, reason=one_line(reason))
            case CommandCompleted(status=CommandStatus.EXPIRED):
                raise CommandExpiredError(name=name)
            case _:
                raise CommandUnknownError(name=name)

    @callback
    def resolve(self, completed: CommandCompleted) -> None:
        """Hand the device's answer to the caller that waits for it."""
        self._settle(completed.command_id, completed)

    @callback
    def give_up(self, command_id: int) -> None:
        """The deadline has passed without an answer."""
        self._settle(command_id, None)

    @callback
    def give_up_all(self) -> None:
        """The link is gone."""
        for command_id in tuple(self._waiting):
            self.give_up(command_id)

    def _settle(self, command_id: int, answer: CommandCompleted | None) -> None:
        future = self._waiting.get(command_id)
        if future is not None and not future.done():
            future.set_result(answer)


class DeviceCommands:
    """Commands to one device, whichever link it has; each is recorded."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        log: SecurityLog,
        enrolment_id: str,
        name: Callable[[], str],
        ready: Callable[[], bool],
    ) -> None:
        """Send nothing before `begin`, and none unless the device is `ready()`."""
        self._loop = loop
        self._log = log
        self._enrolment_id = enrolment_id
        self._name = name
        self._ready = ready
        self._table: CommandTable | None = None
        self.pictures = Pictures(loop, self.async_ask)

    @callback
    def begin(self, link: Link) -> None:
        """Send over a link from now on."""
        self._table = CommandTable(self._loop, link)

    @callback
    def end(self) -> None:
        """The link is gone, and with it every answer."""
        if self._table is not None:
            self._table.give_up_all()
            self._table = None
        self.pictures.end()

    @callback
    def handle_event(self, event: HubEvent) -> None:
        """Take what became of a command, or a picture that was asked for."""
        match event:
            case _ if self._table is None:
                return
            case CommandCompleted():
                self._table.resolve(event)
            case CommandDeadline():
                self._table.give_up(event.command_id)
            case PictureReceived() if self._ready():
                self.pictures.received(event.address, event.picture)

    async def async_carry_out(
        self, wish: Wish, context: Context | None, at_most: float = inf
    ) -> dict[str, Any]:
        """Send a command, return its response; see `DeviceCoordinator.async_command`.

        It is dead after `at_most` seconds, if not before.
        """
        table = self._ready_table()
        outcome = "cancelled"
        try:
            response = await table.async_send(wish, self._name(), at_most)
            outcome = "done"
        except OceanRemoteError as err:
            outcome = err.key
            raise
        finally:
            self._log.note(
                AuditKind.COMMAND,
                outcome,
                enrolment_id=self._enrolment_id,
                user_id=None if context is None else context.user_id,
                detail=wish.detail,
            )
        return response

    async def async_ask(self, address: EntityAddress, args: dict[int, Any]) -> None:
        """Send what changes nothing: unlike a command's, no record is made of it."""
        wish = wish_of_entity(address, args)
        await self._ready_table().async_send(wish, self._name())

    def _ready_table(self) -> CommandTable:
        if self._table is None:
            raise DeviceOfflineError(name=self._name())
        if not self._ready():
            raise DeviceNotReadyError(name=self._name())
        return self._table


def wish_of_entity(address: EntityAddress, args: dict[int, Any]) -> Wish:
    """Return a command to an entity."""
    return Wish(
        lambda connection, timeout, now: connection.send_command(
            address, args, timeout, now
        ),
        COMMAND_TIMEOUT,
        f"{address.domain.name.lower()} {address.key}",
    )


def wish_of_action(
    action: UserAction, values: tuple[Value, ...], *, wants_response: bool
) -> Wish:
    """Return a call of an action of the device's owner."""
    return Wish(
        lambda connection, timeout, now: connection.call_action(
            action.key,
            values,
            wants_response=wants_response,
            timeout=timeout,
            now=now,
        ),
        ACTION_TIMEOUT,
        f"action {action.name}",
    )
