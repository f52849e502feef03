"""The self-test: what it sees, and that it says what to do."""

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


PEOPLE = "strong authentication of people"
FIRMWARE = "firmware in order"
STRANGERS = "strangers kept at a distance"
CHANGES = "changes are noticed"
COPY = "a copy of the vault"
OWN_CHECKS = {PEOPLE, FIRMWARE, STRANGERS, CHANGES, COPY}
# Numbers and subjects of ETSI EN 303 645 V3.1.3, as far as the self-test uses them.
PROVISIONS = {
    "5.1-1": "passwords unique per device",
    "5.1-5": "brute force made impracticable",
    "5.3-9": "authenticity and integrity of updates verified",
    "5.4-1": "sensitive security parameters stored securely",
    "5.4-3": "no critical security parameters hard-coded in source code",
    "5.4-4": "critical security parameters unique per device",
    "5.5-1": "best practice cryptography for communication",
    "5.5-5": "security-relevant changes only after authentication",
    "5.5-7": "critical security parameters confidential in transit",
    "5.6-2": "least disclosure before authentication",
    "5.9-3": "orderly connection to networks",
    "5.10-1": "telemetry examined for anomalies",
    "5.11-1": "user data erased easily",
    "5.13-1A": "input validated",
}


def finding(check: str, **changes: Any) -> Finding:
    """Return one finding, by its provision's number or its topic."""
    posture = assess(Installation(**(BEST | changes)))
    return next(
        found for found in posture.findings if check in (found.provision, found.topic)
    )


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
    ("check", "changes", "level"),
    [
        ("5.1-5", {"settings": PolicySettings(failures_before_ban=21)}, Level.PARTLY),
        (
            "5.1-5",
            {"settings": PolicySettings(failed_registrations_per_minute=9)},
            Level.PARTLY,
        ),
        ("5.1-5", {"settings": PolicySettings(failures_before_ban=5)}, Level.MET),
        (PEOPLE, {"administrators_without_mfa": 1}, Level.PARTLY),
        (
            PEOPLE,
            {"administrators_without_mfa": 1, "mfa_required": False},
            Level.NOT_MET,
        ),
        ("5.3-9", {"firmware_signed": False}, Level.PARTLY),
        (FIRMWARE, {"firmware_versions": 2}, Level.PARTLY),
        (FIRMWARE, {"devices_in_safe_mode": 1}, Level.NOT_MET),
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
        (STRANGERS, {"approval_required": False}, Level.PARTLY),
        (STRANGERS, {"honeypot_enabled": False}, Level.PARTLY),
        (CHANGES, {"quarantined": 1}, Level.PARTLY),
        (CHANGES, {"audit_intact": False}, Level.NOT_MET),
        (CHANGES, {"audit_cuts": 1}, Level.PARTLY),
        (COPY, {"last_backup": None}, Level.PARTLY),
        (COPY, {"last_backup": STALE_BACKUP + 1.0}, Level.PARTLY),
    ],
)
def test_each_weakness_is_seen_and_has_a_remedy(
    check: str, changes: dict[str, Any], level: Level
) -> None:
    found = finding(check, **changes)
    assert found.level is level
    assert found.because
    assert bool(found.what_to_do) == (level is not Level.MET)


def test_a_weakness_costs_points() -> None:
    best = assess(Installation(**BEST)).score
    partly = assess(Installation(**(BEST | {"quarantined": 1}))).score
    missed = assess(Installation(**(BEST | {"audit_intact": False}))).score
    assert best > partly > missed


def test_provisions_are_those_of_the_standard_and_own_checks_carry_no_number() -> None:
    """Each once; who looks a number up finds what we speak of."""
    findings = assess(Installation(**BEST)).findings
    numbers = [found.provision for found in findings if found.provision is not None]
    assert sorted(numbers) == sorted(PROVISIONS)
    own = [found.topic for found in findings if found.provision is None]
    assert sorted(own) == sorted(OWN_CHECKS)
