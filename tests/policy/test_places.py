"""Places for the unproved: who gets one, and who gives way."""

import contextlib

import pytest

from custom_components.oceanremote.policy.admission import Admission, Moment
from custom_components.oceanremote.policy.bans import BanSource
from custom_components.oceanremote.policy.clients import AddressBook, ClientAddress
from custom_components.oceanremote.policy.limits import Denial, DeniedError, Lane
from custom_components.oceanremote.policy.places import (
    PLACES_PER_HOLDER,
    Purpose,
    Ticket,
)
from custom_components.oceanremote.policy.settings import PolicySettings

BOOK = AddressBook(trusted_proxies=["10.0.0.2"], own_addresses=["192.168.1.5"])
HOME = BOOK.classify("198.51.100.7")
PROXY = BOOK.classify("10.0.0.2")


def at(time: float) -> Moment:
    return Moment(time, 1_000_000.0 + time)


def admission(**changes: int) -> Admission:
    changes = {"api_requests_per_second": 1000, **changes}
    return Admission(PolicySettings(**changes), seed=bytes(16))


def connect(
    door: Admission,
    address: ClientAddress = HOME,
    time: float = 0.0,
    holder: str | None = None,
) -> Ticket:
    return door.on_connect(address, at(time), encrypted=False, holder=holder)


def crowd(door: Admission, address: ClientAddress, count: int) -> list[Ticket]:
    """Open silent connections; the names of those that give way go into `gone`."""
    return [connect(door, address) for _ in range(count)]


@contextlib.contextmanager
def denied(denial: Denial):  # type: ignore[no-untyped-def]
    with pytest.raises(DeniedError) as refused:
        yield
    assert refused.value.denial is denial


def test_a_silent_neighbour_gives_way_after_two_seconds() -> None:
    """Twelve silent sockets behind one address kept the device there out."""
    door = admission()
    silent = crowd(door, HOME, 10)
    gone: list[int] = []
    for number, ticket in enumerate(silent):
        ticket.give_way = lambda number=number: gone.append(number)
    with denied(Denial.ADDRESS_CONNECTIONS):
        connect(door, time=2.0)
    connect(door, time=2.1)
    assert len(gone) == 1
    assert not silent[gone[0]].counted
    assert door.unproved_connections == 10
    door.on_close(silent[gone[0]])
    assert door.unproved_connections == 10


def test_nobody_can_choose_whom_he_throws_out() -> None:
    gone: set[int] = set()
    for seed in range(40):
        door = Admission(PolicySettings(), seed=bytes([seed]) * 16)
        for number, ticket in enumerate(crowd(door, HOME, 10)):
            ticket.give_way = lambda number=number: gone.add(number)
        connect(door, time=3)
    assert len(gone) > 5


def test_who_has_sent_his_init_stays() -> None:
    door = admission(unproved_per_address=2)
    for ticket in crowd(door, HOME, 2):
        door.on_init(ticket, Purpose.SESSION, at(1))
    with denied(Denial.ADDRESS_CONNECTIONS):
        connect(door, time=9)


def test_an_address_has_a_place_more_for_each_device_behind_it() -> None:
    door = admission(unproved_per_address=2)
    for number in range(5):
        door.on_proved(connect(door), f"device {number}", at(0))
    crowd(door, HOME, 7)
    with denied(Denial.ADDRESS_CONNECTIONS):
        connect(door)


def test_the_whole_hub_is_kept_open_in_the_same_way() -> None:
    door = admission(unproved_total=3)
    crowd(door, PROXY, 3)
    with denied(Denial.HUB_CONNECTIONS):
        connect(door, time=1)
    connect(door, time=3)
    assert door.unproved_connections == 3


def test_a_banned_address_throws_nobody_else_out() -> None:
    door = admission(unproved_total=3)
    crowd(door, PROXY, 3)
    door.bans.ban(HOME.key, at(0).wall, BanSource.ADMINISTRATOR)
    with denied(Denial.HUB_CONNECTIONS):
        connect(door, time=3)


class TestReturnTicket:
    def test_it_buys_a_place_where_an_address_is_shared_by_many(self) -> None:
        door = admission(unproved_total=3, unproved_reserved=2)
        crowd(door, PROXY, 3)
        with denied(Denial.HUB_CONNECTIONS):
            connect(door, PROXY)
        connect(door, PROXY, holder="pump")

    def test_it_buys_one_where_neighbours_have_taken_all(self) -> None:
        door = admission(api_requests_per_second=10)
        crowd(door, HOME, 10)
        with denied(Denial.ADDRESS_RATE):
            connect(door)
        connect(door, holder="pump")

    def test_it_buys_two_at_a_time_whoever_shows_it(self) -> None:
        door = admission()
        for _ in range(PLACES_PER_HOLDER):
            connect(door, PROXY, holder="pump")
        with denied(Denial.ADDRESS_CONNECTIONS):
            connect(door, HOME, holder="pump")
        connect(door, HOME, holder="lamp")
        connect(door, HOME, 3, holder="pump")
        assert door.unproved_connections == 3

    def test_reserved_places_come_first_and_then_all_others(self) -> None:
        door = admission(unproved_total=1, unproved_reserved=1)
        connect(door, PROXY, holder="a")
        connect(door, PROXY, holder="b")
        with denied(Denial.HUB_CONNECTIONS):
            connect(door, PROXY, holder="c")
        connect(door, PROXY, 3, holder="c")

    def test_its_handshakes_are_not_those_of_strangers(self) -> None:
        door = admission(
            shared_handshakes_per_second=1, throttled_handshakes_per_second=1
        )
        stranger = connect(door, PROXY)
        for _ in range(2):
            door.on_init(stranger, Purpose.SESSION, at(0))
        with denied(Denial.HANDSHAKE_BUDGET):
            door.on_init(stranger, Purpose.SESSION, at(0))
        door.on_init(connect(door, PROXY, holder="pump"), Purpose.SESSION, at(0))

    def test_a_banned_neighbour_does_not_slow_it_down(self) -> None:
        door = admission()
        for number in range(20):
            door.bans.ban(HOME.key, at(number).wall, BanSource.HONEYPOT)
        ticket = connect(door, holder="pump")
        assert ticket.lane is Lane.THROTTLED
        stranger = connect(door)
        assert stranger.lane is Lane.SLOW
        door.on_init(stranger, Purpose.SESSION, at(0))
        for _ in range(5):
            door.on_init(ticket, Purpose.SESSION, at(0))

    def test_an_administrators_ban_holds(self) -> None:
        door = admission()
        door.bans.ban(HOME.key, at(0).wall, BanSource.ADMINISTRATOR)
        assert connect(door, holder="pump").lane is Lane.SLOW
