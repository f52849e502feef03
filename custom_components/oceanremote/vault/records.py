"""What the vault holds, as frozen values, and their form on disk (CBOR).

`Snapshot.decode` trusts nothing but that the file was sealed under our key: every
field is checked for type, size and range, so that a record which loads is whole.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

import cbor2

from ..protocol.limits import HANDLE_SIZE, KEY_SIZE, MAC_SIZE, MAX_U32, MAX_U64
from .errors import VaultDamaged

FORMAT: Final = 1

MAX_DEVICES: Final = 4096
MAX_TOMBSTONES: Final = 512
MAX_SECRETS_PER_OWNER: Final = 16
MAX_SECRET_SIZE: Final = 4096
MAX_NAME_LENGTH: Final = 64


class Standing(StrEnum):
    """How far a device is trusted."""

    PENDING = "pending"
    WAITING_FOR_APPROVAL = "waiting_for_approval"
    ACTIVE = "active"
    QUARANTINED = "quarantined"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """A permanent token and the generation under which the device names it.

    `issued_at` is Unix time in seconds, None for the one of the registration.
    """

    generation: int
    secret: bytes = field(repr=False)
    issued_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRecord:
    """A registration token. Its secret is gone once it is used.

    `expires_at` is Unix time in seconds. `expired` stays set when the clock is put
    back after the expiry was seen. `replaces` names a device whose MAC may be taken.
    """

    handle: bytes
    secret: bytes = field(repr=False)
    expires_at: float
    expected_mac: bytes | None = None
    used: bool = False
    expired: bool = False
    replaces: str | None = None

    def is_over(self, now: float) -> bool:
        """Whether its time is over by `now` (Unix time), or was seen to be."""
        return self.expired or now >= self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRecord:
    """A registration between "issued" and "stored". It does not expire."""

    handle: bytes
    mac: bytes
    device_key: bytes
    token: TokenRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRecord:
    """One device: its standing, its pinned identity, its tokens.

    `mac`, `device_key`, `current` are set together, by the first commit. A revoked
    record that still has them is a tombstone, until `revoked_delivered`; a `grave` is
    one that outlived its device and goes with it. `approved` is false while nobody has
    approved these keys although approval was required.
    """

    device_id: str
    standing: Standing = Standing.PENDING
    mac: bytes | None = None
    device_key: bytes | None = None
    current: TokenRecord | None = None
    previous: TokenRecord | None = None
    registration: RegistrationRecord | None = None
    pending: PendingRecord | None = None
    high_water: int = 0
    enrolled_at: float | None = None
    revoked_at: float | None = None
    revoked_delivered: bool = False
    grave: bool = False
    approved: bool = True

    @property
    def tombstone(self) -> bool:
        """Whether a device may come in once more, only to hear its revocation."""
        return (
            self.standing is Standing.REVOKED
            and not self.revoked_delivered
            and self.current is not None
        )

    @property
    def oldest_token_at(self) -> float | None:
        """When the oldest permanent token came into force that still is (Unix time)."""
        times = [
            self.enrolled_at if token.issued_at is None else token.issued_at
            for token in (self.current, self.previous)
            if token is not None
        ]
        return min((time for time in times if time is not None), default=None)

    @property
    def identity(self) -> str | None:
        """A name for the board that is registered; another one after each time."""
        if not self.trusted or self.device_key is None:
            return None
        return f"{sha256(self.device_key).hexdigest()[:16]} {self.enrolled_at}"

    @property
    def trusted(self) -> bool:
        """Whether this record's MAC and key are pinned and in force."""
        return self.standing in (
            Standing.WAITING_FOR_APPROVAL,
            Standing.ACTIVE,
            Standing.QUARANTINED,
        )


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything in the vault at one generation, and indices over it."""

    generation: int
    hub_private: bytes = field(repr=False)
    devices: Mapping[str, DeviceRecord]
    secrets: Mapping[str, Mapping[str, bytes]] = field(repr=False)

    @cached_property
    def by_device_key(self) -> Mapping[bytes, tuple[DeviceRecord, ...]]:
        """Records that pin, await or bury a device key; the living ones first."""
        index: dict[bytes, list[DeviceRecord]] = {}
        for record in self.devices.values():
            keys = set()
            if record.device_key is not None and (record.trusted or record.tombstone):
                keys.add(record.device_key)
            if record.pending is not None:
                keys.add(record.pending.device_key)
            for key in keys:
                index.setdefault(key, []).append(record)
        return {
            key: tuple(sorted(found, key=lambda record: record.tombstone))
            for key, found in index.items()
        }

    @cached_property
    def by_handle(self) -> Mapping[bytes, DeviceRecord]:
        """The record of each registration token, used ones included."""
        return {
            record.registration.handle: record
            for record in self.devices.values()
            if record.registration is not None
        }

    @cached_property
    def by_trusted_mac(self) -> Mapping[bytes, DeviceRecord]:
        """The active or quarantined record of each proved MAC."""
        return {
            record.mac: record
            for record in self.devices.values()
            if record.trusted and record.mac is not None
        }

    def encode(self) -> bytes:
        """Return the plaintext that is sealed to disk."""
        return cbor2.dumps(
            {
                "format": FORMAT,
                "generation": self.generation,
                "hub_private": self.hub_private,
                "devices": [_plain(record) for record in self.devices.values()],
                "secrets": {
                    owner: dict(values) for owner, values in self.secrets.items()
                },
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Snapshot:
        """Read what `encode` wrote; raises VaultDamaged for anything else."""
        try:
            plain = cbor2.loads(data)
        except (cbor2.CBORError, ValueError, RecursionError, MemoryError) as err:
            raise VaultDamaged("the vault's content cannot be read") from err
        reader = _Reader(plain, "vault")
        if reader.integer("format", MAX_U32) != FORMAT:
            raise VaultDamaged("the vault was written by another version")
        devices = [_device(item) for item in reader.items("devices", MAX_DEVICES)]
        by_id = {record.device_id: record for record in devices}
        if len(by_id) != len(devices):
            raise VaultDamaged("two devices share one id")
        return cls(
            generation=reader.integer("generation", MAX_U64),
            hub_private=reader.octets("hub_private", KEY_SIZE),
            devices=MappingProxyType(by_id),
            secrets=MappingProxyType(_secrets(reader)),
        )


def _plain(record: Any) -> dict[str, Any]:
    """Return a record as a map of what is set; nested records likewise."""
    plain: dict[str, Any] = {}
    for item in fields(record):
        value = getattr(record, item.name)
        if value is None:
            continue
        if isinstance(value, TokenRecord | RegistrationRecord | PendingRecord):
            value = _plain(value)
        plain[item.name] = value.value if isinstance(value, Standing) else value
    return plain


class _Reader:
    """Reads typed fields out of one decoded map; every miss is VaultDamaged."""

    def __init__(self, plain: Any, what: str) -> None:
        if not isinstance(plain, dict):
            raise VaultDamaged(f"{what} is not a map")
        self._plain = plain
        self._what = what

    def octets(self, name: str, size: int) -> bytes:
        value = self._typed(name, bytes)
        if len(value) != size:
            raise VaultDamaged(f"{self._what}.{name} has the wrong size")
        return value

    def integer(self, name: str, limit: int) -> int:
        value = self._typed(name, int)
        if not 0 <= value <= limit:
            raise VaultDamaged(f"{self._what}.{name} is out of range")
        return value

    def seconds(self, name: str) -> float:
        return self._typed(name, float)

    def flag(self, name: str) -> bool:
        return self._typed(name, bool)

    def text(self, name: str) -> str:
        value = self._typed(name, str)
        if not 0 < len(value) <= MAX_NAME_LENGTH:
            raise VaultDamaged(f"{self._what}.{name} has the wrong length")
        return value

    def items(self, name: str, limit: int) -> list[Any]:
        value: list[Any] = self._typed(name, list)
        if len(value) > limit:
            raise VaultDamaged(f"{self._what}.{name} is too long")
        return value

    def mapping(self, name: str) -> dict[Any, Any]:
        return self._typed(name, dict)

    def optional[T](self, name: str, read: Callable[[str], T]) -> T | None:
        return read(name) if name in self._plain else None

    def _typed[T](self, name: str, kind: type[T]) -> T:
        value = self._plain.get(name)
        if type(value) is not kind:
            raise VaultDamaged(f"{self._what}.{name} is missing or of the wrong type")
        return value


def _device(plain: Any) -> DeviceRecord:
    read = _Reader(plain, "device")
    try:
        standing = Standing(read.text("standing"))
    except ValueError:
        raise VaultDamaged("device.standing is unknown") from None
    record = DeviceRecord(
        device_id=read.text("device_id"),
        standing=standing,
        mac=read.optional("mac", lambda name: read.octets(name, MAC_SIZE)),
        device_key=read.optional(
            "device_key", lambda name: read.octets(name, KEY_SIZE)
        ),
        current=read.optional("current", lambda name: _token(read.mapping(name))),
        previous=read.optional("previous", lambda name: _token(read.mapping(name))),
        registration=read.optional(
            "registration", lambda name: _registration(read.mapping(name))
        ),
        pending=read.optional("pending", lambda name: _pending(read.mapping(name))),
        high_water=read.integer("high_water", MAX_U64),
        enrolled_at=read.optional("enrolled_at", read.seconds),
        revoked_at=read.optional("revoked_at", read.seconds),
        revoked_delivered=read.flag("revoked_delivered"),
        grave=read.flag("grave"),
        approved=read.flag("approved"),
    )
    identity = (record.mac, record.device_key, record.current)
    if any(part is None for part in identity) != all(part is None for part in identity):
        raise VaultDamaged("device has half an identity")
    if record.trusted and record.mac is None:
        raise VaultDamaged("device is active without an identity")
    return record


def _token(plain: Any) -> TokenRecord:
    read = _Reader(plain, "token")
    return TokenRecord(
        generation=read.integer("generation", MAX_U32),
        secret=read.octets("secret", KEY_SIZE),
        issued_at=read.optional("issued_at", read.seconds),
    )


def _registration(plain: Any) -> RegistrationRecord:
    read = _Reader(plain, "registration")
    used = read.flag("used")
    return RegistrationRecord(
        handle=read.octets("handle", HANDLE_SIZE),
        secret=read.octets("secret", 0 if used else KEY_SIZE),
        expires_at=read.seconds("expires_at"),
        expected_mac=read.optional(
            "expected_mac", lambda name: read.octets(name, MAC_SIZE)
        ),
        used=used,
        expired=read.flag("expired"),
        replaces=read.optional("replaces", read.text),
    )


def _pending(plain: Any) -> PendingRecord:
    read = _Reader(plain, "pending")
    return PendingRecord(
        handle=read.octets("handle", HANDLE_SIZE),
        mac=read.octets("mac", MAC_SIZE),
        device_key=read.octets("device_key", KEY_SIZE),
        token=_token(read.mapping("token")),
    )


def _secrets(reader: _Reader) -> dict[str, Mapping[str, bytes]]:
    found: dict[str, Mapping[str, bytes]] = {}
    for owner, values in reader.mapping("secrets").items():
        if type(owner) is not str or type(values) is not dict:
            raise VaultDamaged("vault.secrets has an entry of the wrong type")
        for name, value in values.items():
            if type(name) is not str or type(value) is not bytes:
                raise VaultDamaged("vault.secrets has a value of the wrong type")
        found[owner] = MappingProxyType(values)
    return found
