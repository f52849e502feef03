"""The pings of a link: sent when they are due, each answered in time."""

from . import events as e, messages as m
from .hub_ledgers import PingLedger
from .hub_link import HubLink
from .keys import RandomSource
from .lookup import HubSettings


class HubPings:
    """Asks for proofs of life and takes them; when, `PingLedger` knows."""

    def __init__(
        self, link: HubLink, settings: HubSettings, random: RandomSource
    ) -> None:
        """Start idle; `begin` of the ledger starts the clock."""
        self._link = link
        self.ledger = PingLedger(settings.ping_interval, settings.ping_timeout, random)

    def send(self, now: float) -> bytes:
        """Ask for a proof of life and return its nonce."""
        nonce = self.ledger.new_nonce()
        self._link.send(m.Ping(nonce), now)
        self.ledger.add(nonce, now)
        return nonce

    def take(self, pong: m.Pong, now: float) -> e.PongReceived:
        """Take an answer; raises `RemoteProtocolError` for one to no ping of ours."""
        return e.PongReceived(pong.nonce, self.ledger.answer(pong.nonce, now))
