"""Which device each proved link belongs to, and to which registration of it.

A registration ends the identity before it. Its links are told and closed at once: a
board that was replaced is no copy, and only links of one identity can be two copies.
"""

from collections.abc import Callable
from typing import NamedTuple

from homeassistant.core import callback

from ..device.coordinator import DeviceCoordinator
from ..protocol import (
    AddressesReported,
    AddressesStored,
    HubEvent,
    HubKeyReported,
    LocalProtocolError,
    TunnelReceived,
)
from ..protocol.tunnels import TunnelNews
from ..transport.link import Link, LongEvent

type OnTunnel = Callable[[Link, DeviceCoordinator, TunnelNews], None]


class _Owner(NamedTuple):
    coordinator: DeviceCoordinator
    identity: str | None


class LinkOwners:
    """Every link that holds a session."""

    def __init__(
        self, on_addresses: Callable[[Link, DeviceCoordinator, AddressesStored], None]
    ) -> None:
        """Know no link; `on_addresses` takes what a device says of addresses."""
        self._on_addresses = on_addresses
        self._on_tunnel: OnTunnel = lambda link, owner, news: None
        # Takes the id of a hub key that a device holds.
        self.on_hub_key: Callable[[Link, DeviceCoordinator, bytes], None] = lambda *_: (
            None
        )
        self._owners: dict[Link, _Owner] = {}

    def of(self, link: Link) -> DeviceCoordinator | None:
        """Return the device that a link belongs to."""
        owner = self._owners.get(link)
        return None if owner is None else owner.coordinator

    @callback
    def on_tunnel(self, take: OnTunnel) -> None:
        """Have `take` hear what devices say of their tunnels."""
        self._on_tunnel = take

    @callback
    def set(self, link: Link, coordinator: DeviceCoordinator) -> bool:
        """Give a link to a device as it is registered now; return if it was its own."""
        known = self.of(link) is coordinator
        self._owners[link] = _Owner(coordinator, coordinator.identity)
        return known

    @callback
    def pop(self, link: Link) -> DeviceCoordinator | None:
        """Forget a link; return the device that it belonged to."""
        owner = self._owners.pop(link, None)
        return None if owner is None else owner.coordinator

    @callback
    def end(self, coordinator: DeviceCoordinator) -> None:
        """Tell a device that it is revoked, and close every link of it."""
        for link in self._links(coordinator):
            _end_revoked(link)

    @callback
    def end_former(self, coordinator: DeviceCoordinator) -> list[Link]:
        """Tell and close the links of every identity that a device has no more."""
        present = coordinator.identity
        former = [
            link
            for link in self._links(coordinator)
            if self._owners[link].identity != present
        ]
        for link in former:
            _end_revoked(link)
        return former

    @callback
    def handle_event(self, link: Link, event: HubEvent) -> None:
        """Hand an event to the device that the link belongs to."""
        if (owner := self.of(link)) is None:
            return
        match event:
            case AddressesReported():
                self._on_addresses(link, owner, event.stored)
            case HubKeyReported():
                self.on_hub_key(link, owner, event.key_id)
            case TunnelReceived():
                self._on_tunnel(link, owner, event.news)
            case _:
                owner.handle_event(link, event)

    async def async_handle_event(self, link: Link, event: LongEvent) -> None:
        """Hand an event that takes its time to the device of the link."""
        if (owner := self.of(link)) is not None:
            await link.async_finish("an event", owner.async_handle_event(link, event))

    def _links(self, coordinator: DeviceCoordinator) -> list[Link]:
        return [
            link
            for link, owner in self._owners.items()
            if owner.coordinator is coordinator
        ]


def _end_revoked(link: Link) -> None:
    try:
        link.connection.send_revoked(link.now())
        link.flush()
    except LocalProtocolError:
        # Its session ended at this moment: it hears at its next connection.
        pass
    link.close(detail="revoked")
