"""A hub that comes back from a backup, and a clock that is set back."""

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.restore import (
    SKEW,
    Expiry,
    RestoreVerdict,
    Waterline,
    judge_restore,
    replay_standings,
)
from custom_components.oceanremote.policy.trust import Standing

GENERATIONS = st.integers(0, 1000)


@pytest.mark.parametrize(
    ("vault", "audit", "anchor", "verdict"),
    [
        (7, Waterline(7, 90), Waterline(7, 90), RestoreVerdict.CONSISTENT),
        (8, Waterline(7, 90), Waterline(6, 80), RestoreVerdict.CONSISTENT),
        (6, Waterline(7, 90), Waterline(7, 90), RestoreVerdict.VAULT_BEHIND),
        (6, Waterline(7, 90), Waterline(5, 80), RestoreVerdict.VAULT_BEHIND),
        (6, Waterline(7, 70), Waterline(7, 90), RestoreVerdict.BOTH_BEHIND),
        (6, Waterline(6, 90), Waterline(7, 90), RestoreVerdict.BOTH_BEHIND),
        (6, Waterline(6, 70), Waterline(7, 90), RestoreVerdict.BOTH_BEHIND),
        (6, None, Waterline(7, 90), RestoreVerdict.BOTH_BEHIND),
        (7, Waterline(7, 70), Waterline(7, 90), RestoreVerdict.LOG_BEHIND),
        (7, None, Waterline(7, 90), RestoreVerdict.LOG_BEHIND),
        (7, Waterline(7, 90), None, RestoreVerdict.BOTH_BEHIND),
        (7, None, None, RestoreVerdict.BOTH_BEHIND),
    ],
)
def test_what_the_three_files_say(
    vault: int,
    audit: Waterline | None,
    anchor: Waterline | None,
    verdict: RestoreVerdict,
) -> None:
    assert judge_restore(vault, audit, anchor) is verdict


@given(GENERATIONS, GENERATIONS, GENERATIONS, GENERATIONS, GENERATIONS)
def test_an_honest_crash_is_never_taken_for_a_restore(
    anchor_gen: int, audit_more: int, vault_more: int, anchor_seq: int, seq_more: int
) -> None:
    """Vault first, then audit, then anchor: a crash cuts the later ones only."""
    audit = Waterline(anchor_gen + audit_more, anchor_seq + seq_more)
    verdict = judge_restore(
        audit.vault_generation + vault_more, audit, Waterline(anchor_gen, anchor_seq)
    )
    assert verdict is RestoreVerdict.CONSISTENT


@given(GENERATIONS, GENERATIONS, st.integers(1, 1000))
def test_a_vault_older_than_the_anchor_is_never_consistent(
    vault: int, seq: int, behind: int
) -> None:
    anchor = Waterline(vault + behind, seq)
    audit = Waterline(vault, seq)
    assert judge_restore(vault, audit, anchor) is RestoreVerdict.BOTH_BEHIND


def test_the_log_puts_the_walls_up_again() -> None:
    events = [
        ("registered", "pump"),
        ("quarantined", "pump"),
        ("released", "pump"),
        ("quarantined", "lamp"),
        ("revoked", "gate"),
        ("revoked", "stranger"),
        ("session", "gate"),
    ]
    known = frozenset({"pump", "lamp", "gate"})
    assert replay_standings(events, known) == {
        "lamp": Standing.QUARANTINED,
        "gate": Standing.REVOKED,
    }


def test_a_device_enrolled_anew_after_its_revocation_stays() -> None:
    events = [("revoked", "gate"), ("registered", "gate")]
    assert replay_standings(events, frozenset({"gate"})) == {}


class TestExpiry:
    """Once expired, expired."""

    def test_within_its_time(self) -> None:
        expiry = Expiry(1000.0, 2000.0)
        assert expiry.seen_at(1999.9) is expiry

    def test_the_end_is_exclusive(self) -> None:
        assert Expiry(1000.0, 2000.0).seen_at(2000.0).seen_expired

    def test_a_clock_set_back_does_not_revive_it(self) -> None:
        seen = Expiry(1000.0, 2000.0).seen_at(2500.0)
        assert seen.seen_at(1500.0).seen_expired

    def test_a_time_before_the_issue_is_no_time_to_use_it(self) -> None:
        expiry = Expiry(1000.0, 2000.0)
        assert not expiry.seen_at(1000.0 - SKEW).seen_expired
        assert expiry.seen_at(1000.0 - SKEW - 1).seen_expired

    @given(st.lists(st.floats(0, 10_000)))
    def test_under_any_clock_it_expires_at_most_once(self, clock: list[float]) -> None:
        expiry = Expiry(1000.0, 2000.0)
        outside = False
        for now in clock:
            expiry = expiry.seen_at(now)
            outside = outside or not 1000.0 - SKEW <= now < 2000.0
            assert expiry.seen_expired == outside
