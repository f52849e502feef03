"""Admission: strangers are refused cheaply, homes are not."""

import contextlib
from functools import partial
import sys

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.admission import Admission, Failure
from custom_components.oceanremote.policy.clients import ClientAddress
from custom_components.oceanremote.policy.limits import Denial, DeniedError, Lane
from custom_components.oceanremote.policy.places import Purpose, Ticket
from custom_components.oceanremote.policy.settings import PolicySettings

from .admission_support import (
    BOOK,
    HOME,
    HUB,
    KEY,
    LOOPBACK,
    PROXY,
    SEED,
    STRANGER,
    admission,
    at,
    connect,
    denied,
)


class TestConnections:
    def test_ten_unproved_connections_per_address(self) -> None:
        door = admission()
        tickets = [connect(door) for _ in range(10)]
        with denied(Denial.ADDRESS_CONNECTIONS):
            connect(door)
        connect(door, HOME)
        door.on_close(tickets[0])
        connect(door)

    def test_proved_ones_do_not_count_so_fifty_devices_share_one_address(self) -> None:
        door = admission(api_requests_per_second=60)
        for number in range(50):
            ticket = connect(door, HOME)
            door.on_proved(ticket, f"device {number}", at(0))
        assert door.unproved_connections == 0

    def test_twenty_connects_per_second_per_address(self) -> None:
        door = admission()
        for _ in range(20):
            door.on_close(connect(door))
        with denied(Denial.ADDRESS_RATE):
            connect(door)
        connect(door, time=0.05)

    def test_an_address_that_many_share_has_only_the_budget_of_all(self) -> None:
        door = admission(unproved_total=64)
        for _ in range(64):
            connect(door, PROXY)
        with denied(Denial.HUB_CONNECTIONS):
            connect(door, LOOPBACK)
        assert door.table_sizes()["unproved_addresses"] == 0

    def test_the_hub_is_full_for_strangers_before_it_is_for_homes(self) -> None:
        door = admission(unproved_total=2, unproved_reserved=1)
        door.on_proved(connect(door, HOME), "pump", at(0))
        connect(door)
        connect(door)
        with denied(Denial.HUB_CONNECTIONS):
            connect(door)
        ticket = connect(door, HOME)
        with denied(Denial.HUB_CONNECTIONS):
            connect(door, HOME)
        assert door.unproved_connections == 3
        door.on_close(ticket)
        door.on_close(ticket)
        assert door.unproved_connections == 2
        connect(door, HOME)

    def test_plain_connections_are_refused_where_tls_is_required(self) -> None:
        door = Admission(PolicySettings(tls_required=True), seed=SEED)
        public = BOOK.classify("8.8.8.8")
        with pytest.raises(DeniedError) as refused:
            door.on_connect(public, at(0), encrypted=False)
        assert refused.value.denial is Denial.TLS_REQUIRED
        assert refused.value.retry_after == 300
        door.on_connect(public, at(0), encrypted=True)
        door.on_connect(BOOK.classify("192.168.1.9"), at(0), encrypted=False)

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([STRANGER, HOME, PROXY, HUB]),
                st.sampled_from(["connect", "close", "prove"]),
                st.floats(0, 2),
            ),
            max_size=120,
        )
    )
    def test_the_counts_are_those_of_the_open_connections(
        self, steps: list[tuple[ClientAddress, str, float]]
    ) -> None:
        door = admission(unproved_total=6, unproved_reserved=2, unproved_per_address=4)
        open_tickets: list[Ticket] = []
        now = 0.0
        for address, step, passed in steps:
            now += passed
            if step == "connect":
                with contextlib.suppress(DeniedError):
                    ticket = connect(door, address, now)
                    # A silent one may have to make room for a later one.
                    ticket.give_way = partial(open_tickets.remove, ticket)
                    open_tickets.append(ticket)
            elif open_tickets:
                ticket = open_tickets.pop(0)
                if step == "prove":
                    door.on_proved(ticket, "pump", at(now))
                door.on_close(ticket)
            assert door.unproved_connections == len(open_tickets) <= 8
            addresses = {t.address.key for t in open_tickets if not t.address.shared}
            assert door.table_sizes()["unproved_addresses"] == len(addresses)


class TestHandshakes:
    def test_strangers_do_not_use_up_the_budget_of_homes(self) -> None:
        door = admission(
            stranger_handshakes_per_second=1,
            familiar_handshakes_per_second=1,
            shared_handshakes_per_second=1,
        )
        home = connect(door, HOME)
        door.on_proved(home, "pump", at(0))
        stranger = connect(door)
        for _ in range(2):
            door.on_init(stranger, Purpose.SESSION, at(0))
        with denied(Denial.HANDSHAKE_BUDGET):
            door.on_init(stranger, Purpose.SESSION, at(0))
        door.on_init(connect(door, HOME), Purpose.SESSION, at(0))
        door.on_init(connect(door, PROXY), Purpose.SESSION, at(0))

    def test_registrations_have_their_own_budget(self) -> None:
        door = admission(registrations_per_second=1)
        ticket = connect(door, PROXY)
        for _ in range(2):
            door.on_init(ticket, Purpose.REGISTRATION, at(0))
        with denied(Denial.REGISTRATION_BUDGET):
            door.on_init(ticket, Purpose.REGISTRATION, at(0))
        door.on_init(ticket, Purpose.SESSION, at(0))

    def test_only_failed_registrations_count_per_address(self) -> None:
        door = admission()
        ticket = connect(door)
        for _ in range(5):
            door.on_init(ticket, Purpose.REGISTRATION, at(0))
        for _ in range(2):
            door.on_failure(STRANGER, Failure.BAD_REGISTRATION, at(0))
        with denied(Denial.REGISTRATION_RATE):
            door.on_init(ticket, Purpose.REGISTRATION, at(0))
        door.on_init(ticket, Purpose.SESSION, at(0))
        door.on_init(ticket, Purpose.REGISTRATION, at(31))

    def test_failed_registrations_of_a_shared_address_limit_nobody_else(self) -> None:
        door = admission()
        for _ in range(30):
            verdict = door.on_failure(PROXY, Failure.BAD_REGISTRATION, at(0))
            assert verdict.ban is None
        door.on_init(connect(door, PROXY), Purpose.REGISTRATION, at(0))

    def test_known_keys_have_their_own_budget(self) -> None:
        door = admission(known_key_handshakes_per_second=1)
        ticket = connect(door)
        for _ in range(2):
            door.on_known_key(ticket, KEY, "pump", at(0))
        with denied(Denial.KNOWN_KEY_BUDGET):
            door.on_known_key(ticket, KEY, "pump", at(0))


