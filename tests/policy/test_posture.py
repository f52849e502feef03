"""The self-test: what it sees, and that it says what to do."""

import re
from typing import Any

import pytest

from custom_components.oceanremote.policy.posture import (
    OLD_TOKEN,
    STALE_BACKUP,
    Finding,
    Installation,
    Level,
    assess,
)
from custom_components.oceanremote.policy.settings import DAY, PolicySettings

BEST: dict[str, Any] = {
    "settings": PolicySettings(),
    "devices": 3,
    "every_address_encrypted": True,
    "mfa_required": True,
    "approval_required": True,
    "vault_key_outside": True,
    "oldest_permanent_token": 30.0 * DAY,
    "firmware_signed": True,
    "last_backup": 3600.0,
}


def finding(provision: str, **changes: Any) -> Finding:
    posture = assess(Installation(**(BEST | changes)))
    return next(found for found in posture.findings if found.provision == provision)


def test_the_best_installation_has_nothing_to_do() -> None:
    posture = assess(Installation(**BEST))
    assert posture.score == 100
    assert posture.to_do == ()


def test_a_fresh_one_is_told_what_to_do() -> None:
    posture = assess(
        Installation(settings=PolicySettings(), administrators_without_mfa=1)
    )
    assert 60 <= posture.score < 100
    assert posture.to_do[0].level is Level.NOT_MET
    assert all(found.what_to_do for found in posture.to_do)
    levels = [found.level for found in posture.to_do]
    assert levels == sorted(levels, key=[Level.NOT_MET, Level.PARTLY].index)


@pytest.mark.parametrize(
    ("provision", "changes", "level"),
    [
        ("5.1-5", {"settings": PolicySettings(failures_before_ban=21)}, Level.PARTLY),
        (
            "5.1-5",
            {"settings": PolicySettings(failed_registrations_per_minute=9)},
            Level.PARTLY,
        ),
        ("5.1-5", {"settings": PolicySettings(failures_before_ban=5)}, Level.MET),
        ("5.1-3", {"administrators_without_mfa": 1}, Level.PARTLY),
        (
            "5.1-3",
            {"administrators_without_mfa": 1, "mfa_required": False},
            Level.NOT_MET,
        ),
        ("5.3-9", {"firmware_signed": False}, Level.PARTLY),
        ("5.3-8", {"firmware_versions": 2}, Level.PARTLY),
        ("5.3-8", {"devices_in_safe_mode": 1}, Level.NOT_MET),
        ("5.4-1", {"vault_key_outside": False}, Level.PARTLY),
        ("5.4-4", {"oldest_permanent_token": OLD_TOKEN + 1.0}, Level.PARTLY),
        ("5.4-4", {"oldest_permanent_token": None}, Level.MET),
        ("5.4-4", {"expired_open_tokens": 2}, Level.PARTLY),
        ("5.5-7", {"every_address_encrypted": False}, Level.MET),
        (
            "5.5-7",
            {"every_address_encrypted": False, "public_plain_address": True},
            Level.PARTLY,
        ),
        ("5.6-1", {"approval_required": False}, Level.PARTLY),
        ("5.6-1", {"honeypot_enabled": False}, Level.PARTLY),
        ("5.7-2", {"quarantined": 1}, Level.PARTLY),
        ("5.7-2", {"audit_intact": False}, Level.NOT_MET),
        ("5.9-2", {"last_backup": None}, Level.PARTLY),
        ("5.9-2", {"last_backup": STALE_BACKUP + 1.0}, Level.PARTLY),
    ],
)
def test_each_weakness_is_seen_and_has_a_remedy(
    provision: str, changes: dict[str, Any], level: Level
) -> None:
    found = finding(provision, **changes)
    assert found.level is level
    assert found.because
    assert bool(found.what_to_do) == (level is not Level.MET)


def test_a_weakness_costs_points() -> None:
    best = assess(Installation(**BEST)).score
    partly = assess(Installation(**(BEST | {"quarantined": 1}))).score
    missed = assess(Installation(**(BEST | {"audit_intact": False}))).score
    assert best > partly > missed


def test_provisions_are_numbered_as_in_the_standard_and_named_once() -> None:
    numbers = [found.provision for found in assess(Installation(**BEST)).findings]
    assert len(numbers) == len(set(numbers))
    assert all(re.fullmatch(r"5\.(\d|1[0-3])-\d{1,2}", number) for number in numbers)
