"""Places for connections that have not proved themselves yet.

Places are bounded per address and in all; some are reserved for connections from an
address with a device behind it, or with the ticket of a last session. A socket costs
nothing to open and to keep silent. So when all places are taken, a random one of those
that have been silent for SILENT_AFTER gives way to the newcomer: a device has sent its
INIT by then, and nobody can choose which connection is thrown out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
import hashlib
from typing import Final

from .clients import ClientAddress
from .limits import Denial, DeniedError, Lane
from .settings import PolicySettings

# For a refusal that no bucket can put a time to: try again when others have gone.
BUSY_RETRY: Final = 2.0
# Seconds without an INIT after which a connection may have to give way.
SILENT_AFTER: Final = 2.0
# A board that was cut off dials again before the hub knows; a thief of its ticket
# gets no more than this.
PLACES_PER_HOLDER: Final = 2


class Purpose(StrEnum):
    """What an INIT says it is for."""

    REGISTRATION = "registration"
    SESSION = "session"


def _nobody() -> None:
    """Give way: nothing is there to close yet."""


@dataclass(slots=True, eq=False)
class Ticket:
    """One connection on its way to a proof; close it exactly when the socket ends.

    `holder` is the device whose return ticket was shown, perhaps by an eavesdropper
    who read it. `give_way` ends the connection: another one has its place.
    """

    address: ClientAddress
    lane: Lane
    handshake_timeout: int
    opened_at: float
    holder: str | None = None
    give_way: Callable[[], None] = field(default=_nobody, init=False)
    counted: bool = field(default=False, init=False)
    purpose: Purpose | None = field(default=None, init=False)

    @property
    def crowd(self) -> str | None:
        """Who shares a bound with it; None where too many strangers would."""
        if self.holder is not None:
            return f"ticket {self.holder}"
        return None if self.address.shared else self.address.key

    def may_give_way(self, now: float) -> bool:
        """Whether it has been silent so long that it may have to give way."""
        return self.purpose is None and now - self.opened_at > SILENT_AFTER


class Places:
    """The connections that have a place now."""

    def __init__(self, settings: PolicySettings, seed: bytes) -> None:
        """`seed` is secret randomness: nobody can foresee who has to give way."""
        self.settings = settings
        self._seed = seed[:64]
        self._draws = 0
        self._crowds: dict[str, dict[Ticket, None]] = {}
        self._general: dict[Ticket, None] = {}
        self._reserved: dict[Ticket, None] = {}

    def __len__(self) -> int:
        """Return the number of taken places."""
        return len(self._general) + len(self._reserved)

    @property
    def crowds(self) -> int:
        """The number of addresses, and of tickets, that have places."""
        return len(self._crowds)

    def take(self, ticket: Ticket, now: float, *, vouched: int) -> None:
        """Give a place; raises DeniedError if there is none and nobody gives way.

        `vouched` is the number of devices that vouch for the address.
        """
        crowd = self._crowds.get(ticket.crowd or "", {})
        if ticket.crowd is not None and len(crowd) >= self._most(ticket, vouched):
            self._displace(crowd, now, Denial.ADDRESS_CONNECTIONS)
        pool = self._pool_for(ticket, now, preferred=vouched > 0)
        pool[ticket] = None
        if ticket.crowd is not None:
            self._crowds.setdefault(ticket.crowd, {})[ticket] = None
        ticket.counted = True

    def free(self, ticket: Ticket) -> None:
        """The connection is proved, or has ended; safe to call again."""
        if not ticket.counted:
            return
        ticket.counted = False
        self._general.pop(ticket, None)
        self._reserved.pop(ticket, None)
        if ticket.crowd is not None:
            crowd = self._crowds[ticket.crowd]
            del crowd[ticket]
            if not crowd:
                del self._crowds[ticket.crowd]

    def _most(self, ticket: Ticket, vouched: int) -> int:
        if ticket.holder is not None:
            return PLACES_PER_HOLDER
        if ticket.lane is Lane.SLOW:
            return self.settings.slow_lane_connections
        return self.settings.unproved_per_address + vouched

    def _pool_for(
        self, ticket: Ticket, now: float, *, preferred: bool
    ) -> dict[Ticket, None]:
        """Return the pool with room, having made some if need be."""
        general = (self._general, self.settings.unproved_total)
        reserved = (self._reserved, self.settings.unproved_reserved)
        pools = [general]
        if ticket.holder is not None:
            pools = [reserved, general]
        elif preferred:
            pools = [general, reserved]
        for pool, most in pools:
            if len(pool) < most:
                return pool
        if ticket.lane is Lane.SLOW:
            raise DeniedError(Denial.HUB_CONNECTIONS, BUSY_RETRY)
        pool = pools[0][0]
        self._displace(pool, now, Denial.HUB_CONNECTIONS)
        return pool

    def _displace(self, among: Iterable[Ticket], now: float, denial: Denial) -> None:
        silent = [ticket for ticket in among if ticket.may_give_way(now)]
        if not silent:
            raise DeniedError(denial, BUSY_RETRY)
        victim = silent[self._draw(len(silent))]
        self.free(victim)
        victim.give_way()

    def _draw(self, count: int) -> int:
        self._draws += 1
        text = self._draws.to_bytes(8)
        digest = hashlib.blake2b(text, key=self._seed, digest_size=8).digest()
        return int.from_bytes(digest) % count
