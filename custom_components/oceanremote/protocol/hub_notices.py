"""What the hub tells a device in its session and waits for no answer to."""

from . import messages as m
from .addresses import Addresses
from .errors import LocalProtocolError
from .health import ReportHealth
from .hub_keys import HubKeyPhase, NewHubKey
from .hub_link import HubLink
from .readings import ReadingsTaken
from .requests import Imported
from .updates import AbandonUpdate, InstallUpdate, OfferUpdate, UpdateChunk


class HubNotices:
    """The part of `HubConnection` that only tells; see there."""

    def __init__(self, link: HubLink) -> None:
        """Tell by `link`, once the session has been welcomed."""
        self._link = link
        self._welcomed = False

    def send_imported(self, imported: Imported, now: float) -> None:
        """Tell what an imported entity says; not more often than the device takes."""
        self._notify(imported, now)

    def readings_taken(self, taken: ReadingsTaken, now: float) -> None:
        """Tell which readings are on disk, or left out for good."""
        self._notify(taken, now)

    def send_time(self, now: float, zone: str = "") -> None:
        """Tell the device the hub's wall clock, and its zone in the form of POSIX."""
        self._notify(m.Time(self._link.time_ms(), zone), now)

    def subscribe_logs(self, level: int, now: float) -> None:
        """Ask for log lines up to `level`, for none with 0."""
        self._notify(m.SubscribeLogs(level), now)

    def tell_addresses(self, addresses: Addresses, now: float) -> None:
        """Tell where the hub can be reached.

        Only to a device that has said `AddressesReported`: any other ends the link.
        """
        self._notify(addresses, now)

    def tell_hub_key(self, phase: HubKeyPhase, key: bytes, now: float) -> None:
        """Tell the public half of a hub key; `HubKeyReported` is the answer.

        Only for a device whose facts say `takes_hub_keys`: any other ends the link.
        """
        self._notify(NewHubKey(phase, key), now)

    def stay_awake(self, awake: bool, now: float) -> None:
        """Hold a device that sleeps, on this link, until told otherwise.

        Only for a device whose facts say `sleeps`: any other ends the link.
        """
        self._notify(m.StayAwake(awake), now)

    def report_health(self, seconds: int, now: float) -> None:
        """Ask a device how it fares, every so many seconds; never with 0.

        Only one whose facts say `reports_health` knows the message.
        """
        self._notify(ReportHealth(seconds), now)

    def send_update(
        self,
        message: OfferUpdate | UpdateChunk | AbandonUpdate | InstallUpdate,
        now: float,
    ) -> None:
        """Offer new firmware, or go on with what was offered.

        Only for a device whose facts say `updates`: any other ends the link. Raises
        `LocalProtocolError`, also where the message is larger than the device takes.
        """
        self._notify(message, now)

    def _notify(self, message: m.HubMessage, now: float) -> None:
        self._require(self._welcomed, "no session has been welcomed")
        self._link.send(message, now)

    def _require(self, condition: bool, otherwise: str) -> None:
        if not condition:
            raise LocalProtocolError(otherwise)
