"""A long transfer: as much on its way as the line holds, and hardly more."""

import pytest

from custom_components.oceanremote.policy.pacing import FEWEST, MOST, TransferWindow

PART = 960


def seconds_of(
    total: int, *, round_trip: float, rate: float, latencies: list[float]
) -> float:
    """Return what a transfer takes over a line of so many bytes a second.

    Into `latencies` goes for how long each part has waited and travelled.
    """
    window, now, free_at = TransferWindow(), 0.0, 0.0
    sent = arrived = 0
    answers: list[tuple[float, int]] = []
    while arrived < total:
        while window.may_send and sent < total:
            sent = min(total, sent + PART)
            window.sent(sent, now)
            free_at = max(now, free_at) + PART / rate
            answers.append((free_at + round_trip, sent))
            latencies.append(free_at + round_trip - now)
        now, arrived = answers.pop(0)
        window.answered(arrived, now)
    return now


@pytest.mark.parametrize("round_trip", [0.02, 0.2, 0.6])
def test_a_fast_line_is_not_idle_between_answers(round_trip: float) -> None:
    latencies: list[float] = []
    took = seconds_of(500_000, round_trip=round_trip, rate=1e7, latencies=latencies)
    stop_and_wait = 500_000 / PART * round_trip
    assert took < stop_and_wait / 10


@pytest.mark.parametrize("rate", [4000.0, 1200.0])
def test_a_slow_line_is_full_and_hardly_queues(rate: float) -> None:
    """What is sent meanwhile comes about as late as a part without any queue."""
    latencies: list[float] = []
    took = seconds_of(100_000, round_trip=0.2, rate=rate, latencies=latencies)
    assert took < 1.1 * 100_000 / rate + 1
    alone = 0.2 + PART / rate
    assert max(latencies[20:]) < 3 * alone


def test_it_keeps_within_its_bounds() -> None:
    window = TransferWindow()
    assert window.limit == FEWEST
    end = 0
    for _ in range(500):
        end += PART
        window.sent(end, 0.0)
        window.answered(end, 0.01)
    assert window.limit == MOST
    for _ in range(500):
        end += PART
        window.sent(end, 0.0)
        window.answered(end, 10.0)
    assert window.limit == FEWEST


def test_an_answer_that_says_nothing_new_changes_nothing() -> None:
    window = TransferWindow()
    window.answered(0, 1.0)
    window.sent(PART, 1.0)
    window.answered(PART - 1, 2.0)
    assert window.silent_for(5.0) == 4.0
    window.answered(PART, 5.0)
    assert window.silent_for(100.0) == 0.0
