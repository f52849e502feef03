"""What a stranger can try, and that it fails; what classic mode cannot prevent."""

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.challenge.protocol import (
    ANSWER_LIFETIME,
    SHA256,
    ChallengeKey,
    ChallengeProfile,
    Confirmed,
    Failed,
    Mode,
    SendFailure,
)
from tests.challenge.receiver import CommandAccepted, RefusalCause, Refused

from .challenge_support import (
    CLASSIC,
    DONE,
    SECRET,
    STRICT,
    answered,
    deliver,
    make_receiver,
    make_sender,
    reply,
)

BOTH = pytest.mark.parametrize("profile", [CLASSIC, STRICT], ids=lambda p: p.mode)


@BOTH
def test_an_answer_replayed_on_another_connection_is_unknown(
    profile: ChallengeProfile,
) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile)
    wake = make_sender(profile).bytes_to_send()
    recorded = answered(sender, receiver)
    assert deliver(receiver, recorded) == CommandAccepted(0x42)

    fresh = make_receiver(profile, seed=99)
    deliver(fresh, wake)
    assert deliver(fresh, recorded) == Refused(RefusalCause.ANSWER_UNKNOWN)


@BOTH
def test_an_answer_replayed_on_its_own_connection_is_ignored(
    profile: ChallengeProfile,
) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile)
    recorded = answered(sender, receiver)
    assert deliver(receiver, recorded) == CommandAccepted(0x42)
    assert deliver(receiver, recorded) is None


def test_strict_response_never_passes_for_a_command() -> None:
    """A device that responds with a byte of its own command table is no oracle."""
    sender, receiver = make_sender(STRICT), make_receiver(STRICT)
    deliver(receiver, answered(sender, receiver))
    receiver.respond(0x42)
    response = receiver.bytes_to_send()

    twin = make_receiver(STRICT)
    deliver(twin, make_sender(STRICT).bytes_to_send())
    assert deliver(twin, response) == Refused(RefusalCause.ANSWER_UNKNOWN)


def test_strict_answer_sent_back_never_passes_for_a_response() -> None:
    sender, receiver = make_sender(STRICT, responses=[0x42, 1]), make_receiver(STRICT)
    answer = answered(sender, receiver)
    assert reply(sender, answer) == Failed(SendFailure.RESPONSE_UNKNOWN, True)


def test_classic_answer_sent_back_passes_where_the_tables_overlap() -> None:
    """The weakness that the documentation names, and that the hub warns about."""
    sender = make_sender(CLASSIC, responses=[0x42])
    answer = answered(sender, make_receiver(CLASSIC))
    assert reply(sender, answer) == Confirmed(0x42)


def test_strict_response_of_an_earlier_connection_never_passes() -> None:
    """Even when the attacker makes the device's part of the connection repeat."""
    first, receiver = make_sender(STRICT, seed=1), make_receiver(STRICT)
    deliver(receiver, answered(first, receiver))
    receiver.respond(DONE)
    recorded = receiver.bytes_to_send()

    second = make_sender(STRICT, seed=2)
    answered(second, make_receiver(STRICT))
    assert reply(second, recorded) == Failed(SendFailure.RESPONSE_UNKNOWN, True)


def test_classic_response_of_an_earlier_connection_passes_with_its_challenge() -> None:
    """The hub has no nonce in classic mode: a staged replay lies about the result."""
    first, receiver = make_sender(CLASSIC, seed=1), make_receiver(CLASSIC)
    deliver(receiver, answered(first, receiver))
    receiver.respond(DONE)
    recorded = receiver.bytes_to_send()

    second = make_sender(CLASSIC, seed=2)
    answered(second, make_receiver(CLASSIC))
    assert reply(second, recorded) == Confirmed(DONE)


def test_strict_response_to_another_command_never_passes() -> None:
    sender, receiver = make_sender(STRICT, 0x41), make_receiver(STRICT)
    answered(sender, receiver)
    key = ChallengeKey(STRICT, SECRET)
    nonce = make_sender(STRICT).bytes_to_send()
    twin = make_receiver(STRICT)
    deliver(twin, nonce)
    response = key.response_mac(nonce, twin.bytes_to_send(), 0x42, DONE)
    assert reply(sender, response) == Failed(SendFailure.RESPONSE_UNKNOWN, True)


def test_strict_device_takes_no_answer_meant_for_another() -> None:
    other = ChallengeProfile(Mode.STRICT, device_id=b"cellar")
    sender, receiver = make_sender(STRICT), make_receiver(other)
    answer = answered(sender, receiver)
    assert deliver(receiver, answer) == Refused(RefusalCause.ANSWER_UNKNOWN)


