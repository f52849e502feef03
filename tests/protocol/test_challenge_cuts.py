"""Too short, too long, cut at every byte, never answered: nothing is executed."""

from collections.abc import Callable

import pytest

from custom_components.oceanremote.challenge.protocol import (
    ANSWER_LIFETIME,
    ChallengeProfile,
    Failed,
    SendFailure,
)
from tests.challenge.receiver import (
    ChallengeReceiver,
    CommandAccepted,
    RefusalCause,
    Refused,
)

from .challenge_support import (
    CLASSIC,
    DONE,
    STRICT,
    answered,
    deliver,
    make_receiver,
    make_sender,
    reply,
)

BOTH = pytest.mark.parametrize("profile", [CLASSIC, STRICT], ids=lambda p: p.mode)


@BOTH
def test_receiver_cut_at_every_byte_executes_nothing(profile: ChallengeProfile) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile)
    wake = make_sender(profile).bytes_to_send()
    stream = wake + answered(sender, receiver)
    for cut in range(len(stream)):
        receiver = make_receiver(profile)
        first, second = stream[:cut][: len(wake)], stream[:cut][len(wake) :]
        assert deliver(receiver, first) is None
        assert deliver(receiver, second) is None
        cause = (
            RefusalCause.WAKE_INCOMPLETE
            if cut < len(wake)
            else RefusalCause.ANSWER_INCOMPLETE
        )
        assert receiver.receive_eof() == Refused(cause)
        assert receiver.receive_eof() is None
        assert deliver(receiver, stream[cut:]) is None


@BOTH
def test_sender_cut_at_every_byte_says_whether_anything_can_have_happened(
    profile: ChallengeProfile,
) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile)
    deliver(receiver, sender.bytes_to_send())
    challenge = receiver.bytes_to_send()
    reply(sender, challenge)
    deliver(receiver, sender.bytes_to_send())
    receiver.respond(DONE)
    stream = challenge + receiver.bytes_to_send()
    ends: list[tuple[Callable[..., object], SendFailure, SendFailure]] = [
        (
            type(sender).receive_eof,
            SendFailure.CHALLENGE_INCOMPLETE,
            SendFailure.RESPONSE_INCOMPLETE,
        ),
        (type(sender).expire, SendFailure.NO_CHALLENGE, SendFailure.NO_RESPONSE),
    ]
    for end, before, after in ends:
        for cut in range(len(stream)):
            sender = make_sender(profile)
            assert reply(sender, stream[:cut]) is None
            sent = cut >= len(challenge)
            assert end(sender) == Failed(after if sent else before, sent)
            assert end(sender) is None
            assert sender.closed


@BOTH
def test_bytes_before_the_challenge_are_no_answer(profile: ChallengeProfile) -> None:
    receiver = make_receiver(profile)
    wake = make_sender(profile).bytes_to_send()
    assert receiver.receive(wake + b"x", 0.0) == Refused(RefusalCause.EARLY_DATA)
    assert receiver.bytes_to_send() == b""


@BOTH
def test_an_answer_with_more_behind_it_is_refused(profile: ChallengeProfile) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile)
    answer = answered(sender, receiver)
    event = receiver.receive(answer + b"x", 0.0)
    assert event == Refused(RefusalCause.ANSWER_TOO_LONG)


@BOTH
def test_bytes_after_a_whole_answer_change_nothing(profile: ChallengeProfile) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile)
    assert deliver(receiver, answered(sender, receiver) + b"xyz") == CommandAccepted(
        0x42
    )
    assert receiver.receive(b"more", 0.0) is None


@BOTH
def test_a_challenge_with_more_behind_it_is_not_answered(
    profile: ChallengeProfile,
) -> None:
    """The device speaks another profile: better to say so than to guess."""
    sender = make_sender(profile)
    sender.bytes_to_send()
    event = sender.receive(bytes(profile.challenge_length + 1))
    assert event == Failed(SendFailure.CHALLENGE_TOO_LONG, False)
    assert not sender.answering
    assert sender.bytes_to_send() == b""


@BOTH
def test_a_response_with_more_behind_it_is_no_response(
    profile: ChallengeProfile,
) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile)
    deliver(receiver, answered(sender, receiver))
    receiver.respond(DONE)
    event = sender.receive(receiver.bytes_to_send() + b"x")
    assert event == Failed(SendFailure.RESPONSE_TOO_LONG, True)


@BOTH
def test_a_response_that_is_not_in_the_table_is_unknown(
    profile: ChallengeProfile,
) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile)
    deliver(receiver, answered(sender, receiver))
    receiver.respond(0x77)
    event = reply(sender, receiver.bytes_to_send())
    assert event == Failed(SendFailure.RESPONSE_UNKNOWN, True)


@BOTH
def test_a_silent_sender_is_let_go_at_the_deadline(profile: ChallengeProfile) -> None:
    receiver = make_receiver(profile, now=10.0)
    assert receiver.next_deadline() == 10.0 + ANSWER_LIFETIME
    assert receiver.handle_timer(10.0 + ANSWER_LIFETIME - 0.01) is None
    expired = receiver.handle_timer(10.0 + ANSWER_LIFETIME)
    assert expired == Refused(RefusalCause.EXPIRED)
    assert receiver.handle_timer(1e9) is None


@BOTH
def test_slow_bytes_extend_no_deadline(profile: ChallengeProfile) -> None:
    sender, receiver = make_sender(profile), make_receiver(profile, now=0.0)
    answer = answered(sender, receiver)
    for second, byte in enumerate(answer):
        event = receiver.receive(bytes([byte]), float(second))
        if event is not None:
            assert event == Refused(RefusalCause.EXPIRED)
            assert second == ANSWER_LIFETIME
            break
    else:
        pytest.fail("the receiver waited for as long as the sender liked")


@BOTH
def test_the_challenge_starts_a_deadline_of_its_own(profile: ChallengeProfile) -> None:
    receiver: ChallengeReceiver = make_receiver(profile, now=0.0)
    receiver.receive(make_sender(profile).bytes_to_send(), 4.0)
    assert receiver.next_deadline() == 4.0 + ANSWER_LIFETIME
