"""Commands that wait: bounded, in order, the latest of a key, each leaves once."""

from hypothesis import given, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
import pytest

from custom_components.oceanremote.policy.waiting import (
    MAX_WAITING,
    Waiting,
    WaitingFullError,
    WaitingQueue,
)


def drain(queue: WaitingQueue[int]) -> list[int]:
    """Take all, in the order in which they would be sent."""
    taken: list[int] = []
    while (first := queue.first()) is not None:
        queue.take()
        taken.append(first.what)
    return taken


def test_of_one_key_the_latest_waits_in_the_place_of_a_latecomer() -> None:
    queue: WaitingQueue[int] = WaitingQueue()
    assert queue.add("pump", 1, 0.0, 60.0) is None
    assert queue.add("lamp", 2, 1.0, 60.0) is None
    replaced = queue.add("pump", 3, 2.0, 60.0)
    assert replaced == Waiting(60.0, "pump", 1)
    assert drain(queue) == [2, 3]


def test_what_has_no_key_never_merges() -> None:
    queue: WaitingQueue[int] = WaitingQueue()
    for number in range(5):
        assert queue.add(None, number, 0.0, 60.0) is None
    assert queue.supersede(None) is None
    assert drain(queue) == [0, 1, 2, 3, 4]


def test_a_full_queue_takes_no_more_but_a_replacement() -> None:
    queue: WaitingQueue[int] = WaitingQueue()
    for number in range(MAX_WAITING):
        queue.add(number, number, 0.0, 60.0)
    with pytest.raises(WaitingFullError):
        queue.add(None, -1, 0.0, 60.0)
    with pytest.raises(WaitingFullError):
        queue.add("another", -1, 0.0, 60.0)
    assert queue.add(0, 99, 0.0, 60.0) is not None
    assert drain(queue) == [*range(1, MAX_WAITING), 99]


def test_expiry_is_each_ones_own_and_to_the_second() -> None:
    queue: WaitingQueue[int] = WaitingQueue()
    queue.add("a", 1, 0.0, 60.0)
    queue.add("b", 2, 0.0, 30.0)
    assert queue.next_deadline() == 30.0
    assert queue.expire(29.9) == []
    assert [waiting.what for waiting in queue.expire(30.0)] == [2]
    assert queue.next_deadline() == 60.0
    first = queue.first()
    assert first is not None
    assert first.time_left(59.0) == 1.0
    assert first.time_left(61.0) == 0.0
    assert [waiting.what for waiting in queue.clear()] == [1]
    assert queue.next_deadline() is None


class Life(RuleBasedStateMachine):
    """Whatever happens, nothing is lost, nothing leaves twice, nothing is too late."""

    def __init__(self) -> None:
        """Begin with an empty queue."""
        super().__init__()
        self.queue: WaitingQueue[int] = WaitingQueue()
        self.now = 0.0
        self.number = 0
        self.inside: dict[int, tuple[str | None, float]] = {}

    def leaves(self, waiting: Waiting[int]) -> None:
        """Note that a command has left, which it does once."""
        key, expires_at = self.inside.pop(waiting.what)
        assert (waiting.key, waiting.expires_at) == (key, expires_at)

    @rule(
        key=st.sampled_from(["pump", "lamp", "fan", None]),
        seconds=st.floats(min_value=0.1, max_value=900.0),
    )
    def add(self, key: str | None, seconds: float) -> None:
        self.number += 1
        replaced = self.queue.add(key, self.number, self.now, seconds)
        if replaced is not None:
            assert replaced.key == key is not None
            self.leaves(replaced)
        self.inside[self.number] = (key, self.now + seconds)

    @rule(seconds=st.floats(min_value=0.0, max_value=600.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        for waiting in self.queue.expire(self.now):
            assert waiting.expires_at <= self.now
            self.leaves(waiting)
        assert all(expires_at > self.now for _, expires_at in self.inside.values())

    @rule()
    def deliver(self) -> None:
        first = self.queue.first()
        if first is not None:
            assert first.what == min(self.inside)
            assert first.time_left(self.now) > 0
            self.queue.take()
            self.leaves(first)

    @rule(key=st.sampled_from(["pump", "lamp"]))
    def supersede(self, key: str) -> None:
        if (waiting := self.queue.supersede(key)) is not None:
            self.leaves(waiting)
        assert key not in {each for each, _ in self.inside.values()}

    @rule()
    def clear(self) -> None:
        for waiting in self.queue.clear():
            self.leaves(waiting)
        assert not self.inside

    @invariant()
    def nothing_is_lost_and_keys_are_unique(self) -> None:
        assert len(self.queue) == len(self.inside) <= MAX_WAITING
        keys = [key for key, _ in self.inside.values() if key is not None]
        assert len(keys) == len(set(keys))


TestLife = Life.TestCase


@given(st.lists(st.sampled_from(["a", "b", None]), max_size=MAX_WAITING))
def test_what_waits_leaves_in_the_order_of_the_latest_calls(
    keys: list[str | None],
) -> None:
    queue: WaitingQueue[int] = WaitingQueue()
    latest = {key: number for number, key in enumerate(keys) if key is not None}
    for number, key in enumerate(keys):
        queue.add(key, number, 0.0, 60.0)
    assert drain(queue) == [
        number
        for number, key in enumerate(keys)
        if key is None or latest[key] == number
    ]