@pytest.mark.parametrize(
    ("one", "other"), [(b"ab", b"a"), (b"a", b"ab"), (b"\x01a", b"a"), (b"a", b"a\0")]
)
def test_strict_ids_that_look_alike_make_different_keys(
    one: bytes, other: bytes
) -> None:
    macs = {
        ChallengeKey(
            ChallengeProfile(Mode.STRICT, device_id=device_id), SECRET
        ).command_mac(bytes(16), bytes(16), 1)
        for device_id in (one, other)
    }
    assert len(macs) == 2


def test_classic_devices_that_share_a_secret_take_each_others_answers() -> None:
    """Why the documentation asks for one secret per device."""
    sender, relayed = make_sender(CLASSIC), make_receiver(CLASSIC, seed=7)
    assert deliver(relayed, answered(sender, relayed)) == CommandAccepted(0x42)


@pytest.mark.parametrize("length", [32, 41, 64])
def test_classic_sender_answers_no_challenge_that_would_make_a_strict_key(
    length: int,
) -> None:
    """K = HMAC(secret, label, id): a classic answer must never be one of those."""
    crafted = (b"oceanremote-challenge/1 strict" + b"\x06garage" + bytes(64))[:length]
    profile = ChallengeProfile(
        Mode.CLASSIC, SHA256, wake_length=0, challenge_length=length
    )
    sender = make_sender(profile)
    event = reply(sender, crafted)
    assert event == Failed(SendFailure.CHALLENGE_FORBIDDEN, False)
    assert sender.bytes_to_send() == b""


def test_classic_challenges_too_short_for_the_label_cannot_make_a_strict_key() -> None:
    """A challenge of 21 bytes and a command are shorter than any key's message."""
    shortest_key_message = len(b"oceanremote-challenge/1 strict") + 1 + 1
    assert len(b"oceanremote-challenge/") - 1 + 1 < shortest_key_message


@BOTH
@given(answer=st.binary(min_size=32, max_size=32))
def test_a_guessed_answer_is_unknown_and_the_next_sender_is_served(
    profile: ChallengeProfile, answer: bytes
) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile)
    right = answered(sender, receiver)
    if answer == right:
        return
    assert deliver(receiver, answer) == Refused(RefusalCause.ANSWER_UNKNOWN)
    again = make_receiver(profile, seed=5)
    assert deliver(again, answered(make_sender(profile), again)) is not None


@BOTH
@given(bit=st.integers(0, 32 * 8 - 1))
def test_any_flipped_bit_of_an_answer_or_response_is_refused(
    profile: ChallengeProfile, bit: int
) -> None:
    def flipped(data: bytes) -> bytes:
        return (int.from_bytes(data) ^ (1 << bit)).to_bytes(len(data))

    sender, receiver = make_sender(profile), make_receiver(profile)
    answer = answered(sender, receiver)
    assert deliver(receiver, flipped(answer)) == Refused(RefusalCause.ANSWER_UNKNOWN)

    sender, receiver = make_sender(profile), make_receiver(profile)
    deliver(receiver, answered(sender, receiver))
    receiver.respond(DONE)
    event = reply(sender, flipped(receiver.bytes_to_send()))
    assert event == Failed(SendFailure.RESPONSE_UNKNOWN, True)


@BOTH
def test_a_wrong_secret_gets_nothing(profile: ChallengeProfile) -> None:
    sender = make_sender(profile, secret=b"another secret, as long")
    receiver = make_receiver(profile)
    answer = answered(sender, receiver)
    assert deliver(receiver, answer) == Refused(RefusalCause.ANSWER_UNKNOWN)
    assert receiver.bytes_to_send() == b""


@BOTH
def test_a_command_that_the_device_does_not_know_is_refused(
    profile: ChallengeProfile,
) -> None:
    sender, receiver = make_sender(profile, command=0x7A), make_receiver(profile)
    answer = answered(sender, receiver)
    assert deliver(receiver, answer) == Refused(RefusalCause.ANSWER_UNKNOWN)


@BOTH
def test_a_late_answer_is_refused_even_before_the_timer_ran(
    profile: ChallengeProfile,
) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile)
    answer = answered(sender, receiver)
    assert receiver.next_deadline() == ANSWER_LIFETIME
    late = deliver(receiver, answer, now=ANSWER_LIFETIME, size=len(answer))
    assert late == Refused(RefusalCause.EXPIRED)
