"""Admission: strangers are refused cheaply, homes are not."""

import contextlib
import sys

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.admission import Admission, Failure, Moment
from custom_components.oceanremote.policy.bans import BanSource
from custom_components.oceanremote.policy.clients import AddressBook, ClientAddress
from custom_components.oceanremote.policy.limits import Denial, DeniedError, Lane
from custom_components.oceanremote.policy.places import Purpose, Ticket
from custom_components.oceanremote.policy.settings import (
    DAY,
    PolicySettings,
    Rate,
    budget,
)

BOOK = AddressBook(trusted_proxies=["10.0.0.2"], own_addresses=["192.168.1.5"])
STRANGER = BOOK.classify("203.0.113.9")
HOME = BOOK.classify("198.51.100.7")
PROXY = BOOK.classify("10.0.0.2")
LOOPBACK = BOOK.classify("127.0.0.1")
HUB = BOOK.classify("192.168.1.5")
KEY = b"k" * 32
SEED = bytes(16)


def at(time: float) -> Moment:
    return Moment(time, 1_000_000.0 + time)


def admission(**changes: int) -> Admission:
    return Admission(PolicySettings(**changes), seed=SEED)


def connect(
    door: Admission, address: ClientAddress = STRANGER, time: float = 0.0
) -> Ticket:
    return door.on_connect(address, at(time), encrypted=False)


@contextlib.contextmanager
def denied(denial: Denial, *, retry: bool = True):  # type: ignore[no-untyped-def]
    with pytest.raises(DeniedError) as refused:
        yield
    assert refused.value.denial is denial
    assert (refused.value.retry_after > 0) is retry


def fail(
    door: Admission, address: ClientAddress = STRANGER, times: int = 20, at_time=0.0
):  # type: ignore[no-untyped-def]
    verdict = None
    for _ in range(times):
        verdict = door.on_failure(address, Failure.BAD_MAC1, at(at_time))
    return verdict


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
                    open_tickets.append(connect(door, address, now))
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


class TestBans:
    def test_twenty_failures_within_the_window(self) -> None:
        door = admission()
        verdict = fail(door, times=19)
        assert verdict.ban is None
        assert verdict.failures == 19
        assert door.lane_of(STRANGER, at(0)) is Lane.OPEN
        ban = fail(door, times=1).ban
        assert ban is not None
        assert ban.source is BanSource.FAILURES
        assert ban.until - ban.since == DAY
        assert door.lane_of(STRANGER, at(0)) is Lane.SLOW
        assert door.lane_of(STRANGER, at(DAY)) is Lane.OPEN

    def test_void_tokens_that_are_shown_again_and_again_do_not_ban(self) -> None:
        door = admission()
        for number in range(500):
            board = bytes([number % 19])
            for failure in (Failure.BAD_REGISTRATION, Failure.UNKNOWN_KEY):
                verdict = door.on_failure(STRANGER, failure, at(number), named=board)
                assert verdict.ban is None
        assert door.lane_of(STRANGER, at(500)) is Lane.OPEN

    def test_a_new_guess_each_time_bans(self) -> None:
        door = admission()
        bans = [
            door.on_failure(
                STRANGER, Failure.BAD_REGISTRATION, at(0), named=bytes([number])
            ).ban
            for number in range(20)
        ]
        assert bans[19] is not None
        assert not any(bans[:19])

    def test_slow_failures_do_not_ban(self) -> None:
        door = admission()
        for number in range(100):
            verdict = fail(door, times=1, at_time=number * 32.0)
            assert verdict.ban is None

    @pytest.mark.parametrize("address", [PROXY, LOOPBACK, HUB])
    def test_never_loopback_a_proxy_or_the_hub(self, address: ClientAddress) -> None:
        door = admission()
        assert fail(door, address, times=100).ban is None
        verdict = door.on_honeypot(address, "/.env", at(0), cross_site=False)
        assert verdict.ban is None
        assert door.lane_of(address, at(0)) is Lane.OPEN
        assert len(door.bans) == 0

    def test_one_honeypot_hit_bans(self) -> None:
        door = admission()
        ban = door.on_honeypot(STRANGER, "/wp-admin", at(0), cross_site=False).ban
        assert ban is not None
        assert ban.source is BanSource.HONEYPOT
        assert ban.reason == "/wp-admin"
        again = door.on_honeypot(STRANGER, "/admin", at(1), cross_site=False)
        assert again.ban is None

    def test_a_foreign_page_cannot_ban_its_visitor(self) -> None:
        door = admission()
        verdict = door.on_honeypot(STRANGER, "/wp-admin", at(0), cross_site=True)
        assert verdict.ban is None
        assert door.lane_of(STRANGER, at(0)) is Lane.OPEN

    def test_nor_with_as_many_hits_as_it_likes(self) -> None:
        """A page can hold a hundred pictures; a scanner can say that it is one."""
        door = admission()
        for number in range(100):
            assert door.lane_of(STRANGER, at(0)) is (
                Lane.OPEN if number < 20 else Lane.THROTTLED
            )
            verdict = door.on_honeypot(STRANGER, "/.env", at(0), cross_site=True)
            assert verdict.ban is None
            assert verdict.throttled is (number >= 19)
        assert fail(door, times=19).ban is None
        assert door.lane_of(STRANGER, at(600)) is Lane.OPEN
        assert door.on_honeypot(PROXY, "/.env", at(0), cross_site=True).failures == 0

    def test_a_proof_and_a_lifted_ban_clear_foreign_hits(self) -> None:
        door = admission()
        for _ in range(20):
            door.on_honeypot(HOME, "/.env", at(0), cross_site=True)
            door.on_honeypot(STRANGER, "/.env", at(0), cross_site=True)
        door.on_proved(connect(door, HOME), "pump", at(0))
        door.lift(STRANGER.key)
        assert door.lane_of(HOME, at(0)) is Lane.OPEN
        assert door.lane_of(STRANGER, at(0)) is Lane.OPEN
        assert door.table_sizes()["foreign_hits"] == 0

    def test_a_banned_address_keeps_a_slow_lane(self) -> None:
        door = admission()
        fail(door)
        first = connect(door)
        assert first.lane is Lane.SLOW
        assert first.handshake_timeout == 3
        door.on_init(first, Purpose.SESSION, at(0))
        with denied(Denial.SLOW_LANE) as _:
            door.on_init(first, Purpose.SESSION, at(9.9))
        door.on_init(first, Purpose.SESSION, at(10))
        connect(door)
        with denied(Denial.ADDRESS_CONNECTIONS):
            connect(door)

    def test_a_connection_made_before_the_ban_is_in_the_slow_lane_too(self) -> None:
        door = admission()
        ticket = connect(door)
        fail(door)
        door.on_init(ticket, Purpose.SESSION, at(0))
        with denied(Denial.SLOW_LANE):
            door.on_init(ticket, Purpose.SESSION, at(1))

    def test_a_full_table_of_administrators_bans_nobody_else(self) -> None:
        door = admission(ban_capacity=1)
        door.bans.ban("192.0.2.1", at(0).wall, BanSource.ADMINISTRATOR)
        verdict = fail(door)
        assert verdict.ban is None
        assert verdict.throttled
        assert door.lane_of(STRANGER, at(0)) is Lane.THROTTLED

    def test_failures_after_the_ban_ban_no_second_time(self) -> None:
        door = admission()
        fail(door)
        assert fail(door, times=40).ban is None
        assert len(door.bans) == 1


