"""The commands of a link, from the caller's wish to the device's result."""

from collections.abc import Callable, Iterator
from typing import Any

from . import events as e, messages as m
from .entities import EntityAddress
from .errors import LocalProtocolError, RemoteProtocolError
from .hub_ledgers import CommandLedger
from .hub_link import HubLink
from .user_actions import UserActionCall, Value, check_values
from .values import read_args


class HubCommands:
    """Sends commands, each with its deadline, and takes their results."""

    def __init__(self, link: HubLink) -> None:
        """Start with no command."""
        self._link = link
        self._ledger = CommandLedger()

    def send(
        self, address: EntityAddress, args: dict[int, Any], timeout: float, now: float
    ) -> int:
        """Send a command; see `HubConnection.send_command`."""
        try:
            args = read_args(address.domain, args)
        except RemoteProtocolError as error:
            raise LocalProtocolError(error.detail) from None
        return self._send(
            lambda command_id, deadline_ms: m.Command(
                command_id, deadline_ms, address, args
            ),
            timeout,
            now,
        )

    def call(
        self,
        key: int,
        values: tuple[Value, ...],
        *,
        wants_response: bool,
        timeout: float,
        now: float,
    ) -> int:
        """Call an action of the device's owner; see `HubConnection.call_action`."""
        try:
            values = check_values(values)
        except RemoteProtocolError as error:
            raise LocalProtocolError(error.detail) from None
        return self._send(
            lambda command_id, deadline_ms: UserActionCall(
                command_id, deadline_ms, key, values, wants_response
            ),
            timeout,
            now,
        )

    def _send(
        self,
        message: Callable[[int, int], m.Command | UserActionCall],
        timeout: float,
        now: float,
    ) -> int:
        """Send what `message` makes of an id and a deadline in ms; return the id."""
        if timeout <= 0:
            raise LocalProtocolError("a command needs time")
        epoch = self._link.sending_epoch(now)
        deadline = min(now + timeout, epoch.expires_at)
        command_id = self._ledger.next_id
        deadline_ms = int((deadline - epoch.started_at) * 1000)
        self._link.send(message(command_id, deadline_ms), now)
        self._ledger.add(command_id, deadline)
        return command_id

    def complete(self, result: m.Result) -> Iterator[e.CommandCompleted]:
        """Take a result and yield what it completes, nothing if it came too late."""
        if self._ledger.complete(result.command_id):
            yield e.CommandCompleted(
                result.command_id, result.status, result.reason, result.data
            )

    def expire(self, now: float) -> Iterator[e.CommandDeadline]:
        """Yield the commands whose deadline has passed since the last call."""
        for command_id in self._ledger.expire(now):
            yield e.CommandDeadline(command_id)

    def next_deadline(self) -> float | None:
        """Return when `expire` has something to do next."""
        return self._ledger.next_deadline()
