"""The false-accept probability of docs/challenge-protocol.md, section 8, estimated.

A hash cut to one byte makes the event frequent enough to count; the formula has the
length as a parameter, so agreement here is agreement for the real lengths.
"""

from dataclasses import dataclass
from math import sqrt
import random

import pytest

from custom_components.oceanremote.challenge.protocol import (
    SHA256,
    ChallengeKey,
    ChallengeProfile,
    Confirmed,
    HashFunction,
    Mode,
)
from tests.challenge.receiver import ChallengeReceiver, CommandAccepted

from .challenge_support import SECRET, Source, make_sender

ATTEMPTS = 20_000


@dataclass(frozen=True, slots=True)
class Truncated(HashFunction):
    """HMAC-SHA-256 cut to `size` bytes where MACs are compared, whole for keys."""

    def hmac(self, key: bytes, message: bytes) -> bytes:
        """Return the first `size` bytes of the MAC."""
        return SHA256.hmac(key, message)[: self.size]


def false_accept_probability(hash_bits: int, table_size: int) -> float:
    """Return 1 - (1 - 2^-bits)^entries: section 8."""
    return 1 - (1 - 2.0**-hash_bits) ** table_size


def tolerance(probability: float) -> float:
    """Return five standard deviations of the estimate."""
    return 5 * sqrt(probability * (1 - probability) / ATTEMPTS)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("table_size", [1, 4, 64])
def test_guesses_that_a_receiver_takes_agree_with_the_formula(
    mode: Mode, table_size: int
) -> None:
    device_id = b"" if mode is Mode.CLASSIC else b"garage"
    profile = ChallengeProfile(mode, Truncated("cut", 1), device_id=device_id)
    key, guesses, source = ChallengeKey(profile, SECRET), random.Random(4), Source(5)
    wake = bytes(profile.wake_length)
    accepted = 0
    for _ in range(ATTEMPTS):
        receiver = ChallengeReceiver(
            key, range(table_size), new_challenge=source, now=0.0
        )
        receiver.receive(wake, 0.0)
        event = receiver.receive(guesses.randbytes(1), 0.0)
        accepted += isinstance(event, CommandAccepted)

    expected = false_accept_probability(8, table_size)
    assert accepted / ATTEMPTS == pytest.approx(expected, abs=tolerance(expected))


@pytest.mark.parametrize("table_size", [1, 4, 64])
def test_guesses_that_a_sender_takes_agree_with_the_formula(table_size: int) -> None:
    profile = ChallengeProfile(Mode.STRICT, Truncated("cut", 1), device_id=b"garage")
    guesses, accepted = random.Random(6), 0
    for attempt in range(ATTEMPTS):
        sender = make_sender(profile, responses=range(table_size), seed=attempt)
        sender.receive(guesses.randbytes(16))
        accepted += isinstance(sender.receive(guesses.randbytes(1)), Confirmed)

    expected = false_accept_probability(8, table_size)
    assert accepted / ATTEMPTS == pytest.approx(expected, abs=tolerance(expected))


@pytest.mark.parametrize("recorded", [1, 16, 256])
def test_recorded_challenges_that_come_again_agree_with_the_formula(
    recorded: int,
) -> None:
    """Classic mode with a challenge of one byte: replay is likely, and says how."""
    challenges = random.Random(7)
    hits = 0
    for _ in range(ATTEMPTS):
        known = {challenges.randrange(256) for _ in range(recorded)}
        hits += challenges.randrange(256) in known

    expected = 1 - (1 - 2.0**-8) ** recorded
    assert hits / ATTEMPTS == pytest.approx(expected, abs=tolerance(expected))


def test_a_challenge_of_one_byte_is_answered_from_a_recording() -> None:
    """The replay that the formula counts, carried out against the real machines."""
    profile = ChallengeProfile(Mode.CLASSIC, wake_length=0, challenge_length=1)
    key, source = ChallengeKey(profile, SECRET), Source(8)
    book: dict[bytes, bytes] = {}
    for seed in range(2000):
        sender, challenge = make_sender(profile, seed=seed), source(1)
        sender.receive(challenge)
        book[challenge] = sender.bytes_to_send()
    assert len(book) == 256

    receiver = ChallengeReceiver(key, [0x42], new_challenge=source, now=0.0)
    replayed = book[receiver.bytes_to_send()]
    assert receiver.receive(replayed, 0.0) == CommandAccepted(0x42)
