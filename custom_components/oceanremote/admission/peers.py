"""What admission looks at in a link; transport's links are such."""

from typing import Protocol

from ..policy.places import Ticket
from ..protocol import HubConnection, LinkClosed


class AdmittedLink(Protocol):
    """A link that was let in with a ticket."""

    ticket: Ticket
    connection: HubConnection
    closed_event: LinkClosed | None

    @property
    def refused(self) -> bool:
        """Whether the hub has ended it because of what the peer did."""