class TestKnownKeys:
    def test_failures_that_name_a_key_count_against_the_key(self) -> None:
        door = admission()
        for _ in range(50):
            verdict = door.on_failure(
                STRANGER, Failure.BAD_HANDSHAKE, at(0), device_key=KEY
            )
            assert verdict.ban is None
        assert verdict.throttled
        assert door.lane_of(STRANGER, at(0)) is Lane.OPEN

    def test_a_registration_that_names_a_known_key_counts_against_the_address(
        self,
    ) -> None:
        door = admission()
        ban = None
        passed = 0
        for quarter in range(4 * 75):
            moment = at(quarter / 4)
            ticket = door.on_connect(STRANGER, moment, encrypted=True)
            with contextlib.suppress(DeniedError):
                door.on_init(ticket, Purpose.REGISTRATION, moment)
                passed += 1
                door.on_failure(
                    STRANGER, Failure.BAD_REGISTRATION, moment, device_key=KEY
                )
            assert ticket.purpose is Purpose.REGISTRATION
            door.on_close(ticket)
        assert passed == 4
        assert door.table_sizes()["key_failures"] == 0
        for minute in range(2, 10):
            for _ in range(2):
                ban = door.on_failure(
                    STRANGER, Failure.BAD_REGISTRATION, at(60 * minute), device_key=KEY
                ).ban
        assert ban is not None
        assert ban.reason == "bad_registration"

    def test_a_key_under_suspicion_gets_one_handshake_in_ten_seconds(self) -> None:
        door = admission()
        for _ in range(20):
            door.on_failure(STRANGER, Failure.BAD_HANDSHAKE, at(0), device_key=KEY)
        ticket = connect(door)
        door.on_known_key(ticket, KEY, "pump", at(0))
        with denied(Denial.KEY_THROTTLED):
            door.on_known_key(ticket, KEY, "pump", at(5))
        door.on_known_key(ticket, b"other" * 7, "lamp", at(5))
        door.on_known_key(ticket, KEY, "pump", at(700))

    def test_who_knows_the_key_cannot_lock_its_owner_out(self) -> None:
        door = admission()
        door.on_proved(connect(door, HOME), "pump", at(0))
        for _ in range(20):
            door.on_failure(STRANGER, Failure.BAD_HANDSHAKE, at(0), device_key=KEY)
        ticket = connect(door, HOME)
        for _ in range(10):
            door.on_known_key(ticket, KEY, "pump", at(1))


def _deep_size(root: object) -> int:
    """Bytes of an object and of everything it holds."""
    seen: set[int] = set()
    stack, total = [root], 0
    while stack:
        item = stack.pop()
        if id(item) in seen or isinstance(item, type):
            continue
        seen.add(id(item))
        total += sys.getsizeof(item)
        if isinstance(item, dict):
            stack += [*item.keys(), *item.values()]
        elif isinstance(item, (list, tuple, set)) or hasattr(item, "popleft"):
            stack += list(item)
        if hasattr(item, "__dict__"):
            stack.append(vars(item))
        for slot in getattr(type(item), "__slots__", ()):
            if hasattr(item, slot):
                stack.append(getattr(item, slot))
    return total


def test_twelve_times_its_capacity_fits_into_a_bounded_memory() -> None:
    """Each address fails, asks for a page and tries to register, or hits the honeypot.

    Each table for itself has its test with a million.
    """
    door = admission()
    for number in range(12 * door.settings.address_capacity):
        octets = number.to_bytes(4)
        address = ClientAddress(
            f"11.{octets[1]}.{octets[2]}.{octets[3]}",
            shared=False,
            bannable=True,
            private=False,
        )
        moment = at(number / 5000)
        with contextlib.suppress(DeniedError):
            door.on_init(
                connect(door, address, moment.monotonic), Purpose.SESSION, moment
            )
        if number % 3 == 0:
            door.on_honeypot(address, "/.env", moment, cross_site=number % 2 == 0)
        else:
            door.on_failure(address, Failure.BAD_REGISTRATION, moment)
            with contextlib.suppress(DeniedError):
                door.on_request(address, None, moment)
    settings = door.settings
    sizes = door.table_sizes()
    assert sizes["bans"] == settings.ban_capacity
    assert sizes["failures"] == settings.failure_capacity
    assert sizes["foreign_hits"] == settings.failure_capacity
    assert sizes["unproved_addresses"] == settings.unproved_total
    for name in ("api", "anonymous", "registration", "slow", "throttled"):
        assert sizes[name] <= settings.address_capacity
    assert door.unproved_connections == settings.unproved_total
    assert _deep_size(door) < 32 * 2**20