class TestOneBadNeighbour:
    """Behind one address: a device that has proved itself, and someone who attacks."""

    def home(self) -> Admission:
        door = admission()
        door.on_proved(connect(door, HOME), "pump", at(0))
        return door

    def test_the_home_is_throttled_not_banned(self) -> None:
        door = self.home()
        verdict = fail(door, HOME, times=100)
        assert verdict.ban is None
        assert verdict.throttled
        assert door.lane_of(HOME, at(0)) is Lane.THROTTLED
        ticket = connect(door, HOME, 1.0)
        door.on_init(ticket, Purpose.SESSION, at(1))
        door.on_known_key(ticket, KEY, "pump", at(1))

    def test_a_honeypot_hit_throttles_as_well(self) -> None:
        door = self.home()
        verdict = door.on_honeypot(HOME, "/.env", at(1), cross_site=False)
        assert verdict.ban is None
        assert verdict.throttled
        assert door.lane_of(HOME, at(1)) is Lane.THROTTLED
        assert door.lane_of(HOME, at(700)) is Lane.OPEN

    def test_throttled_handshakes_are_one_per_second(self) -> None:
        door = self.home()
        fail(door, HOME)
        ticket = connect(door, HOME)
        for _ in range(5):
            door.on_init(ticket, Purpose.SESSION, at(0))
        with denied(Denial.THROTTLED):
            door.on_init(ticket, Purpose.SESSION, at(0.5))
        door.on_init(ticket, Purpose.SESSION, at(1))

    def test_even_after_a_restart(self) -> None:
        stored = self.home().dump(at(10).wall)
        door = admission()
        door.proved.load(stored["proved"])
        door.bans.load(stored["bans"], at(20).wall)
        assert fail(door, HOME).ban is None
        assert door.lane_of(HOME, at(20)) is Lane.THROTTLED

    def test_a_ban_from_before_the_proof_becomes_throttling(self) -> None:
        door = admission()
        fail(door, HOME)
        door.on_proved(connect(door, HOME), "pump", at(1))
        assert door.lane_of(HOME, at(1)) is Lane.THROTTLED

    def test_the_grace_ends_after_seven_days(self) -> None:
        door = self.home()
        assert fail(door, HOME, at_time=8.0 * DAY).ban is not None

    def test_an_administrators_ban_holds_for_a_home_too(self) -> None:
        door = self.home()
        door.bans.ban(HOME.key, at(1).wall, BanSource.ADMINISTRATOR)
        assert door.lane_of(HOME, at(1)) is Lane.SLOW

    def test_a_proof_clears_the_failures(self) -> None:
        door = self.home()
        fail(door, HOME, times=19)
        door.on_proved(connect(door, HOME), "pump", at(1))
        assert not fail(door, HOME, times=19).throttled


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


