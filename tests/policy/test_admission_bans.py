"""Bans in admission: strangers are banned, homes are slowed down."""

import pytest

from custom_components.oceanremote.policy.admission import Admission, Failure
from custom_components.oceanremote.policy.bans import BanSource
from custom_components.oceanremote.policy.clients import ClientAddress
from custom_components.oceanremote.policy.limits import Denial, Lane
from custom_components.oceanremote.policy.places import Purpose
from custom_components.oceanremote.policy.settings import DAY

from .admission_support import (
    HOME,
    HUB,
    KEY,
    LOOPBACK,
    PROXY,
    STRANGER,
    admission,
    at,
    connect,
    denied,
    fail,
)


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
