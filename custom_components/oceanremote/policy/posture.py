"""Self-test: how an installation measures up to ETSI EN 303 645, and what to do.

The provisions are named by their numbers in V3.1.3 and described in our own words.
Only those that this product or its owner can meet are here; what cannot be seen from
the inside is not guessed. Checks of our own, which the standard does not ask for, carry
no number. No finding is a certificate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .settings import DAY, PolicySettings

OLD_TOKEN: Final = 365 * DAY
STALE_BACKUP: Final = 3 * DAY


class Level(StrEnum):
    """How a provision is met."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the self-test looks at; ages in seconds, None where there is none."""

    settings: PolicySettings
    devices: int = 0
    every_address_encrypted: bool = False
    public_plain_address: bool = False
    administrators: int = 1
    administrators_without_mfa: int = 0
    mfa_required: bool = False
    approval_required: bool = False
    honeypot_enabled: bool = True
    vault_key_outside: bool = False
    oldest_permanent_token: float | None = None
    expired_open_tokens: int = 0
    devices_in_safe_mode: int = 0
    firmware_versions: int = 1
    firmware_signed: bool = False
    quarantined: int = 0
    open_bans: int = 0
    audit_intact: bool = True
    audit_cuts: int = 0
    last_backup: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: how it is met, why, and what to do (empty where nothing is).

    `provision` is the number in the standard, None for a check of our own.
    """

    provision: str | None
    topic: str
    level: Level
    because: str
    what_to_do: str = ""


@dataclass(frozen=True, slots=True)
class Posture:
    """All findings, and the share of checks that are met, in per cent."""

    findings: tuple[Finding, ...]

    @property
    def score(self) -> int:
        """Met counts whole, partly half; rounded down."""
        weight = {Level.MET: 2, Level.PARTLY: 1, Level.NOT_MET: 0}
        points = sum(weight[finding.level] for finding in self.findings)
        return 100 * points // (2 * len(self.findings))

    @property
    def to_do(self) -> tuple[Finding, ...]:
        """What is not met, worst first."""
        order = [Level.NOT_MET, Level.PARTLY]
        open_findings = [f for f in self.findings if f.level in order]
        return tuple(sorted(open_findings, key=lambda f: order.index(f.level)))


type _Judgement = tuple[Level, str, str]


def _always(because: str) -> Callable[[Installation], _Judgement]:
    """For what the product does by construction, tested elsewhere."""
    return lambda _: (Level.MET, because, "")


def _brute_force(it: Installation) -> _Judgement:
    settings = it.settings
    default = PolicySettings()
    limited = (
        settings.failures_before_ban <= default.failures_before_ban
        and settings.failed_registrations_per_minute
        <= default.failed_registrations_per_minute
    )
    if limited:
        return (
            Level.MET,
            (
                f"{settings.failures_before_ban} failures ban an address; {it.open_bans} "
                "are banned now"
            ),
            "",
        )
    return (
        Level.PARTLY,
        "the limits are looser than the defaults",
        "Set failures before a ban and registration attempts back to their defaults.",
    )


def _administrators(it: Installation) -> _Judgement:
    if it.administrators_without_mfa == 0:
        return Level.MET, "every administrator has multi-factor authentication", ""
    level = Level.PARTLY if it.mfa_required else Level.NOT_MET
    return (
        level,
        (
            f"{it.administrators_without_mfa} of {it.administrators} administrators have "
            "no multi-factor authentication"
        ),
        "Let them switch it on in their profile; require it for device actions.",
    )


def _storage(it: Installation) -> _Judgement:
    if it.vault_key_outside:
        return Level.MET, "the vault is sealed and its key lies elsewhere", ""
    return (
        Level.PARTLY,
        "the vault is sealed, but its key lies next to it and in the same backups",
        "Name a key file on another medium, under Reconfigure.",
    )


def _tokens(it: Installation) -> _Judgement:
    if it.oldest_permanent_token is not None and it.oldest_permanent_token > OLD_TOKEN:
        return (
            Level.PARTLY,
            (
                f"the oldest permanent token is {int(it.oldest_permanent_token / DAY)} days "
                "old"
            ),
            "Regenerate the tokens of old devices, or let the options renew them.",
        )
    if it.expired_open_tokens:
        return (
            Level.PARTLY,
            f"{it.expired_open_tokens} devices are waiting with an expired registration token",
            "Issue a new token, or remove devices that will never connect.",
        )
    return Level.MET, "every device has secrets of its own, none of them old", ""


def _transport(it: Installation) -> _Judgement:
    if it.every_address_encrypted:
        return Level.MET, "sessions are encrypted end to end, inside TLS", ""
    if it.public_plain_address:
        return (
            Level.PARTLY,
            "sessions are encrypted end to end, but a public address is plain HTTP",
            "Let only /api/oceanremote/connect pass there, so that nobody logs in over it.",
        )
    return (
        Level.MET,
        "sessions are encrypted end to end; plain addresses are on this network only",
        "",
    )


def _updates(it: Installation) -> _Judgement:
    if it.firmware_signed:
        return Level.MET, "updates are signed and checked before they are applied", ""
    return (
        Level.PARTLY,
        "updates need the OTA password, but carry no signature",
        "Keep the OTA password secret and update on your own network only.",
    )


def _firmware(it: Installation) -> _Judgement:
    if it.devices_in_safe_mode:
        return (
            Level.NOT_MET,
            f"{it.devices_in_safe_mode} devices run in safe mode",
            "Read their logs and install a working firmware.",
        )
    if it.firmware_versions > 1:
        return (
            Level.PARTLY,
            f"devices run {it.firmware_versions} different versions of ESPHome",
            "Update the older ones.",
        )
    return Level.MET, "all devices run the same version of ESPHome", ""


def _strangers(it: Installation) -> _Judgement:
    if it.approval_required and it.honeypot_enabled:
        return (
            Level.MET,
            "new devices wait for approval, scanners are trapped",
            "",
        )
    missing = "approval of new devices" if it.honeypot_enabled else "the honeypot"
    return (
        Level.PARTLY,
        f"{missing} is switched off",
        f"Switch {missing} on in the options.",
    )


def _integrity(it: Installation) -> _Judgement:
    if not it.audit_intact:
        return (
            Level.NOT_MET,
            "the audit log was changed",
            (
                "Export it, find out who can write to the configuration folder, and start "
                "from a backup that you trust."
            ),
        )
    if it.audit_cuts:
        return (
            Level.PARTLY,
            "the audit log reports that records are missing",
            (
                "oceanremote.verify_audit says where. If no backup was restored at that "
                "time, find out who can write to the configuration folder."
            ),
        )
    if it.quarantined:
        return (
            Level.PARTLY,
            f"{it.quarantined} devices are quarantined",
            "Decide on each: register it again, release or revoke.",
        )
    return Level.MET, "the audit log holds and no device is under suspicion", ""


def _backup(it: Installation) -> _Judgement:
    if it.last_backup is None or it.last_backup > STALE_BACKUP:
        return (
            Level.PARTLY,
            "there is no recent sealed backup of the vault",
            "Check the log for why the daily backup failed.",
        )
    return Level.MET, "the vault is backed up", ""


_CHECKS: Final[
    tuple[tuple[str | None, str, Callable[[Installation], _Judgement]], ...]
] = (
    ("5.1-1", "no universal passwords", _always("every token and key is random")),
    ("5.1-5", "guessing over the network", _brute_force),
    ("5.3-9", "authentic updates", _updates),
    ("5.4-1", "secrets stored securely", _storage),
    (
        "5.4-3",
        "no secrets in source code",
        _always(
            "the YAML carries a token for one use within a day, and no lasting secret"
        ),
    ),
    ("5.4-4", "secrets unique per device", _tokens),
    (
        "5.5-1",
        "best practice cryptography",
        _always("Noise IKpsk2 with X25519, ChaCha20-Poly1305 and SHA-256"),
    ),
    (
        "5.5-5",
        "settings only after authentication",
        _always("only administrators enroll, revoke, rotate and change limits"),
    ),
    ("5.5-7", "confidential in transit", _transport),
    (
        "5.6-2",
        "nothing told to strangers",
        _always("one generic answer on the wire; identities are encrypted"),
    ),
    (
        "5.9-3",
        "orderly return to the network",
        _always("devices wait longer each time, each for a random time"),
    ),
    (
        "5.10-1",
        "telemetry is examined",
        _always("counters, floods and refusals are watched and audited"),
    ),
    (
        "5.11-1",
        "data can be erased",
        _always("revoking wipes a device, removing the entry wipes the vault"),
    ),
    (
        "5.13-1A",
        "input is validated",
        _always("every parser is bounded, fuzzed and closes the link on bad input"),
    ),
    (None, "strong authentication of people", _administrators),
    (None, "firmware in order", _firmware),
    (None, "strangers kept at a distance", _strangers),
    (None, "changes are noticed", _integrity),
    (None, "a copy of the vault", _backup),
)


def assess(installation: Installation) -> Posture:
    """Make every check."""
    return Posture(
        tuple(
            Finding(provision, topic, *judge(installation))
            for provision, topic, judge in _CHECKS
        )
    )
