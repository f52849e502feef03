"""One challenge device: sends its commands one by one, and knows their outcomes.

What is known of its state is what the last command led to, and what it answered when
it was asked, if its owner wants it to be asked (status.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback

from ..audit.record import SecurityLog, SecurityRecord
from ..common.errors import CommandRefusedError, CommandUnknownError, OceanRemoteError
from ..policy.audit.kinds import AuditKind
from ..vault import Vault
from .client import ExchangeFailedError, NotConnectedError, Target, async_send_command
from .command_queue import (
    COMMAND_EXPIRY,
    CommandQueue,
    ExpiredError,
    QueueFullError,
    Turn,
    WithdrawnError,
)
from .errors import (
    ChallengeBusyError,
    ChallengeCommandError,
    ChallengeExpiredError,
    ChallengeMismatchError,
    ChallengeReconfiguredError,
    ChallengeSecretError,
    ChallengeSilentError,
    ChallengeStateError,
    ChallengeUnconfirmedError,
    ChallengeUnreachableError,
)
from .known_states import KnownStates
from .protocol import ChallengeKey, SendFailure
from .repeats import ChallengeRepeats
from .row_states import UNKNOWN, RowState, RowStates, state_after, state_said
from .settings import (
    SECRET_NAME,
    Action,
    ChallengeSettings,
    CommandRow,
    Meaning,
    ResponseRow,
)
from .status import (
    MISSED_LIMIT,
    MOVING_INTERVAL,
    STATUS_TIMEOUT,
    MovingCovers,
    StatusTimer,
)

DONE: Final = "done"

_MISMATCHES: Final = frozenset(
    {SendFailure.CHALLENGE_TOO_LONG, SendFailure.CHALLENGE_FORBIDDEN}
)

_UNKNOWN_OUTCOMES: Final = frozenset(
    {CommandUnknownError.key, ChallengeUnconfirmedError.key}
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command led to; `response` is None where the device gives none."""

    response: ResponseRow | None


@dataclass(frozen=True, slots=True)
class _Command:
    row: CommandRow
    action: Action
    byte: int
    user_id: str | None


