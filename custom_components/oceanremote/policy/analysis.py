"""How likely guessing is: exact arithmetic over the live settings.

Everything is an integer or a fraction; logarithms only serve the display. A guess is
one handshake, because only the hub can tell that a key is wrong. Somebody who holds a
device's private key can try tokens offline against one answer of the hub, so limits do
not apply there.
A bound says "at most": it gives the attacker every request that the limits let through,
the worst address to send it from, and a new guess each time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
import math
from typing import Final

from .settings import DAY, PolicySettings, budget

MAC_UNKNOWN_BITS: Final = 24
TOKEN_BITS: Final = 256
SESSION_ID_BITS: Final = 128
# RFC 7748 section 5 fixes five of the 256 bits of an X25519 private key.
DEVICE_KEY_BITS: Final = 251
# Poly1305: a forged message of L blocks of 16 bytes passes with at most 8 L / 2^106.
_POLY1305_BITS: Final = 106
_MANY: Final = 10_000
_HEADINGS: Final = (
    f"| {{}} | rate limits | limits and bans | the same from {_MANY:,} addresses, "
    "shared ones among them |{}"
)
_LARGEST_FRAME_BLOCKS: Final = (8192 + 48) // 16 + 1


@dataclass(frozen=True, slots=True)
class Attacker:
    """What an attacker without any stolen secret can do, knowing the hub's public key.

    `shared`: the attacker also comes from an address that many share by nature, to
    which no limit per address and no ban applies.
    """

    requests_per_second: int = 100
    seconds: int = 30 * DAY
    addresses: int = 1
    shared: bool = False

    @property
    def requests(self) -> int:
        """Everything that the attacker sends."""
        return self.requests_per_second * self.seconds


@dataclass(frozen=True, slots=True)
class Guesses:
    """How many guesses reach the hub's cryptography."""

    unlimited: int
    rate_limited: int
    banned: int


type Counting = Callable[[PolicySettings, Attacker], Guesses]


@dataclass(frozen=True, slots=True)
class Row:
    """One target: the success of one guess, and of all that an attacker gets."""

    target: str
    one_guess: Fraction
    unlimited: Fraction
    rate_limited: Fraction
    banned: Fraction
    many_addresses: Fraction
    remark: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A claim of the documents that the product was commissioned with, put right."""

    claim: str
    correct: str
    why: str


def success(guesses: int, one_guess: Fraction) -> Fraction:
    """Return the probability that at least one of so many different guesses is right.

    Exact for guesses without repetition of one secret; an upper bound for others.
    """
    return min(Fraction(1), guesses * one_guess)


def through(attacker: Attacker, per_second: Fraction, burst: int) -> int:
    """Return how many requests pass a token bucket within the attacker's time."""
    return min(attacker.requests, burst + math.floor(per_second * attacker.seconds))


def session_guesses(settings: PolicySettings, attacker: Attacker) -> Guesses:
    """Return the guesses with purpose "session"."""
    limit = settings.api_requests_per_second
    per_address = through(attacker, Fraction(limit), limit)
    shared = 0
    if attacker.shared:
        shared = _budget(settings.shared_handshakes_per_second, attacker)
    # The attacker's own address is a stranger's, or one behind which a device lives.
    own = _budget(settings.stranger_handshakes_per_second, attacker) + _budget(
        settings.familiar_handshakes_per_second, attacker
    )
    return _guesses(settings, attacker, per_address, own, shared)


def registration_guesses(settings: PolicySettings, attacker: Attacker) -> Guesses:
    """Return the guesses with purpose "registration", all of them wrong so far."""
    limit = settings.failed_registrations_per_minute
    per_address = through(attacker, Fraction(limit, 60), limit)
    of_all = _budget(settings.registrations_per_second, attacker)
    shared = of_all if attacker.shared else 0
    found = _guesses(settings, attacker, per_address, of_all, shared)
    return Guesses(
        found.unlimited, min(found.rate_limited, of_all), min(found.banned, of_all)
    )


def _offline_guesses(settings: PolicySettings, attacker: Attacker) -> Guesses:
    """Return the guesses that no limit of the hub applies to."""
    return Guesses(attacker.requests, attacker.requests, attacker.requests)


