"""The numbers: exact, monotone, and the same in the documentation."""

from collections.abc import Iterable
from fractions import Fraction
import importlib.machinery
import importlib.util
import itertools
from pathlib import Path
from types import ModuleType

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.admission import (
    Admission,
    Failure,
    Moment,
    Purpose,
)
from custom_components.oceanremote.policy.analysis import (
    Attacker,
    Counting,
    checksum_collision,
    corrections,
    power_of_ten,
    power_of_two,
    probability_table,
    registration_guesses,
    rows,
    session_guesses,
    success,
    through,
)
from custom_components.oceanremote.policy.clients import AddressBook, ClientAddress
from custom_components.oceanremote.policy.limits import DeniedError
from custom_components.oceanremote.policy.ratelimit import Bucket, RateLimitedError
from custom_components.oceanremote.policy.settings import DAY, PolicySettings, Rate

ROOT = Path(__file__).parents[2]
SETTINGS = PolicySettings()


def test_the_sources_attacker() -> None:
    assert Attacker().requests == 100 * 30 * 86_400 == 259_200_000


def test_256_bits_are_two_to_the_256() -> None:
    row = rows(SETTINGS, Attacker())[0]
    assert row.target == "registration token"
    assert row.one_guess == Fraction(1, 2**256)
    assert row.unlimited == Fraction(259_200_000, 2**256)
    assert power_of_two(row.one_guess) == "2^-256.0"


def test_a_mac_address_alone_is_found() -> None:
    row = rows(SETTINGS, Attacker())[-1]
    assert row.target.startswith("MAC")
    assert row.unlimited == 1
    assert power_of_ten(row.unlimited) == "1"
    assert power_of_two(row.unlimited) == "1"


def test_limits_only_ever_help() -> None:
    for row in rows(SETTINGS, Attacker()):
        assert row.banned <= row.rate_limited <= row.unlimited
        assert row.banned <= row.many_addresses <= row.unlimited


def test_more_open_tokens_are_more_targets() -> None:
    one = rows(SETTINGS, Attacker())[0].unlimited
    assert rows(SETTINGS, Attacker(), open_tokens=7)[0].unlimited == 7 * one


def test_live_settings_change_the_figures() -> None:
    strict = PolicySettings(failed_registrations_per_minute=1, slow_lane_interval=600)
    mild, hard = (registration_guesses(s, Attacker()) for s in (SETTINGS, strict))
    assert hard.rate_limited < mild.rate_limited
    assert hard.banned < mild.banned


@given(
    st.integers(1, 200),
    st.integers(1, 4 * DAY),
    st.integers(1, 100_000),
    st.sampled_from([registration_guesses, session_guesses]),
)
def test_for_any_attacker_limits_only_ever_help(
    rate: int, seconds: int, addresses: int, count: object
) -> None:
    assert callable(count)
    guesses = count(SETTINGS, Attacker(rate, seconds, addresses))
    assert 0 < guesses.banned <= guesses.rate_limited <= guesses.unlimited
    assert guesses.unlimited == rate * seconds


@pytest.mark.parametrize(("per_second", "burst"), [(2, 4), (1, 1)])
def test_the_bound_is_what_a_bucket_lets_through(per_second: int, burst: int) -> None:
    bucket, passed = Bucket(Rate(per_second, burst)), 0
    attacker = Attacker(requests_per_second=16, seconds=100)
    for number in range(attacker.requests):
        try:
            bucket.take(number / 16)
        except RateLimitedError:
            continue
        passed += 1
    bound = through(attacker, Fraction(per_second), burst)
    assert bound - burst <= passed <= bound


BOOK = AddressBook(trusted_proxies=["10.0.0.2"])
HOME = BOOK.classify("198.51.100.7")
PROXY = BOOK.classify("10.0.0.2")


def at(time: float) -> Moment:
    return Moment(time, 1_000_000.0 + time)


def live(homes: Iterable[ClientAddress] = ()) -> Admission:
    """Return admission as it is, with addresses behind which a device lives."""
    door = Admission(SETTINGS, seed=bytes(16))
    for home in homes:
        door.proved.add(home.key, home.key, at(0).wall)
    return door


