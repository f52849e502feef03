"""Bans: expiring, bounded, persisted.

Times are wall-clock seconds, because bans survive a restart. A clock set back
prolongs a ban by at most its own duration.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
import math
from typing import Any, Final

from .clients import AddressInvalidError, parse_key

FORMAT: Final = 1
_MAX_REASON: Final = 64


class StoredStateInvalidError(ValueError):
    """A stored table cannot be read; start with an empty one and report it."""


class BanSource(StrEnum):
    """Who banned."""

    FAILURES = "failures"
    HONEYPOT = "honeypot"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Ban:
    """One banned address key, from `since` until `until` (exclusive)."""

    key: str
    since: float
    until: float
    source: BanSource
    reason: str = ""


class BanTable:
    """At most `capacity` bans; when full, the one that ends soonest makes room.

    Bans of an administrator are never displaced by automatic ones. A stranger with
    more addresses than the table holds can displace their own bans; they could just
    as well have used a fresh address, and limits and budgets do not depend on bans.
    """

    def __init__(self, duration: float, capacity: int) -> None:
        """`duration` is that of automatic bans."""
        self._duration = duration
        self._capacity = capacity
        # Automatic bans last equally long, so insertion order is the order of expiry.
        self._automatic: OrderedDict[str, Ban] = OrderedDict()
        self._manual: OrderedDict[str, Ban] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of bans, expired ones not yet swept included."""
        return len(self._automatic) + len(self._manual)

    def ban(
        self,
        key: str,
        now: float,
        source: BanSource,
        *,
        reason: str = "",
        duration: float | None = None,
    ) -> Ban:
        """Ban an address key anew from `now`; `duration` is an administrator's.

        An administrator's ban stands: an automatic one does not replace it.
        Raises OverflowError when administrators have filled the whole table.
        """
        self._sweep(now)
        standing = self._manual.get(key)
        if source is not BanSource.ADMINISTRATOR and standing is not None:
            return standing
        lasts = self._duration if duration is None else duration
        new = Ban(key, now, now + lasts, source, reason[:_MAX_REASON])
        self.unban(key)
        if len(self) >= self._capacity:
            if not self._automatic:
                raise OverflowError("the ban table is full")
            self._automatic.popitem(last=False)
        table = self._manual if source is BanSource.ADMINISTRATOR else self._automatic
        table[key] = new
        return new

    def unban(self, key: str) -> Ban | None:
        """Lift a ban; return it if there was one."""
        automatic = self._automatic.pop(key, None)
        return self._manual.pop(key, automatic)

    def find(self, key: str, now: float) -> Ban | None:
        """Return the ban in force, if any; an expired one is dropped for good."""
        for table in (self._manual, self._automatic):
            if (ban := table.get(key)) is None:
                continue
            if now >= ban.until:
                del table[key]
                continue
            if now < ban.since:
                # The clock was set back: at most the whole duration again.
                ban = replace(ban, since=now, until=now + (ban.until - ban.since))
                table[key] = ban
            return ban
        return None

    def active(self, now: float) -> tuple[Ban, ...]:
        """Return every ban in force, those that end soonest first."""
        keys = [*self._manual, *self._automatic]
        found = (self.find(key, now) for key in keys)
        return tuple(sorted(filter(None, found), key=lambda ban: (ban.until, ban.key)))

    def dump(self, now: float) -> dict[str, Any]:
        """Return the bans in force as JSON values."""
        bans = [
            [ban.key, ban.since, ban.until, ban.source.value, ban.reason]
            for ban in self.active(now)
        ]
        return {"format": FORMAT, "bans": bans}

    def load(self, data: Mapping[str, Any], now: float) -> None:
        """Replace the table by what `dump` returned; expired bans are left out.

        Raises StoredStateInvalidError and changes nothing for anything else.
        """
        try:
            if data["format"] != FORMAT:
                raise StoredStateInvalidError("unknown format of stored bans")
            bans = [_read_ban(*row) for row in data["bans"]]
        except (AddressInvalidError, KeyError, TypeError, ValueError) as err:
            raise StoredStateInvalidError("stored bans are damaged") from err
        in_force = [ban for ban in bans if ban.until > now]
        in_force.sort(key=lambda ban: ban.until)
        kept = in_force[-self._capacity :]
        manual = [ban for ban in kept if ban.source is BanSource.ADMINISTRATOR]
        automatic = [ban for ban in kept if ban.source is not BanSource.ADMINISTRATOR]
        self._manual = OrderedDict((ban.key, ban) for ban in manual)
        self._automatic = OrderedDict((ban.key, ban) for ban in automatic)

    def _sweep(self, now: float) -> None:
        """Drop expired automatic bans; their insertion has paid for the work."""
        while self._automatic:
            key, ban = next(iter(self._automatic.items()))
            if now < ban.until:
                return
            del self._automatic[key]


def _read_ban(key: str, since: float, until: float, source: str, reason: str) -> Ban:
    if not (math.isfinite(since) and math.isfinite(until) and since <= until):
        raise StoredStateInvalidError("a stored ban has impossible times")
    if not (isinstance(key, str) and isinstance(reason, str)):
        raise StoredStateInvalidError("a stored ban has no readable text")
    return Ban(parse_key(key), since, until, BanSource(source), reason[:_MAX_REASON])