class TestHttp:
    def test_twenty_anonymous_requests_a_minute(self) -> None:
        door = admission()
        for _ in range(20):
            door.on_request(STRANGER, None, at(0))
        with denied(Denial.ANONYMOUS_RATE):
            door.on_request(STRANGER, None, at(1))
        door.on_request(HOME, None, at(1))
        door.on_request(STRANGER, None, at(3))

    def test_a_hundred_requests_a_minute_per_user_wherever_he_is(self) -> None:
        door = admission()
        for _ in range(50):
            door.on_request(STRANGER, "anna", at(0))
            door.on_request(HOME, "anna", at(0))
        with denied(Denial.USER_RATE):
            door.on_request(HOME, "anna", at(0))
        door.on_request(HOME, "bert", at(0))

    def test_a_banned_stranger_is_told_how_long(self) -> None:
        door = admission()
        fail(door)
        with pytest.raises(DeniedError) as refused:
            door.on_request(STRANGER, None, at(10))
        assert refused.value.denial is Denial.BANNED
        assert refused.value.retry_after == DAY - 10

    def test_a_shared_address_is_limited_by_identity_only(self) -> None:
        door = admission()
        for _ in range(100):
            door.on_request(PROXY, None, at(0))

    def test_a_lifted_ban_takes_its_failures_along(self) -> None:
        door = admission()
        fail(door)
        door.on_request(STRANGER, "anna", at(1))
        assert door.lift(STRANGER.key) is not None
        assert door.lane_of(STRANGER, at(1)) is Lane.OPEN
        assert door.lift(STRANGER.key) is None
        assert fail(door, times=19).ban is None

    def test_a_web_page_costs_a_request_and_nothing_else(self) -> None:
        door = admission()
        for _ in range(20):
            with denied(Denial.WEB_PAGE):
                door.on_web_page(STRANGER, at(0))
        with denied(Denial.ANONYMOUS_RATE):
            door.on_web_page(STRANGER, at(0))
        for _ in range(50):
            with denied(Denial.WEB_PAGE):
                door.on_web_page(PROXY, at(0))
        assert door.lane_of(STRANGER, at(0)) is Lane.OPEN
        assert door.unproved_connections == 0
        connect(door)

    def test_the_banned_see_the_page_that_lifts_bans(self) -> None:
        door = admission()
        fail(door)
        for _ in range(20):
            door.on_page(STRANGER, at(1))
        with denied(Denial.ANONYMOUS_RATE):
            door.on_page(STRANGER, at(1))
        for _ in range(100):
            door.on_page(PROXY, at(1))


class TestSettings:
    def test_the_documented_defaults(self) -> None:
        settings = PolicySettings()
        assert settings.anonymous_requests_per_minute == 20
        assert settings.user_requests_per_minute == 100
        assert settings.failed_registrations_per_minute == 2
        assert settings.api_requests_per_second == 20
        assert settings.unproved_per_address == 10
        assert settings.device_message_rate == Rate(200, 1000)
        assert settings.failures_before_ban == 20
        assert settings.ban_duration == 24 * 3600
        assert settings.proved_grace == 7 * 24 * 3600
        assert settings.slow_lane_rate == Rate(0.1, 1)
        assert budget(5) == Rate(5, 10)

    def test_options_change_what_they_name(self) -> None:
        options = {"failures_before_ban": 5, "urls": [], "tls_required": True}
        settings = PolicySettings.from_options(options)
        assert settings.failures_before_ban == 5
        assert settings.tls_required
        assert settings.ban_duration == DAY

    @pytest.mark.parametrize("value", [0, -1, True, 1.5, "20", None])
    def test_a_limit_of_nothing_is_refused(self, value: object) -> None:
        with pytest.raises(ValueError, match="failures_before_ban"):
            PolicySettings.from_options({"failures_before_ban": value})


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


def test_a_million_addresses_fit_into_a_bounded_memory() -> None:
    """Each fails, asks for a page and tries to register; a third hits the honeypot."""
    door = admission()
    for number in range(1_000_000):
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