def knock(
    door: Admission,
    address: ClientAddress,
    now: float,
    purpose: Purpose = Purpose.SESSION,
) -> bool:
    """Guess once, and wrong; return whether the guess reached the cryptography."""
    wrong = Failure.UNKNOWN_KEY
    if purpose is Purpose.REGISTRATION:
        wrong = Failure.BAD_REGISTRATION
    try:
        ticket = door.on_connect(address, at(now), encrypted=True)
    except DeniedError:
        return False
    try:
        door.on_init(ticket, purpose, at(now))
    except DeniedError:
        return False
    finally:
        door.on_close(ticket)
    door.on_failure(address, wrong, at(now))
    return True


@pytest.mark.parametrize(
    ("purpose", "count"),
    [
        (Purpose.SESSION, session_guesses),
        (Purpose.REGISTRATION, registration_guesses),
    ],
)
def test_no_crowd_gets_more_through_than_the_bound(
    purpose: Purpose, count: Counting
) -> None:
    """A thousand knocks a second: of strangers, from homes and by shared addresses."""
    seconds, rate = 10, 1000
    homes = [BOOK.classify(f"198.18.0.{number}") for number in range(200)]
    strangers = [BOOK.classify(f"198.19.0.{number}") for number in range(200)]
    door = live(homes)
    crowd = itertools.cycle(
        itertools.chain.from_iterable(
            zip(homes, strangers, itertools.repeat(PROXY), strict=False)
        )
    )
    passed = sum(
        knock(door, next(crowd), number / rate, purpose)
        for number in range(seconds * rate)
    )
    addresses = len(homes) + len(strangers)
    alone = count(SETTINGS, Attacker(rate, seconds, addresses))
    shared = count(SETTINGS, Attacker(rate, seconds, addresses, shared=True))
    assert passed <= shared.banned
    assert alone.banned <= shared.banned
    if purpose is Purpose.SESSION:
        of_strangers = through(
            Attacker(rate, seconds),
            Fraction(SETTINGS.stranger_handshakes_per_second),
            100,
        )
        assert passed > of_strangers


def test_a_home_is_slowed_down_and_never_banned() -> None:
    seconds = 12_000
    door = live([HOME])
    passed = sum(knock(door, HOME, number / 2) for number in range(2 * seconds))
    attacker = Attacker(requests_per_second=2, seconds=seconds)
    of_a_stranger = SETTINGS.failures_before_ban + seconds // 10 + 1
    assert of_a_stranger < passed <= session_guesses(SETTINGS, attacker).banned
    assert not door.bans.active(at(seconds).wall)


def test_limits_do_not_count_where_guesses_are_made_offline() -> None:
    (row,) = (
        row for row in rows(SETTINGS, Attacker()) if "device key stolen" in row.target
    )
    assert row.unlimited == row.rate_limited == row.banned == row.many_addresses


@given(st.integers(0, 2**20), st.integers(1, 2**20))
def test_success_is_a_probability(guesses: int, values: int) -> None:
    assert success(guesses, Fraction(1, values)) == min(1, Fraction(guesses, values))


def test_the_checksum_collides_as_counted_by_hand() -> None:
    """Two bytes: the sums 0…510 have 1, 2, … 256, … 1 pairs."""
    pairs = [min(total, 510 - total) + 1 for total in range(511)]
    assert checksum_collision(2) == Fraction(sum(n * n for n in pairs), 256**4)
    assert checksum_collision(1) == Fraction(1, 256)


def test_the_checksum_of_the_sources_is_worse_than_its_size() -> None:
    assert Fraction(1, 1600) < checksum_collision() < Fraction(1, 1400)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 4), "2.5 · 10^-1"),
        (Fraction(1, 1000), "1.0 · 10^-3"),
        (Fraction(1, 10**300), "1.0 · 10^-300"),
        (Fraction(9999, 100_000), "1.0 · 10^-1"),
        (Fraction(2**256), "1.2 · 10^77"),
        (Fraction(1), "1"),
    ],
)
def test_powers_of_ten(value: Fraction, text: str) -> None:
    assert power_of_ten(value) == text


def test_every_correction_gives_a_reason() -> None:
    for row in corrections():
        assert row.claim and row.correct and row.why
        assert row.claim != row.correct


def test_the_table_has_one_line_per_target() -> None:
    table = rows(SETTINGS, Attacker())
    lines = probability_table(table).splitlines()
    assert len(lines) == 2 + len(table)
    assert len({line.count("|") for line in lines}) == 1


def _script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader(
        "security_tables", str(ROOT / "script/security-tables")
    )
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_the_documentation_is_current() -> None:
    text = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    assert _script().rewritten(text) == text


def test_a_document_without_markers_is_refused() -> None:
    with pytest.raises(SystemExit, match="markers"):
        _script().rewritten("# Security\n")
