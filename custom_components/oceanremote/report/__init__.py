"""The security report: what guessing costs, and how sound this installation is."""

import time
from typing import Any
from urllib.parse import urlsplit

from ..common.access import async_administrators_without_mfa
from ..common.const import CONF_KEY_PATH
from ..hub import Hub
from ..hub.daily_backup import age_in_seconds
from ..policy import analysis, posture
from ..policy.audit.check import Report
from ..policy.clients import AddressInvalidError, parse_address
from ..policy.trust import Standing

_LOCAL_SUFFIXES = (".local", ".lan", ".home", ".internal", ".home.arpa")


def _is_public_plain(url: str) -> bool:
    """Whether an address is plain HTTP under a name or address of the internet."""
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "http"):
        return False
    host = parts.hostname or ""
    try:
        address = parse_address(host)
    except AddressInvalidError:
        return "." in host and not host.endswith(_LOCAL_SUFFIXES)
    return address.is_global


async def async_report(hub: Hub) -> dict[str, Any]:
    """Return the security report of a hub as JSON values."""
    installation = await _async_installation(hub)
    open_tokens = sum(
        record.registration is not None and not record.registration.used
        for record in hub.vault.devices.values()
    )
    return _report_of(installation, open_tokens)


async def _async_installation(hub: Hub) -> posture.Installation:
    """Gather what the self-test looks at."""
    administrators, without = await async_administrators_without_mfa(hub.hass)
    audit = await _async_verified(hub)
    options, urls = hub.security.options, hub.urls
    records = list(hub.vault.devices.values())
    facts = [device.facts for device in hub.coordinators.values() if device.facts]
    now = time.time()
    ages = [
        now - record.oldest_token_at
        for record in records
        if record.trusted and record.oldest_token_at is not None
    ]
    return posture.Installation(
        settings=options.limits,
        devices=sum(record.trusted for record in records),
        every_address_encrypted=bool(urls)
        and all(urlsplit(url).scheme in ("wss", "https") for url in urls),
        public_plain_address=any(_is_public_plain(url) for url in urls),
        administrators=administrators,
        administrators_without_mfa=len(without),
        mfa_required=options.mfa_required,
        approval_required=options.approval_required,
        honeypot_enabled=options.honeypot,
        vault_key_outside=CONF_KEY_PATH in hub.entry.data,
        oldest_permanent_token=max(ages, default=None),
        expired_open_tokens=sum(
            record.registration is not None
            and not record.registration.used
            and record.registration.is_over(now)
            for record in records
        ),
        devices_in_safe_mode=sum(fact.safe_mode for fact in facts),
        firmware_versions=len({fact.esphome_version for fact in facts}),
        quarantined=sum(record.standing is Standing.QUARANTINED for record in records),
        open_bans=len(hub.admission.policy.bans.active(now)),
        audit_intact=audit is not None and audit.only_known,
        audit_cuts=0 if audit is None else len(audit.breaks),
        last_backup=age_in_seconds(hub.security.backup.last),
    )


async def _async_verified(hub: Hub) -> Report | None:
    """Return what a verification of the log finds; None if it cannot be read."""
    try:
        return await hub.security.trail.log.verify()
    except OSError:
        return None


def _report_of(installation: posture.Installation, open_tokens: int) -> dict[str, Any]:
    """Return the report as JSON values."""
    found = posture.assess(installation)
    attacker = analysis.Attacker()
    table = analysis.rows(
        installation.settings,
        attacker,
        open_tokens=max(1, open_tokens),
        devices=max(1, installation.devices),
    )
    return {
        "score": found.score,
        "findings": [
            {
                "provision": finding.provision,
                "topic": finding.topic,
                "level": finding.level.value,
                "because": finding.because,
                "what_to_do": finding.what_to_do,
            }
            for finding in found.findings
        ],
        "attacker": {
            "requests_per_second": attacker.requests_per_second,
            "seconds": attacker.seconds,
        },
        "guessing": [
            {
                "target": row.target,
                "one_guess": analysis.power_of_two(row.one_guess),
                "without_limits": analysis.power_of_ten(row.unlimited),
                "with_rate_limits": analysis.power_of_ten(row.rate_limited),
                "with_limits_and_bans": analysis.power_of_ten(row.banned),
                "from_10000_addresses": analysis.power_of_ten(row.many_addresses),
                "remark": row.remark,
            }
            for row in table
        ],
        "corrections": [
            {"claim": row.claim, "correct": row.correct, "because": row.why}
            for row in analysis.corrections()
        ],
    }
