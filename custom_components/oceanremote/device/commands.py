"""Commands that a device has not answered yet.

Ids count per link, so the table belongs to one link and dies with it: whatever is
still in it then has an unknown outcome, and each caller is told so once.
"""

from asyncio import AbstractEventLoop, Future
from typing import Any

from homeassistant.core import callback

from ..audit.containment import one_line
from ..common.errors import (
    CommandExpiredError,
    CommandRefusedError,
    CommandUnknownError,
)
from ..protocol import CommandStatus
from ..protocol.entities import EntityAddress
from ..transport.link import Link


class CommandTable:
    """Awaited commands of one link; their number is bounded by the connection."""

    def __init__(self, loop: AbstractEventLoop, link: Link) -> None:
        """Belong to `link`."""
        self._loop = loop
        self._link = link
        self._waiting: dict[int, Future[tuple[CommandStatus | None, str]]] = {}

    async def async_send(
        self, address: EntityAddress, args: dict[int, Any], timeout: float, name: str
    ) -> None:
        """Send one command and return when the device has done it.

        Raises LocalProtocolError when it was not sent, CommandRefusedError,
        CommandExpiredError or CommandUnknownError (their placeholder `name`).
        """
        link = self._link
        command_id = link.connection.send_command(address, args, timeout, link.now())
        answer = self._waiting[command_id] = self._loop.create_future()
        link.flush()
        try:
            status, reason = await answer
        finally:
            self._waiting.pop(command_id, None)
        match status:
            case CommandStatus.DONE:
                return
            case CommandStatus.REFUSED:
                raise CommandRefusedError(name=name, reason=one_line(reason))
            case CommandStatus.EXPIRED:
                raise CommandExpiredError(name=name)
            case _:
                raise CommandUnknownError(name=name)

    @callback
    def resolve(self, command_id: int, status: CommandStatus, reason: str) -> None:
        """Hand the device's answer to the caller that waits for it."""
        self._settle(command_id, (status, reason))

    @callback
    def give_up(self, command_id: int) -> None:
        """The deadline has passed without an answer."""
        self._settle(command_id, (None, ""))

    @callback
    def give_up_all(self) -> None:
        """The link is gone."""
        for command_id in tuple(self._waiting):
            self.give_up(command_id)

    def _settle(
        self, command_id: int, answer: tuple[CommandStatus | None, str]
    ) -> None:
        future = self._waiting.get(command_id)
        if future is not None and not future.done():
            future.set_result(answer)
