"""Profiles, keys and a wire between both machines, for the challenge tests."""

from collections.abc import Collection, Iterator
import random

from custom_components.oceanremote.challenge.protocol import (
    ChallengeKey,
    ChallengeProfile,
    ChallengeSender,
    Mode,
    SenderEvent,
)
from tests.challenge.receiver import ChallengeReceiver, ReceiverEvent

SECRET = b"a secret of 24 bytes ..."
CLASSIC = ChallengeProfile(Mode.CLASSIC, wake_length=1, challenge_length=8)
STRICT = ChallengeProfile(Mode.STRICT, device_id=b"garage")
COMMANDS = (0x41, 0x42, 0x43)
DONE, BUSY = 0x01, 0x02
RESPONSES = (DONE, BUSY)


class Source:
    """Bytes that differ at each call and are the same in every run."""

    def __init__(self, seed: int = 1) -> None:
        """Begin the stream of `seed`."""
        self._random = random.Random(seed)

    def __call__(self, length: int) -> bytes:
        """Return the next `length` bytes."""
        return self._random.randbytes(length)


def make_sender(
    profile: ChallengeProfile,
    command: int = 0x42,
    responses: Collection[int] = RESPONSES,
    *,
    secret: bytes = SECRET,
    seed: int = 1,
) -> ChallengeSender:
    """Return a sender with its own stream of random bytes."""
    key = ChallengeKey(profile, secret)
    return ChallengeSender(key, command, responses, random=Source(seed))


def make_receiver(
    profile: ChallengeProfile,
    *,
    secret: bytes = SECRET,
    seed: int = 2,
    commands: Collection[int] = COMMANDS,
    now: float = 0.0,
) -> ChallengeReceiver:
    """Return a receiver with its own stream of challenges."""
    key = ChallengeKey(profile, secret)
    return ChallengeReceiver(key, commands, new_challenge=Source(seed), now=now)


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Cut `data` into pieces of `size` bytes."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


def deliver(
    receiver: ChallengeReceiver, data: bytes, now: float = 0.0, size: int = 1
) -> ReceiverEvent | None:
    """Give `data` to the receiver in pieces; return what came of it."""
    for piece in pieces(data, size):
        if (event := receiver.receive(piece, now)) is not None:
            return event
    return None


def reply(sender: ChallengeSender, data: bytes, size: int = 1) -> SenderEvent | None:
    """Give `data` to the sender in pieces; return what came of it."""
    for piece in pieces(data, size):
        if (event := sender.receive(piece)) is not None:
            return event
    return None


def answered(
    sender: ChallengeSender, receiver: ChallengeReceiver, size: int = 1
) -> bytes:
    """Run both up to the answer; return the answer, not yet delivered."""
    assert deliver(receiver, sender.bytes_to_send(), size=size) is None
    reply(sender, receiver.bytes_to_send(), size)
    return sender.bytes_to_send()
