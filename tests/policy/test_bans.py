"""Bans under any clock, their bound, their stored form; addresses never banned."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.bans import (
    Ban,
    BanSource,
    BanTable,
    StoredStateInvalidError,
)
from custom_components.oceanremote.policy.settings import DAY
from custom_components.oceanremote.policy.vouched import ProvedAddresses

A, B, C = "203.0.113.1", "203.0.113.2", "2001:db8::/64"
WALL = st.floats(0, 4e9)


def table(capacity: int = 8) -> BanTable:
    return BanTable(DAY, capacity)


class TestOneBan:
    def test_it_lasts_its_time_and_not_longer(self) -> None:
        bans = table()
        ban = bans.ban(A, 1000.0, BanSource.FAILURES, reason="bad_mac1")
        assert ban == Ban(A, 1000.0, 1000.0 + DAY, BanSource.FAILURES, "bad_mac1")
        assert bans.find(A, 999.0 + DAY) == ban
        assert bans.find(A, 1000.0 + DAY) is None
        assert len(bans) == 0

    def test_once_over_it_stays_over_when_the_clock_is_set_back(self) -> None:
        bans = table()
        bans.ban(A, 1000.0, BanSource.FAILURES)
        assert bans.find(A, 2000.0 + DAY) is None
        assert bans.find(A, 1500.0) is None

    def test_a_clock_set_back_by_years_does_not_ban_for_years(self) -> None:
        bans = table()
        bans.ban(A, 1e9, BanSource.FAILURES)
        assert bans.find(A, 1000.0) is not None
        assert bans.find(A, 1000.0 + DAY) is None

    def test_an_administrator_chooses_the_time(self) -> None:
        bans = table()
        bans.ban(A, 0.0, BanSource.ADMINISTRATOR, duration=30 * DAY)
        assert bans.find(A, 29.0 * DAY) is not None
        assert bans.find(A, 30.0 * DAY) is None

    def test_an_automatic_ban_does_not_shorten_an_administrators(self) -> None:
        bans = table()
        manual = bans.ban(A, 0.0, BanSource.ADMINISTRATOR, duration=30 * DAY)
        assert bans.ban(A, 10.0, BanSource.HONEYPOT) == manual
        assert bans.find(A, 20.0 * DAY) == manual

    def test_an_administrator_takes_over_an_automatic_one(self) -> None:
        bans = table()
        bans.ban(A, 0.0, BanSource.HONEYPOT)
        bans.ban(A, 10.0, BanSource.ADMINISTRATOR, duration=60)
        assert len(bans) == 1
        assert bans.find(A, 71.0) is None

    def test_lifting(self) -> None:
        bans = table()
        ban = bans.ban(A, 0.0, BanSource.HONEYPOT)
        assert bans.unban(A) == ban
        assert bans.unban(A) is None
        assert bans.find(A, 1.0) is None

    def test_reasons_are_bounded(self) -> None:
        ban = table().ban(A, 0.0, BanSource.HONEYPOT, reason="/" * 10_000)
        assert len(ban.reason) == 64


class TestTable:
    def test_when_full_the_one_that_ends_soonest_makes_room(self) -> None:
        bans = table(capacity=2)
        bans.ban(A, 0.0, BanSource.FAILURES)
        bans.ban(B, 1.0, BanSource.FAILURES)
        bans.ban(C, 2.0, BanSource.FAILURES)
        assert [ban.key for ban in bans.active(3.0)] == [B, C]

    def test_strangers_never_displace_an_administrators_ban(self) -> None:
        bans = table(capacity=2)
        bans.ban(A, 0.0, BanSource.ADMINISTRATOR)
        for number in range(100):
            bans.ban(f"198.51.100.{number}", 1.0, BanSource.HONEYPOT)
        assert bans.find(A, 2.0) is not None
        assert len(bans) == 2

    def test_administrators_alone_can_fill_it(self) -> None:
        bans = table(capacity=1)
        bans.ban(A, 0.0, BanSource.ADMINISTRATOR)
        with pytest.raises(OverflowError):
            bans.ban(B, 0.0, BanSource.ADMINISTRATOR)
        with pytest.raises(OverflowError):
            bans.ban(B, 0.0, BanSource.HONEYPOT)

    def test_expired_bans_are_swept_by_new_ones(self) -> None:
        bans = table()
        bans.ban(A, 0.0, BanSource.FAILURES)
        bans.ban(B, 1.0, BanSource.FAILURES)
        bans.ban(C, 2.0 * DAY, BanSource.FAILURES)
        assert len(bans) == 1
        bans.ban(A, 2.5 * DAY, BanSource.FAILURES)
        assert len(bans) == 2

    def test_a_million_addresses(self) -> None:
        bans = BanTable(DAY, 16_384)
        for number in range(1_000_000):
            bans.ban(str(number), number / 1000, BanSource.HONEYPOT, reason="/admin")
        assert len(bans) == 16_384
        assert bans.find("999999", 1000.0) is not None

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([A, B, C]),
                WALL,
                st.sampled_from(["ban", "unban", "find"]),
            ),
            max_size=40,
        )
    )
    def test_under_any_clock_a_ban_never_outlives_its_duration(
        self, steps: list[tuple[str, float, str]]
    ) -> None:
        bans = table(capacity=2)
        for key, now, step in steps:
            if step == "ban":
                bans.ban(key, now, BanSource.FAILURES)
            elif step == "unban":
                bans.unban(key)
                assert bans.find(key, now) is None
            elif (ban := bans.find(key, now)) is not None:
                assert ban.since <= now < ban.until
                assert ban.until - now <= DAY + 1e-3
            assert len(bans) <= 2
        assert all(ban.since <= 2e9 < ban.until for ban in bans.active(2e9))


class TestStoredForm:
    def test_it_survives_a_restart(self) -> None:
        bans = table()
        bans.ban(A, 0.0, BanSource.FAILURES, reason="bad_mac1")
        bans.ban(B, 5.0, BanSource.ADMINISTRATOR, duration=60)
        bans.ban(C, 6.0, BanSource.HONEYPOT, reason="/.env")
        stored = json.loads(json.dumps(bans.dump(10.0)))
        loaded = table()
        loaded.load(stored, 20.0)
        assert loaded.active(20.0) == bans.active(20.0)
        assert loaded.dump(20.0) == stored

    def test_what_expired_meanwhile_is_left_out(self) -> None:
        bans = table()
        bans.ban(A, 0.0, BanSource.FAILURES)
        loaded = table()
        loaded.load(bans.dump(1.0), 2.0 * DAY)
        assert len(loaded) == 0

    def test_a_smaller_table_keeps_the_longest(self) -> None:
        bans = table()
        bans.ban(A, 0.0, BanSource.FAILURES)
        bans.ban(B, 1.0, BanSource.FAILURES)
        loaded = table(capacity=1)
        loaded.load(bans.dump(2.0), 2.0)
        assert [ban.key for ban in loaded.active(2.0)] == [B]

    @pytest.mark.parametrize(
        "damaged",
        [
            {},
            {"format": 2, "bans": []},
            {"format": 1, "bans": None},
            {"format": 1, "bans": [[]]},
            {"format": 1, "bans": [["pump", 0, 1, "failures", ""]]},
            {"format": 1, "bans": [[7, 0, 1, "failures", ""]]},
            {"format": 1, "bans": [[A, 2, 1, "failures", ""]]},
            {"format": 1, "bans": [[A, 0, float("inf"), "failures", ""]]},
            {"format": 1, "bans": [[A, "0", 1, "failures", ""]]},
            {"format": 1, "bans": [[A, 0, 1, "whim", ""]]},
            {"format": 1, "bans": [[A, 0, 1, "failures", None]]},
            [],
        ],
    )
    def test_damage_is_refused_and_changes_nothing(self, damaged: Any) -> None:
        bans = table()
        bans.ban(B, 0.0, BanSource.FAILURES)
        before = bans.dump(1.0)
        with pytest.raises(StoredStateInvalidError):
            bans.load(damaged, 1.0)
        assert bans.dump(1.0) == before


class TestProvedAddresses:
    def proved(self, per_device: int = 2, capacity: int = 3) -> ProvedAddresses:
        return ProvedAddresses(7 * DAY, per_device, capacity)

    def test_a_device_vouches_for_seven_days(self) -> None:
        proved = self.proved()
        proved.add(A, "pump", 0.0)
        assert proved.vouched(A, 7 * DAY - 1.0)
        assert proved.vouched_by(A, "pump", 7 * DAY - 1.0)
        assert not proved.vouched_by(A, "lamp", 1.0)
        assert not proved.vouched_by(B, "pump", 1.0)
        assert not proved.vouched(B, 1.0)
        assert not proved.vouched_by(A, "pump", 7.0 * DAY)
        assert not proved.vouched(A, 7.0 * DAY)
        assert len(proved) == 0

    def test_one_of_several_devices_is_enough(self) -> None:
        proved = self.proved()
        proved.add(A, "pump", 0.0)
        proved.add(A, "lamp", 6.0 * DAY)
        proved.add(A, "pump", 1.0)
        assert proved.vouched(A, 10.0 * DAY)
        proved.forget_device("lamp")
        assert not proved.vouched(A, 10.0 * DAY)

    def test_a_wandering_device_displaces_its_own_addresses_only(self) -> None:
        proved = self.proved()
        proved.add(A, "pump", 0.0)
        for number in range(100):
            proved.add(f"198.51.100.{number}", "thief", 1.0)
        assert proved.vouched(A, 2.0)
        assert len(proved) == 3

    def test_the_number_of_devices_is_bounded(self) -> None:
        proved = self.proved()
        for number in range(100):
            proved.add(A, f"device {number}", 1.0)
        assert len(proved.dump()["addresses"]) == 3

    def test_a_revoked_device_vouches_no_more(self) -> None:
        proved = self.proved()
        proved.add(A, "pump", 0.0)
        proved.forget_device("pump")
        proved.forget_device("unknown")
        assert not proved.vouched(A, 1.0)

    def test_it_survives_a_restart(self) -> None:
        proved = self.proved()
        proved.add(A, "pump", 0.0)
        proved.add(C, "lamp", 1.0)
        loaded = self.proved()
        loaded.add(B, "old", 0.0)
        loaded.load(json.loads(json.dumps(proved.dump())))
        assert loaded.dump() == proved.dump()
        assert loaded.vouched(A, 2.0)
        assert not loaded.vouched(B, 2.0)

    @pytest.mark.parametrize(
        "damaged",
        [
            {},
            {"format": 0, "addresses": []},
            {"format": 1, "addresses": [["pump", "nowhere", 0]]},
            {"format": 1, "addresses": [["pump", 5, 0]]},
            {"format": 1, "addresses": [[None, A, 0]]},
            {"format": 1, "addresses": [["pump", A, float("nan")]]},
            {"format": 1, "addresses": [["pump"]]},
        ],
    )
    def test_damage_is_refused_and_changes_nothing(self, damaged: Any) -> None:
        proved = self.proved()
        proved.add(A, "pump", 0.0)
        before = proved.dump()
        with pytest.raises(StoredStateInvalidError):
            proved.load(damaged)
        assert proved.dump() == before
