"""Tells devices where the hub can be reached, and a person who has not heard of it yet.

A device that keeps addresses says what it has stored once on every link; it is told
the present list if that is another one. What each has stored outlives a restart here,
so that those that are away can be named after the addresses have changed.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
import time
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store

from ..audit.containment import one_line
from ..common.const import ADDRESSES_STORE, DOMAIN, LOGGER
from ..device.addresses import AddressesStatus, KnownAddresses
from ..device.coordinator import DeviceCoordinator
from ..protocol import AddressesStored, LocalProtocolError, ProtocolError
from ..protocol.addresses import list_of, read_stored
from ..transport.link import Link
from .devices import DeviceManager

STORAGE_VERSION: Final = 1
SAVE_DELAY: Final = 5.0
# Many devices that come back at once are one look at all of them; seconds.
MOMENT: Final = 0.5
ISSUE_NOT_TOLD: Final = "addresses_not_told"
# In the text of the issue; the others are counted.
MAX_NAMES: Final = 20

_NOTHING: Final = AddressesStored(0)
_FIELDS: Final = ("version", "unusable", "proved")


def _read(kept: Any) -> AddressesStored | None:
    """Return what was kept of one device; raises ValueError."""
    if kept is None:
        return None
    try:
        return read_stored([kept[name] for name in _FIELDS])
    except (KeyError, TypeError, ProtocolError) as err:
        raise ValueError("no addresses") from err


class ToldAddresses:
    """What every device has stored of the hub's addresses; lives in the event loop."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        devices: DeviceManager,
        urls: Callable[[], Sequence[str]],
    ) -> None:
        """`urls` returns the present addresses, what the hub prefers first."""
        self._hass = hass
        self._entry = entry
        self._devices = devices
        self._urls = urls
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, ADDRESSES_STORE
        )
        self._open = False
        self._list = list_of(urls())
        self._changed_at: float | None = None
        # By enrolment id; None: it has no room for addresses.
        self._stored: dict[str, AddressesStored | None] = {}
        # What the device has said on its present link, and what it was told there.
        self._links: dict[DeviceCoordinator, tuple[Link, int]] = {}
        self._soon: asyncio.TimerHandle | None = None

    async def async_start(self) -> None:
        """Read what is known, and see whether the addresses are other ones now."""
        known = await self._store.async_load()
        self._open = True
        known = known if isinstance(known, dict) else {}
        devices = known.get("devices")
        for enrolment_id, kept in (
            devices if isinstance(devices, dict) else {}
        ).items():
            try:
                self._stored[enrolment_id] = _read(kept)
            except ValueError:
                LOGGER.warning("Dropped what a device had stored of the addresses")
        if isinstance(changed_at := known.get("changed_at"), int | float):
            self._changed_at = changed_at
        self._list = list_of(self._urls())
        if known.get("version", self._version) != self._version:
            self._changed_at = time.time()
        self._devices.async_subscribe(self._show)
        self._changed()

    async def async_close(self) -> None:
        """Write what is known for the last time."""
        if self._open:
            self._open = False
            self._forget_timer()
            await self._store.async_save(self._data())

    @property
    def _version(self) -> int:
        return 0 if self._list is None else self._list.version

    @callback
    def follow(self) -> None:
        """Look again at addresses and devices: one of them may have changed."""
        version, self._list = self._version, list_of(self._urls())
        if version != self._version:
            self._changed_at = time.time()
            for coordinator in tuple(self._links):
                self._tell(coordinator)
        devices = {it.enrolment_id for it in self._devices.coordinators.values()}
        self._stored = {
            enrolment_id: stored
            for enrolment_id, stored in self._stored.items()
            if enrolment_id in devices
        }
        for coordinator in self._devices.coordinators.values():
            self._show(coordinator)
        self._changed()

    @callback
    def session_proved(self, coordinator: DeviceCoordinator) -> None:
        """Go on with a device that may be trusted only now, or has no room."""
        facts, enrolment_id = coordinator.facts, coordinator.enrolment_id
        if facts is None or not coordinator.trusted:
            return
        if facts.small_store and self._stored.get(enrolment_id, _NOTHING) is not None:
            self._stored[enrolment_id] = None
            self._show(coordinator)
            self._changed_soon()
        self._tell(coordinator)

    @callback
    def reported(
        self, link: Link, coordinator: DeviceCoordinator, stored: AddressesStored
    ) -> None:
        """Note what a device has stored, and tell it what it lacks."""
        if link is not coordinator.link:
            return
        known, told = self._links.get(coordinator, (link, 0))
        self._links[coordinator] = (link, told if known is link else 0)
        if not coordinator.trusted:
            return
        if self._stored.get(coordinator.enrolment_id) != stored:
            self._stored[coordinator.enrolment_id] = stored
            self._show(coordinator)
            self._name_refused(coordinator)
            self._changed_soon()
        self._tell(coordinator)

    def _tell(self, coordinator: DeviceCoordinator) -> None:
        """Tell the present list, once on each link, to a device that keeps another."""
        link, told = self._links.get(coordinator, (None, 0))
        if link is None or link is not coordinator.link:
            self._links.pop(coordinator, None)
            return
        stored = self._stored.get(coordinator.enrolment_id) or _NOTHING
        if (
            self._list is None
            or self._version in (stored.version, told)
            or not coordinator.trusted
        ):
            return
        with suppress(LocalProtocolError):  # its session has just ended
            link.connection.tell_addresses(self._list, link.now())
            link.flush()
            self._links[coordinator] = (link, self._version)

    def _known(self, coordinator: DeviceCoordinator) -> KnownAddresses:
        stored = self._stored.get(coordinator.enrolment_id, _NOTHING)
        if stored is None:
            return KnownAddresses(AddressesStatus.NO_ROOM)
        if self._list is None or stored.version != self._version:
            return KnownAddresses(AddressesStatus.NOT_TOLD)
        return KnownAddresses(
            AddressesStatus.CURRENT,
            self._places(stored.unusable),
            self._places(stored.proved),
        )

    def _places(self, bits: int) -> tuple[str, ...]:
        urls = () if self._list is None else self._list.urls
        return tuple(url for place, url in enumerate(urls) if bits >> place & 1)

    def _show(self, coordinator: DeviceCoordinator) -> None:
        known = self._known(coordinator)
        if coordinator.addresses != known:
            coordinator.addresses = known
            coordinator.notify()

    def _name_refused(self, coordinator: DeviceCoordinator) -> None:
        known = coordinator.addresses
        if known is not None and known.refused:
            LOGGER.warning(
                "%s cannot dial %s: its firmware has no TLS or no IPv6 (see "
                "docs/using.md)",
                one_line(coordinator.name),
                ", ".join(known.refused),
            )

    # -- who has not heard of it --------------------------------------------

    def _unaware(self) -> list[str]:
        """Return the names of the devices that were there before the change."""
        if (changed_at := self._changed_at) is None:
            return []
        unaware = [
            coordinator.name
            for coordinator in self._devices.coordinators.values()
            if (record := coordinator.record) is not None
            and record.trusted
            and (record.enrolled_at or 0) < changed_at
            and self._known(coordinator).status is not AddressesStatus.CURRENT
        ]
        return sorted(unaware, key=str.casefold)

    def _changed_soon(self) -> None:
        """Look at all devices in a moment, for nothing does at every message."""
        if self._open and self._soon is None:
            self._soon = self._hass.loop.call_later(MOMENT, self._changed)

    def _forget_timer(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None

    @callback
    def _changed(self) -> None:
        """Show who is unaware, and write down what is known."""
        self._forget_timer()
        if names := self._unaware():
            listed = [f"- {one_line(name)}" for name in names[:MAX_NAMES]]
            if len(names) > MAX_NAMES:
                listed.append(f"- … (+{len(names) - MAX_NAMES})")
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                self._issue_id,
                is_fixable=False,
                is_persistent=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key=ISSUE_NOT_TOLD,
                translation_placeholders={
                    "devices": "\n".join(listed),
                    "addresses": ", ".join(f"`{url}`" for url in self._urls()),
                },
            )
        else:
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id)
        if self._open:
            self._store.async_delay_save(self._data, SAVE_DELAY)

    @property
    def _issue_id(self) -> str:
        return f"{ISSUE_NOT_TOLD}_{self._entry.entry_id}"

    def _data(self) -> dict[str, Any]:
        return {
            "version": self._version,
            "changed_at": self._changed_at,
            "devices": {
                enrolment_id: None if stored is None else asdict(stored)
                for enrolment_id, stored in self._stored.items()
            },
        }


async def async_wipe_told_addresses(hass: HomeAssistant) -> None:
    """Delete the file."""
    await Store[dict[str, Any]](hass, STORAGE_VERSION, ADDRESSES_STORE).async_remove()
