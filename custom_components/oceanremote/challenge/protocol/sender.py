"""The sending side of one challenge connection: the hub's (section 3).

Theory of operation. One object is one connection and one command:

    state               input            next
    ------------------  ---------------  ------------------------------------------
    AWAITING_CHALLENGE  whole challenge  the answer is queued; AWAITING_RESPONSE,
                                         or CLOSED (Sent) if no response is expected
    AWAITING_RESPONSE   whole response   CLOSED (Confirmed, or Failed)
    any                 end, time out    CLOSED (Failed)

Failed says whether the command can have been executed: as soon as the answer has
been handed out it can, and a caller must not try again.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from .mac import RESERVED_PREFIX, ChallengeKey, find_match
from .profile import ChallengeParameterError, Mode, check_table


class SendFailure(StrEnum):
    """Why a command did not get through."""

    CHALLENGE_INCOMPLETE = "challenge_incomplete"
    CHALLENGE_TOO_LONG = "challenge_too_long"
    CHALLENGE_FORBIDDEN = "challenge_forbidden"
    NO_CHALLENGE = "no_challenge"
    NO_RESPONSE = "no_response"
    RESPONSE_INCOMPLETE = "response_incomplete"
    RESPONSE_TOO_LONG = "response_too_long"
    RESPONSE_UNKNOWN = "response_unknown"


@dataclass(frozen=True, slots=True)
class Sent:
    """The answer is queued and this device gives no response: done, unconfirmed."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The device proved that it gave `response` to this command."""

    response: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The connection has ended. `maybe_executed`: the outcome is unknown."""

    reason: SendFailure
    maybe_executed: bool


type SenderEvent = Sent | Confirmed | Failed


class _State(Enum):
    AWAITING_CHALLENGE = auto()
    AWAITING_RESPONSE = auto()
    CLOSED = auto()


class ChallengeSender:
    """Sends `command` over one connection; `responses` empty means none expected.

    Raises ChallengeParameterError for values outside of their bounds.
    """

    def __init__(
        self,
        key: ChallengeKey,
        command: int,
        responses: Collection[int] = (),
        *,
        random: Callable[[int], bytes],
    ) -> None:
        """Queue the wake-up bytes: a fresh nonce in strict mode, zeros in classic."""
        check_table(frozenset([command]))
        self._responses = tuple(sorted(check_table(frozenset(responses))))
        self._key = key
        self._profile = key.profile
        self._command = command
        length = self._profile.wake_length
        strict = self._profile.mode is Mode.STRICT
        self._nonce = random(length) if strict else bytes(length)
        if len(self._nonce) != length:
            raise ChallengeParameterError("random source")
        self._outgoing = self._nonce
        self._received = b""
        self._challenge = b""
        self._state = _State.AWAITING_CHALLENGE

    @property
    def closed(self) -> bool:
        """Return whether the connection has nothing more to do."""
        return self._state is _State.CLOSED

    @property
    def challenge(self) -> bytes:
        """Return the challenge, empty before it has come whole."""
        return self._challenge

    @property
    def answering(self) -> bool:
        """Return whether the challenge has come and the answer was made."""
        return bool(self._challenge)

    def bytes_to_send(self) -> bytes:
        """Hand out what is to be written now."""
        outgoing, self._outgoing = self._outgoing, b""
        return outgoing

    def receive(self, data: bytes) -> SenderEvent | None:
        """Take bytes from the device; return the event that ends the connection."""
        if self._state is _State.CLOSED:
            return None
        self._received += data
        if self._state is _State.AWAITING_CHALLENGE:
            return self._read_challenge()
        return self._read_response()

    def receive_eof(self) -> SenderEvent | None:
        """Take note that the device closed or reset the connection."""
        if self._state is _State.AWAITING_CHALLENGE:
            return self._fail(SendFailure.CHALLENGE_INCOMPLETE)
        if self._state is _State.AWAITING_RESPONSE:
            return self._fail(SendFailure.RESPONSE_INCOMPLETE)
        return None

    def expire(self) -> SenderEvent | None:
        """Take note that the caller no longer waits."""
        if self._state is _State.AWAITING_CHALLENGE:
            return self._fail(SendFailure.NO_CHALLENGE)
        if self._state is _State.AWAITING_RESPONSE:
            return self._fail(SendFailure.NO_RESPONSE)
        return None

    def _read_challenge(self) -> SenderEvent | None:
        missing = self._profile.challenge_length - len(self._received)
        if missing > 0:
            return None
        if missing < 0:
            return self._fail(SendFailure.CHALLENGE_TOO_LONG)
        challenge, self._received = self._received, b""
        if challenge.startswith(RESERVED_PREFIX):
            return self._fail(SendFailure.CHALLENGE_FORBIDDEN)
        self._challenge = challenge
        self._outgoing = self._key.command_mac(self._nonce, challenge, self._command)
        if not self._responses:
            self._state = _State.CLOSED
            return Sent()
        self._state = _State.AWAITING_RESPONSE
        return None

    def _read_response(self) -> SenderEvent | None:
        missing = self._profile.hash.size - len(self._received)
        if missing > 0:
            return None
        if missing < 0:
            return self._fail(SendFailure.RESPONSE_TOO_LONG)
        response = find_match(
            (
                (
                    value,
                    self._key.response_mac(
                        self._nonce, self._challenge, self._command, value
                    ),
                )
                for value in self._responses
            ),
            self._received,
        )
        if response is None:
            return self._fail(SendFailure.RESPONSE_UNKNOWN)
        self._state = _State.CLOSED
        return Confirmed(response)

    def _fail(self, reason: SendFailure) -> Failed:
        maybe_executed = self._state is _State.AWAITING_RESPONSE
        self._state = _State.CLOSED
        self._received = b""
        return Failed(reason, maybe_executed)