def _guesses(
    settings: PolicySettings,
    attacker: Attacker,
    per_address: int,
    own: int,
    shared: int,
) -> Guesses:
    """Join what passes from the attacker's own addresses and from shared ones."""

    def joined(each: int) -> int:
        return min(attacker.requests, min(each * attacker.addresses, own) + shared)

    punished = max(_banned(settings, attacker), _throttled(settings, attacker))
    return Guesses(
        attacker.requests, joined(per_address), joined(min(per_address, punished))
    )


def _budget(per_second: int, attacker: Attacker) -> int:
    """Return what passes a budget of all addresses."""
    rate = budget(per_second)
    return through(attacker, Fraction(per_second), rate.burst)


def _banned(settings: PolicySettings, attacker: Attacker) -> int:
    """Failures until the ban, then the slow lane, then from the beginning."""
    per_ban = (
        settings.failures_before_ban
        + settings.ban_duration // settings.slow_lane_interval
        + 1
    )
    bans = attacker.seconds // settings.ban_duration + 1
    return min(attacker.requests, bans * per_ban)


def _throttled(settings: PolicySettings, attacker: Attacker) -> int:
    """From an address with a device behind it: never banned, but slowed down.

    In any window the first failures pass at full speed, all others at the slow rate.
    """
    rate = settings.throttled_rate
    slow = through(
        attacker, Fraction(settings.throttled_handshakes_per_second), rate.burst
    )
    windows = attacker.seconds // settings.failure_window + 1
    return min(attacker.requests, windows * settings.failures_before_ban + slow)


def _row(
    settings: PolicySettings,
    attacker: Attacker,
    target: str,
    one: Fraction,
    remark: str,
    guesses: Counting = session_guesses,
) -> Row:
    """Return the chances of one target, which a guess hits with probability `one`."""
    alone, crowded = guesses(settings, attacker), guesses(settings, _crowd(attacker))
    return Row(
        target,
        one,
        success(alone.unlimited, one),
        success(alone.rate_limited, one),
        success(alone.banned, one),
        success(crowded.banned, one),
        remark,
    )


def rows(
    settings: PolicySettings,
    attacker: Attacker,
    *,
    open_tokens: int = 1,
    devices: int = 1,
) -> tuple[Row, ...]:
    """Return the table: one row per target.

    `open_tokens` registration tokens are waiting to be used all the time, `devices`
    are enrolled: an attacker who does not care which one is hit has that many targets.
    """
    row = partial(_row, settings, attacker)
    one_token = Fraction(1, 2**TOKEN_BITS)
    forgery = Fraction(8 * _LARGEST_FRAME_BLOCKS, 2**_POLY1305_BITS)
    return (
        row(
            "registration token",
            open_tokens * one_token,
            "while one is waiting to be used; it lives 24 hours",
            registration_guesses,
        ),
        row(
            "permanent token, device key stolen",
            one_token,
            "the thief has the device's private key, not its token: one answer of the "
            "hub lets them try tokens offline, limits or not",
            _offline_guesses,
        ),
        row(
            "device key, permanent token stolen",
            Fraction(1, 2**DEVICE_KEY_BITS),
            "the thief has the token, not the private key; anyone who knows the "
            "public key computes it offline with some 2^126 curve operations, limits "
            "or not",
        ),
        row(
            "permanent token and device key",
            devices * Fraction(1, 2 ** (TOKEN_BITS + DEVICE_KEY_BITS)),
            "both must be right in the same guess",
        ),
        row(
            "session id",
            devices * Fraction(1, 2**SESSION_ID_BITS),
            "no secret: it opens nothing without the session's keys",
        ),
        row(
            "one forged message in a session",
            forgery,
            "bound of Poly1305 for the largest frame; the first miss ends the link",
        ),
        row(
            "MAC address, maker known",
            Fraction(1, 2**MAC_UNKNOWN_BITS),
            "guessed or read off the air it opens nothing: it is a name, no secret",
        ),
    )


@cache
def checksum_collision(length: int = 32) -> Fraction:
    """Return how often two random tokens have the same sum of their bytes."""
    sums = [1]
    for _ in range(length):
        wider = [0] * (len(sums) + 255)
        running = 0
        for index in range(len(wider)):
            running += sums[index] if index < len(sums) else 0
            running -= sums[index - 256] if index >= 256 else 0
            wider[index] = running
        sums = wider
    return Fraction(sum(count * count for count in sums), 256 ** (2 * length))


