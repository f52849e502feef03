"""A hub that comes back from a backup: how it is recognised, what is put up again."""

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.restore import (
    RestoreVerdict,
    Restriction,
    judge_restore,
    replay_restrictions,
)

GENERATIONS = st.integers(0, 1000)


@pytest.mark.parametrize(
    ("vault", "log", "anchor", "log_cut", "verdict"),
    [
        (7, 7, 7, False, RestoreVerdict.CONSISTENT),
        (8, 7, 6, False, RestoreVerdict.CONSISTENT),
        (6, 7, 7, False, RestoreVerdict.VAULT_BEHIND),
        (6, 7, 5, False, RestoreVerdict.VAULT_BEHIND),
        (6, 7, 7, True, RestoreVerdict.BOTH_BEHIND),
        (6, 6, 7, False, RestoreVerdict.BOTH_BEHIND),
        (6, 6, 7, True, RestoreVerdict.BOTH_BEHIND),
        (6, 0, 7, True, RestoreVerdict.BOTH_BEHIND),
        (7, 7, 7, True, RestoreVerdict.LOG_BEHIND),
        (7, 0, 7, True, RestoreVerdict.LOG_BEHIND),
        (7, 7, None, False, RestoreVerdict.BOTH_BEHIND),
        (7, 0, None, False, RestoreVerdict.BOTH_BEHIND),
    ],
)
def test_what_the_three_files_say(
    vault: int, log: int, anchor: int | None, log_cut: bool, verdict: RestoreVerdict
) -> None:
    assert judge_restore(vault, log, anchor, log_cut=log_cut) is verdict


@given(GENERATIONS, GENERATIONS, GENERATIONS)
def test_an_honest_crash_is_never_taken_for_a_restore(
    anchor: int, log_more: int, vault_more: int
) -> None:
    """Vault first, then audit, then anchor: a crash cuts the later ones only."""
    log = anchor + log_more
    verdict = judge_restore(log + vault_more, log, anchor, log_cut=False)
    assert verdict is RestoreVerdict.CONSISTENT


@given(GENERATIONS, st.integers(1, 1000), st.booleans())
def test_a_vault_older_than_the_anchor_is_never_consistent(
    vault: int, behind: int, log_cut: bool
) -> None:
    verdict = judge_restore(vault, vault, vault + behind, log_cut=log_cut)
    assert verdict is RestoreVerdict.BOTH_BEHIND


def test_the_log_puts_the_walls_up_again() -> None:
    events = [
        (4, "quarantined", "pump"),
        (5, "released", "pump"),
        (6, "quarantined", "lamp"),
        (7, "revoked", "gate"),
        (8, "session", "gate"),
    ]
    assert replay_restrictions(events, 3) == {
        "lamp": Restriction.QUARANTINED,
        "gate": Restriction.REVOKED,
    }


def test_what_the_vault_knows_is_not_replayed() -> None:
    events = [(3, "revoked", "gate"), (3, "registered", "gate")]
    assert replay_restrictions(events, 3) == {}


@pytest.mark.parametrize("later", ["registered", "released", "quarantined"])
def test_an_identity_that_was_revoked_stays_so_whatever_came_in_its_place(
    later: str,
) -> None:
    """The vault holds the old board; only the log knows of the new one."""
    events = [(4, "revoked", "gate"), (5, "token_issued", "gate"), (6, later, "gate")]
    assert replay_restrictions(events, 3) == {"gate": Restriction.REVOKED}


@pytest.mark.parametrize("later", ["approved", "released", "quarantined"])
def test_an_identity_that_was_replaced_is_over(later: str) -> None:
    """Its tokens were void from then on: only a copy still comes with them."""
    events = [(4, "quarantined", "gate"), (5, "registered", "gate"), (6, later, "gate")]
    assert replay_restrictions(events, 3) == {"gate": Restriction.REPLACED}
    revoked = [*events, (7, "revoked", "gate")]
    assert replay_restrictions(revoked, 3) == {"gate": Restriction.REVOKED}
