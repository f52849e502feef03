"""An exchange: who sends what, in both modes, against kept vectors."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.challenge.protocol import (
    HASHES,
    SHA1,
    SHA256,
    SHA512,
    ChallengeKey,
    ChallengeParameterError,
    ChallengeProfile,
    ChallengeSender,
    Confirmed,
    HashFunction,
    Mode,
    Sent,
    derive_challenge,
)
from tests.challenge.receiver import ChallengeReceiver, CommandAccepted

from .challenge_support import (
    CLASSIC,
    COMMANDS,
    DONE,
    RESPONSES,
    SECRET,
    STRICT,
    Source,
    answered,
    deliver,
    make_receiver,
    make_sender,
    reply,
)

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "challenge.json").read_text()
)
BOTH = pytest.mark.parametrize("profile", [CLASSIC, STRICT], ids=lambda p: p.mode)


def named(vector: dict[str, Any]) -> str:
    """Name a test after its vector."""
    return str(vector["name"])


def vector_profile(vector: dict[str, Any]) -> ChallengeProfile:
    """Return the profile that `vector` was made under."""
    return ChallengeProfile(
        Mode(vector["mode"]),
        HASHES[vector["hash"]],
        wake_length=len(vector["wake"]) // 2,
        challenge_length=len(vector["challenge"]) // 2,
        device_id=bytes.fromhex(vector["device_id"]),
    )


@pytest.mark.parametrize("vector", VECTORS["exchanges"], ids=named)
def test_both_machines_reproduce_the_kept_exchange(vector: dict[str, Any]) -> None:
    profile = vector_profile(vector)
    key = ChallengeKey(profile, bytes.fromhex(vector["secret"]))
    wake, challenge = bytes.fromhex(vector["wake"]), bytes.fromhex(vector["challenge"])
    command, response = vector["command"], vector["response"]
    sender = ChallengeSender(key, command, [response], random=lambda _: wake)
    receiver = ChallengeReceiver(
        key, [0, command, 255], new_challenge=lambda _: challenge, now=0.0
    )

    assert sender.bytes_to_send() == wake
    deliver(receiver, wake)
    assert receiver.bytes_to_send() == challenge
    reply(sender, challenge)
    answer = sender.bytes_to_send()
    assert answer.hex() == vector["command_mac"]
    assert deliver(receiver, answer) == CommandAccepted(command)
    receiver.respond(response)
    proof = receiver.bytes_to_send()
    assert proof.hex() == vector["response_mac"]
    assert reply(sender, proof) == Confirmed(response)


@pytest.mark.parametrize("vector", VECTORS["derived_challenges"], ids=named)
def test_derived_challenges_reproduce_the_kept_ones(vector: dict[str, Any]) -> None:
    profile = ChallengeProfile(
        Mode.CLASSIC,
        HASHES[vector["hash"]],
        challenge_length=len(vector["challenge"]) // 2,
    )
    challenge = derive_challenge(
        profile, bytes.fromhex(vector["secret"]), vector["boot"], vector["connection"]
    )
    assert challenge.hex() == vector["challenge"]


def test_derived_challenges_differ_for_every_pair_of_counters() -> None:
    seen = {
        derive_challenge(STRICT, SECRET, boot, connection)
        for boot in (0, 1, 255, 256, 2**32 - 1)
        for connection in (0, 1, 255, 256, 2**32 - 1)
    }
    assert len(seen) == 25


@BOTH
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_any_command_gets_through_in_pieces_of_any_size(
    profile: ChallengeProfile, data: st.DataObject, seed: int
) -> None:
    command = data.draw(st.sampled_from(COMMANDS))
    response = data.draw(st.sampled_from(RESPONSES))
    size = data.draw(st.integers(1, 80))
    sender = make_sender(profile, command, seed=seed)
    receiver = make_receiver(profile, seed=seed + 1)

    answer = answered(sender, receiver, size)
    assert deliver(receiver, answer, size=size) == CommandAccepted(command)
    assert receiver.closed
    assert receiver.next_deadline() is None
    receiver.respond(response)
    assert reply(sender, receiver.bytes_to_send(), size) == Confirmed(response)
    assert sender.closed


@BOTH
@pytest.mark.parametrize("function", [SHA1, SHA256, SHA512], ids=lambda f: f.name)
def test_every_hash_answers_with_its_own_length(
    profile: ChallengeProfile, function: HashFunction
) -> None:
    with_hash = ChallengeProfile(
        profile.mode,
        function,
        profile.wake_length,
        profile.challenge_length,
        profile.device_id,
    )
    sender, receiver = make_sender(with_hash), make_receiver(with_hash)
    answer = answered(sender, receiver)
    assert len(answer) == function.size
    assert deliver(receiver, answer) == CommandAccepted(0x42)


@BOTH
def test_a_sender_that_expects_no_response_is_done_with_its_answer(
    profile: ChallengeProfile,
) -> None:
    sender, receiver = make_sender(profile, responses=()), make_receiver(profile)
    deliver(receiver, sender.bytes_to_send())
    assert not sender.answering
    assert reply(sender, receiver.bytes_to_send()) == Sent()
    assert sender.answering
    assert deliver(receiver, sender.bytes_to_send()) == CommandAccepted(0x42)
    assert sender.receive(b"late") is None
    assert sender.receive_eof() is None
    assert sender.expire() is None


def test_without_wake_up_bytes_the_receiver_speaks_first() -> None:
    profile = ChallengeProfile(Mode.CLASSIC, wake_length=0, challenge_length=4)
    receiver = make_receiver(profile)
    assert len(receiver.bytes_to_send()) == 4
    assert make_sender(profile).bytes_to_send() == b""


def test_classic_wake_up_bytes_are_zeros_and_tell_nothing() -> None:
    assert make_sender(CLASSIC).bytes_to_send() == b"\0"


@BOTH
def test_a_receiver_responds_once_and_only_to_a_command(
    profile: ChallengeProfile,
) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile)
    with pytest.raises(ChallengeParameterError):
        receiver.respond(DONE)
    deliver(receiver, answered(sender, receiver))
    receiver.respond(DONE)
    with pytest.raises(ChallengeParameterError):
        receiver.respond(DONE)
    assert len(receiver.bytes_to_send()) == profile.hash.size
    assert receiver.bytes_to_send() == b""


@pytest.mark.parametrize(
    "parameters",
    [
        {"mode": Mode.CLASSIC, "challenge_length": 0},
        {"mode": Mode.CLASSIC, "challenge_length": 65},
        {"mode": Mode.CLASSIC, "wake_length": -1},
        {"mode": Mode.CLASSIC, "wake_length": 65},
        {"mode": Mode.CLASSIC, "device_id": b"x"},
        {"mode": Mode.STRICT, "device_id": b""},
        {"mode": Mode.STRICT, "device_id": b"x" * 33},
        {"mode": Mode.STRICT, "device_id": b"x", "wake_length": 15},
        {"mode": Mode.STRICT, "device_id": b"x", "wake_length": 17},
        {"mode": Mode.STRICT, "device_id": b"x", "challenge_length": 15},
    ],
)
def test_a_profile_outside_of_its_bounds_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ChallengeParameterError):
        ChallengeProfile(**parameters)


@pytest.mark.parametrize(
    ("profile", "length", "allowed"),
    [
        (CLASSIC, 0, False),
        (CLASSIC, 1, True),
        (CLASSIC, 64, True),
        (CLASSIC, 65, False),
        (STRICT, 15, False),
        (STRICT, 16, True),
        (STRICT, 65, False),
    ],
)
def test_a_secret_has_the_length_that_its_mode_asks_for(
    profile: ChallengeProfile, length: int, allowed: bool
) -> None:
    if allowed:
        assert ChallengeKey(profile, bytes(length))
        return
    with pytest.raises(ChallengeParameterError):
        ChallengeKey(profile, bytes(length))


@BOTH
def test_the_key_never_shows_in_a_text(profile: ChallengeProfile) -> None:
    text = repr(ChallengeKey(profile, SECRET))
    assert "secret of" not in text
    assert "redacted" in text


@BOTH
def test_tables_are_bounded(profile: ChallengeProfile) -> None:
    for commands in ([256], [-1], range(65)):
        with pytest.raises(ChallengeParameterError):
            make_receiver(profile, commands=list(commands))
    with pytest.raises(ChallengeParameterError):
        make_sender(profile, command=256)
    with pytest.raises(ChallengeParameterError):
        make_sender(profile, responses=[256])


def test_a_random_source_that_gives_too_little_is_refused() -> None:
    key = ChallengeKey(STRICT, SECRET)
    with pytest.raises(ChallengeParameterError):
        ChallengeSender(key, 1, random=lambda _: b"short")
    receiver = ChallengeReceiver(key, [1], new_challenge=lambda _: b"", now=0.0)
    with pytest.raises(ChallengeParameterError):
        receiver.receive(Source()(16), 0.0)
