"""The hub's addresses in a session: what it tells, and what a device has stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar

from . import fields
from .limits import MAX_ADDRESSES, MAX_HUB_URL_TEXT


@dataclass(frozen=True, slots=True)
class AddressesStored:
    """The list of that version lies in the device's flash; 0: it holds none.

    `unusable` and `proved` are places in the list as bits: what the device cannot dial,
    and what has led it to the hub or is in its own configuration.
    """

    CODE: ClassVar = 16
    version: int
    unusable: int = 0
    proved: int = 0

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.version, self.unusable, self.proved]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the hub can be reached, what it prefers first."""

    CODE: ClassVar = 75
    version: int
    urls: tuple[str, ...]

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.version, list(self.urls)]


def list_of(urls: Sequence[str]) -> Addresses | None:
    """Return what a hub tells of its addresses; None where there is nothing to tell.

    The version follows from the addresses, so that a hub which has forgotten what it
    told finds it again. What is too long to be told is left out.
    """
    told = tuple(url for url in urls if len(url.encode()) <= MAX_HUB_URL_TEXT)
    told = told[:MAX_ADDRESSES]
    if not told:
        return None
    digest = sha256("\n".join(told).encode()).digest()
    return Addresses(int.from_bytes(digest[:4]) or 1, told)


def read_stored(items: list[Any]) -> AddressesStored:
    """Read the fields of `AddressesStored`; raises `RemoteProtocolError`."""
    places = 2**MAX_ADDRESSES - 1
    return AddressesStored(
        fields.uint(items[0]),
        fields.uint(items[1], places),
        fields.uint(items[2], places),
    )


def read_addresses(items: list[Any]) -> Addresses:
    """Read the fields of `Addresses`; raises `RemoteProtocolError`."""
    version = fields.uint(items[0], minimum=1)
    urls = fields.array(items[1], MAX_ADDRESSES, 1)
    return Addresses(version, tuple(map(_read_url, urls)))


def _read_url(value: Any) -> str:
    if not (url := fields.text(value, MAX_HUB_URL_TEXT)):
        raise fields.malformed("an empty address")
    return url