class ChallengeDevice:
    """Lives in the event loop, as long as its subentry."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        subentry_id: str,
        device_id: str,
        name: str,
        settings: ChallengeSettings,
        vault: Vault,
        known: KnownStates,
        log: SecurityLog,
    ) -> None:
        """`device_id` owns the secret in the vault."""
        self.subentry_id = subentry_id
        self.device_id = device_id
        self.name = name
        self.containment = log.containment(lambda: self.name, device_id)
        self.settings = settings
        self._vault = vault
        self._log = log
        self._states = RowStates(known, subentry_id, settings.commands)
        self._listeners: set[Callable[[], None]] = set()
        self._queue = CommandQueue()
        # Whether a response has proved that both ends have the same parameters.
        self._confirmed = False
        self._repeats = ChallengeRepeats(hass, subentry_id)
        self._missed = 0
        self._moving = MovingCovers(hass, self._stand)
        self._timer = StatusTimer(
            hass, f"oceanremote status of {device_id}", self._async_ask_status
        )

    @callback
    def start(self) -> None:
        """Ask for the state from now on, if that is wanted."""
        status = self.settings.status
        self._timer.follow(None if status is None else status.interval * 60.0)

    @property
    def available(self) -> bool:
        """Whether it answers; one that is never asked is taken to do so."""
        return self.settings.status is None or self._missed < MISSED_LIMIT

    @callback
    def subscribe(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `listener` whenever settings or states have changed."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    @callback
    def notify(self) -> None:
        """Tell everybody who subscribed."""
        for listener in tuple(self._listeners):
            self.containment.call("a follower of its state", listener)

    @callback
    def adopt(self, name: str, settings: ChallengeSettings) -> None:
        """Take over a new name or new settings.

        With the settings, commands of which nothing was sent are withdrawn, and what was
        proved is assumed.
        """
        if settings != self.settings:
            self._queue.withdraw()
            self._confirmed = False
            self._missed = 0
            self._moving.end()
            self._states.follow(settings.commands)
            self.settings = settings
            self.start()
        self.name = name
        self.notify()

    @callback
    def close(self) -> None:
        """Do and learn nothing more: it is gone, or another object stands for it."""
        self._queue.withdraw()
        self._moving.end()
        self._timer.end()
        self._states.close()
        self._repeats.end()

    def state_of(self, row: CommandRow) -> RowState | None:
        """Return what is known of a row, None if nothing."""
        return self._states.get(row)

    async def async_command(self, byte: int, context: Context | None) -> Outcome:
        """Send a command of the table; return what the device answered.

        Raises a translated HomeAssistantError when it was not executed, was refused by
        the device, or when its outcome is unknown (CommandUnknownError; then it is
        never sent again by itself).
        """
        if (found := self.settings.action_of(byte)) is None:
            raise ChallengeCommandError(name=self.name, command=f"0x{byte:02X}")
        command = _Command(*found, byte, None if context is None else context.user_id)
        said: str | None = None
        try:
            async with self._queue.turn() as turn:
                outcome = await self._async_recorded(turn, command)
        except QueueFullError:
            raise ChallengeBusyError(name=self.name) from None
        except ExpiredError:
            said = ChallengeExpiredError.key
            raise ChallengeExpiredError(
                name=self.name, seconds=f"{COMMAND_EXPIRY:.0f}"
            ) from None
        except WithdrawnError:
            said = ChallengeReconfiguredError.key
            raise ChallengeReconfiguredError(name=self.name) from None
        finally:
            if said is not None:
                self._record(command, said)
        if outcome.response is not None and outcome.response.meaning is Meaning.REFUSED:
            raise CommandRefusedError(name=self.name, reason=outcome.response.name)
        return outcome

    async def _async_recorded(self, turn: Turn, command: _Command) -> Outcome:
        """Send, update the row's state, and record the outcome whatever it was."""
        answered = False

        def on_answer(challenge: bytes) -> None:
            nonlocal answered
            turn.commit()
            answered = True
            self._repeats.note(challenge, self.name)

        said = "cancelled"
        try:
            await self._async_doubt(command.row)
            outcome = await self._async_send(turn, command, on_answer)
            said = _text_of(outcome)
        except OceanRemoteError as err:
            said = err.key
            raise
        finally:
            if answered and said == "cancelled":
                said = CommandUnknownError.key
            if said in _UNKNOWN_OUTCOMES:
                self._states.set(command.row, UNKNOWN)
                self.notify()
            elif said != DONE:
                self._states.set(command.row, self._states.get(command.row))
            # A withdrawal is recorded by whoever waited for the turn.
            if answered or not turn.withdrawn:
                self._record(command, said)
        self._learn(turn, command, outcome.response)
        return outcome

    def _record(self, command: _Command, outcome: str) -> None:
        self._log.record(
            SecurityRecord(
                kind=AuditKind.COMMAND,
                outcome=outcome,
                enrolment_id=self.device_id,
                address=self.settings.host,
                detail=f"0x{command.byte:02X}",
                user_id=command.user_id,
            )
        )

    async def _async_doubt(self, row: CommandRow) -> None:
        """Have it on disk that the row is unknown, as it is from the answer on."""
        try:
            await self._states.async_doubt(row)
        except OSError as err:
            reason = err.strerror or "the disk did not answer in time"
            raise ChallengeStateError(name=self.name, reason=reason) from err

    async def _async_send(
        self, turn: Turn, command: _Command, on_answer: Callable[[bytes], None]
    ) -> Outcome:
        settings = self.settings
        responses = {row.byte: row for row in settings.responses}
        try:
            response = await async_send_command(
                self._target(),
                command.byte,
                responses,
                on_answer=on_answer,
                since=turn.since,
            )
        except NotConnectedError as err:
            raise ChallengeUnreachableError(name=self.name, reason=str(err)) from err
        except ExchangeFailedError as err:
            if err.maybe_executed and self._confirmed:
                raise CommandUnknownError(name=self.name) from err
            if err.maybe_executed:
                raise ChallengeUnconfirmedError(name=self.name) from err
            if err.reason in _MISMATCHES:
                raise ChallengeMismatchError(name=self.name) from err
            raise ChallengeSilentError(name=self.name) from err
        if response is None:
            return Outcome(None)
        self._confirmed = True
        row = responses[response]
        if row.meaning is Meaning.REFUSED and not settings.response_to(command.action):
            # A device that has no better response gives this one after success, too.
            raise CommandUnknownError(name=self.name)
        return Outcome(row)

    def _target(self) -> Target:
        settings = self.settings
        if (secret := self._vault.secret(self.device_id, SECRET_NAME)) is None:
            raise ChallengeSecretError(name=self.name)
        return Target(
            settings.host,
            settings.port,
            ChallengeKey(settings.profile, secret),
            len(settings.command_bytes),
            settings.response_time,
        )

    async def _async_ask_status(self) -> None:
        """Ask for the state; a command that waits or runs tells as much."""
        status = self.settings.status
        if status is None or self._queue.occupied:
            return
        try:
            async with self._queue.turn() as turn:
                response = await self._async_status(turn, status.byte)
        except ExchangeFailedError, ExpiredError, NotConnectedError, OceanRemoteError:
            self._miss()
        except QueueFullError, WithdrawnError:
            return
        else:
            if response is not None and not turn.withdrawn:
                self._missed = 0
                self._confirmed = True
                self._learn_said(response.meaning)
                self.notify()

    async def _async_status(self, turn: Turn, byte: int) -> ResponseRow | None:
        responses = {row.byte: row for row in self.settings.responses}

        def on_answer(challenge: bytes) -> None:
            turn.commit()
            self._repeats.note(challenge, self.name)

        # It executes nothing, so it takes no time of its own.
        said = await async_send_command(
            replace(self._target(), response_time=0.0),
            byte,
            responses,
            on_answer=on_answer,
            since=turn.since,
            within=STATUS_TIMEOUT,
        )
        return None if said is None else responses[said]

    @callback
    def _miss(self) -> None:
        self._missed += 1
        if self._missed == MISSED_LIMIT:
            self._states.doubt_all()
            self.notify()

    def _learn(
        self, turn: Turn, command: _Command, response: ResponseRow | None
    ) -> None:
        """Update the states; a response that is another action's proves none."""
        row = command.row
        if self.settings.response_to(command.action) is None:
            response = None
        meaning = None if response is None else response.meaning
        if meaning is Meaning.REFUSED:
            return
        if turn.withdrawn:
            # The device that answered is perhaps not the one that this is now.
            self._set(row, UNKNOWN)
        else:
            self._set(row, state_after(row, command.action, meaning))
            if meaning is not None:
                self._learn_said(meaning)
        self.notify()

    @callback
    def _learn_said(self, meaning: Meaning) -> None:
        """Take over what a response says of the only row that it can be about."""
        rows = self.settings.stateful_rows
        if len(rows) == 1 and (state := state_said(rows[0], meaning)) is not None:
            self._set(rows[0], state)

    @callback
    def _set(self, row: CommandRow, state: RowState) -> None:
        self._states.set(row, state)
        moving = state.opening is not None
        self._moving.follow(row.key, moving=moving)
        if moving:
            self._timer.hurry(MOVING_INTERVAL)

    @callback
    def _stand(self, key: str) -> None:
        """A cover has moved for as long as any does: where it is, is assumed."""
        for row in self.settings.commands:
            state = self._states.get(row)
            if row.key == key and state is not None and state.opening is not None:
                self._states.set(row, RowState(state.opening, proved=False))
                self.notify()


def _text_of(outcome: Outcome) -> str:
    if outcome.response is None or outcome.response.meaning is not Meaning.REFUSED:
        return DONE
    return CommandRefusedError.key
