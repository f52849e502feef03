"""The receiving side of one challenge connection: the device's (section 3).

Theory of operation. One object is one connection, one challenge, one command:

    state            input                  next
    ---------------  ---------------------  -----------------------------------
    AWAITING_WAKE    all wake-up bytes      the challenge is queued; AWAITING_ANSWER
    AWAITING_ANSWER  all bytes of a MAC     CLOSED (CommandAccepted or Refused)
    any              too many bytes, end,   CLOSED (Refused)
                     deadline

There is no counter of failures and no lock-out: a stranger can use up one
connection and one pass over the table, never the hub's access.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from custom_components.oceanremote.challenge.protocol.mac import (
    ChallengeKey,
    find_match,
)
from custom_components.oceanremote.challenge.protocol.profile import (
    ANSWER_LIFETIME,
    ChallengeParameterError,
    check_table,
)


class RefusalCause(StrEnum):
    """Why a receiver closed without executing anything."""

    EARLY_DATA = "early_data"
    WAKE_INCOMPLETE = "wake_incomplete"
    ANSWER_INCOMPLETE = "answer_incomplete"
    ANSWER_TOO_LONG = "answer_too_long"
    ANSWER_UNKNOWN = "answer_unknown"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CommandAccepted:
    """The sender proved that it knows the secret and means `command`."""

    command: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The connection is over, nothing was executed; the wire says nothing."""

    cause: RefusalCause


type ReceiverEvent = CommandAccepted | Refused


class _State(Enum):
    AWAITING_WAKE = auto()
    AWAITING_ANSWER = auto()
    CLOSED = auto()


class ChallengeReceiver:
    """Serves one connection. `now` is monotonic seconds.

    Raises ChallengeParameterError for a table outside of its bounds.
    """

    def __init__(
        self,
        key: ChallengeKey,
        commands: Collection[int],
        *,
        new_challenge: Callable[[int], bytes],
        now: float,
        lifetime: float = ANSWER_LIFETIME,
    ) -> None:
        """Begin; without wake-up bytes the challenge is queued at once."""
        self._commands = tuple(sorted(check_table(frozenset(commands))))
        self._key = key
        self._profile = key.profile
        self._new_challenge = new_challenge
        self._lifetime = lifetime
        self._deadline = now + lifetime
        self._received = b""
        self._outgoing = b""
        self._nonce = b""
        self._challenge = b""
        self._accepted: int | None = None
        self._state = _State.AWAITING_WAKE
        if self._profile.wake_length == 0:
            self._send_challenge(now)

    @property
    def closed(self) -> bool:
        """Return whether the connection has nothing more to read."""
        return self._state is _State.CLOSED

    def next_deadline(self) -> float | None:
        """Return when handle_timer() must be called, None if never."""
        return None if self.closed else self._deadline

    def bytes_to_send(self) -> bytes:
        """Hand out what is to be written now."""
        outgoing, self._outgoing = self._outgoing, b""
        return outgoing

    def handle_timer(self, now: float) -> ReceiverEvent | None:
        """Refuse a connection whose time is over."""
        if self.closed or now < self._deadline:
            return None
        return self._refuse(RefusalCause.EXPIRED)

    def receive(self, data: bytes, now: float) -> ReceiverEvent | None:
        """Take bytes from the sender; return the event that ends the connection."""
        if self.closed:
            return None
        if now >= self._deadline:
            return self._refuse(RefusalCause.EXPIRED)
        self._received += data
        if self._state is _State.AWAITING_WAKE:
            return self._read_wake(now)
        return self._read_answer()

    def receive_eof(self) -> ReceiverEvent | None:
        """Take note that the sender closed or reset the connection."""
        if self._state is _State.AWAITING_WAKE:
            return self._refuse(RefusalCause.WAKE_INCOMPLETE)
        if self._state is _State.AWAITING_ANSWER:
            return self._refuse(RefusalCause.ANSWER_INCOMPLETE)
        return None

    def respond(self, response: int) -> None:
        """Queue the proof of `response`; at most once, after CommandAccepted.

        Raises ChallengeParameterError if there is nothing to respond to.
        """
        command, self._accepted = self._accepted, None
        if command is None:
            raise ChallengeParameterError("nothing to respond to")
        check_table(frozenset([response]))
        self._outgoing += self._key.response_mac(
            self._nonce, self._challenge, command, response
        )

    def _read_wake(self, now: float) -> ReceiverEvent | None:
        missing = self._profile.wake_length - len(self._received)
        if missing > 0:
            return None
        if missing < 0:
            return self._refuse(RefusalCause.EARLY_DATA)
        self._nonce, self._received = self._received, b""
        self._send_challenge(now)
        return None

    def _send_challenge(self, now: float) -> None:
        challenge = self._new_challenge(self._profile.challenge_length)
        if len(challenge) != self._profile.challenge_length:
            raise ChallengeParameterError("challenge source")
        self._challenge = challenge
        self._outgoing = challenge
        self._deadline = now + self._lifetime
        self._state = _State.AWAITING_ANSWER

    def _read_answer(self) -> ReceiverEvent | None:
        missing = self._profile.hash.size - len(self._received)
        if missing > 0:
            return None
        if missing < 0:
            return self._refuse(RefusalCause.ANSWER_TOO_LONG)
        command = find_match(
            (
                (value, self._key.command_mac(self._nonce, self._challenge, value))
                for value in self._commands
            ),
            self._received,
        )
        if command is None:
            return self._refuse(RefusalCause.ANSWER_UNKNOWN)
        self._accepted = command
        self._close()
        return CommandAccepted(command)

    def _refuse(self, cause: RefusalCause) -> Refused:
        self._close()
        return Refused(cause)

    def _close(self) -> None:
        self._state = _State.CLOSED
        self._received = b""