def corrections() -> tuple[Correction, ...]:
    """Return the figures of the sources that are wrong, with the right ones."""
    attacker = Attacker()
    wide = success(attacker.requests, Fraction(1, 2**TOKEN_BITS))
    narrow = success(attacker.requests, Fraction(1, 2**SESSION_ID_BITS))
    collision = checksum_collision()
    return (
        Correction(
            "a token of 256 bits has 2^128 combinations",
            f"2^256, about {power_of_ten(Fraction(2**256))}",
            "each bit doubles the number; 2^128 is the square root of it",
        ),
        Correction(
            "a successful attack has a probability of 1 in 10^66",
            f"100 guesses a second for 30 days find a 256-bit secret with "
            f"{power_of_ten(wide)}, a 128-bit one with {power_of_ten(narrow)}",
            "the stated figures do not yield it, and layers must not be multiplied: "
            "token, MAC and key lie in the same flash and are lost together",
        ),
        Correction(
            "a 16-bit sum of the token's bytes protects it",
            f"two random tokens share their sum once in {round(1 / collision):,}, not "
            f"once in 65,536; exchanged bytes are never noticed",
            "sums of 32 bytes crowd around their mean and fill 8,161 values. A CRC-32 "
            "finds damage; only authenticated encryption finds forgery",
        ),
        Correction(
            "MAC binding is the strongest defence against cloning",
            f"a MAC address whose maker is known is guessed within "
            f"{2**MAC_UNKNOWN_BITS // (100 * 3600)} hours at 100 guesses a second",
            "it is broadcast and can be set in software. Here it only binds keys; the "
            "device key keeps a copied token out, the counter betrays a copied flash",
        ),
        Correction(
            "an attacker must break all four layers at once",
            "anyone who reads a device's flash has token, MAC and device key at once",
            "what is left then is noticing it, quarantine and revocation",
        ),
        Correction(
            "PBKDF2 with 260,000 iterations is what OWASP recommends",
            "for PBKDF2 with SHA-256 the recommendation is 600,000",
            "passwords are Home Assistant's (bcrypt); the product stores none",
        ),
    )


def power_of_two(value: Fraction) -> str:
    """Return a probability as a power of two; certainty as 1."""
    return "1" if value >= 1 else f"2^{_log2(value):.1f}"


def power_of_ten(value: Fraction) -> str:
    """Return a number with two digits and its power of ten."""
    if value == 1:
        return "1"
    exponent = math.floor(_log2(value) * math.log10(2))
    digits = round(value * Fraction(10) ** -exponent, 1)
    if digits >= 10:
        digits, exponent = Fraction(1), exponent + 1
    return f"{float(digits):.1f} · 10^{exponent}"


def _log2(value: Fraction) -> float:
    return math.log2(value.numerator) - math.log2(value.denominator)


def probability_table(table: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        _HEADINGS.format("target | one guess | no limits", " |"),
        "|---|---|---|---|---|---|---|",
    ]
    for row in table:
        cells = (
            power_of_two(row.one_guess),
            power_of_ten(row.unlimited),
            power_of_ten(row.rate_limited),
            power_of_ten(row.banned),
            power_of_ten(row.many_addresses),
        )
        lines.append(f"| {row.target} | {' | '.join(cells)} | {row.remark} |")
    return "\n".join(lines)


def _crowd(attacker: Attacker) -> Attacker:
    return replace(attacker, addresses=_MANY, shared=True)


def guesses_table(settings: PolicySettings, attacker: Attacker) -> str:
    """Return how many guesses get through, as a Markdown table."""
    crowd = _crowd(attacker)
    lines = [
        _HEADINGS.format("guesses in the whole time | sent", ""),
        "|---|---|---|---|---|",
    ]
    for name, count in (
        ("registration", registration_guesses),
        ("session", session_guesses),
    ):
        alone, crowded = count(settings, attacker), count(settings, crowd)
        lines.append(
            f"| {name} | {alone.unlimited:,} | {alone.rate_limited:,} | "
            f"{alone.banned:,} | {crowded.banned:,} |"
        )
    return "\n".join(lines)


def corrections_table(table: Iterable[Correction]) -> str:
    """Return the corrections as a Markdown table."""
    lines = ["| the source says | correct is | because |", "|---|---|---|"]
    lines += [f"| {row.claim} | {row.correct} | {row.why} |" for row in table]
    return "\n".join(lines)
