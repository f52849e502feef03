"""The vault's plaintext (CBOR), from a snapshot and back.

`decode` trusts nothing but that the file was sealed under our key: every field is
checked for type, size and range, so that a record which loads is whole.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, Final

import cbor2

from ..policy.trust import Standing
from ..protocol.limits import (
    HANDLE_SIZE,
    HUB_KEY_ID_SIZE,
    KEY_SIZE,
    MAC_SIZE,
    MAX_U32,
    MAX_U64,
)
from .errors import VaultDamaged
from .records import (
    MAX_DEVICES,
    MAX_NAME_LENGTH,
    DeviceRecord,
    EnrolmentRecord,
    PendingRecord,
    RegistrationRecord,
    RestoreRecord,
    Snapshot,
    TokenRecord,
)

FORMAT: Final = 1

_NESTED: Final = (TokenRecord, RegistrationRecord, PendingRecord, EnrolmentRecord)
_OTHER_HUB_KEYS: Final = ("next_hub_private", "former_hub_private")
# Fields whose key on disk is not their name.
_KEYS: Final = {"orphaned": "grave", "enrolment_id": "device_id"}


def encode(snapshot: Snapshot) -> bytes:
    """Return the plaintext that is sealed to disk."""
    plain: dict[str, Any] = {
        "format": FORMAT,
        "generation": snapshot.generation,
        "hub_private": snapshot.hub_private,
        "devices": [_plain(record) for record in snapshot.devices.values()],
        "secrets": {owner: dict(values) for owner, values in snapshot.secrets.items()},
    }
    if snapshot.written_at is not None:
        plain["written_at"] = snapshot.written_at
    if snapshot.restore is not None:
        plain["restore"] = _plain(snapshot.restore)
    for name in _OTHER_HUB_KEYS:
        if (private := getattr(snapshot, name)) is not None:
            plain[name] = private
    return cbor2.dumps(plain)


def decode(data: bytes) -> Snapshot:
    """Read what `encode` wrote; raises VaultDamaged for anything else."""
    try:
        plain = cbor2.loads(data)
    except (cbor2.CBORError, ValueError, RecursionError, MemoryError) as err:
        raise VaultDamaged("the vault's content cannot be read") from err
    reader = _Reader(plain, "vault")
    if reader.integer("format", MAX_U32) != FORMAT:
        raise VaultDamaged("the vault was written by another version")
    devices = [_device(item) for item in reader.items("devices", MAX_DEVICES)]
    by_id = {record.enrolment_id: record for record in devices}
    if len(by_id) != len(devices):
        raise VaultDamaged("two devices share one id")
    return Snapshot(
        generation=reader.integer("generation", MAX_U64),
        hub_private=reader.octets("hub_private", KEY_SIZE),
        devices=MappingProxyType(by_id),
        secrets=MappingProxyType(_secrets(reader)),
        written_at=reader.optional("written_at", reader.seconds),
        restore=reader.optional("restore", lambda name: _restore(reader.mapping(name))),
        **{
            name: reader.optional(name, lambda name: reader.octets(name, KEY_SIZE))
            for name in _OTHER_HUB_KEYS
        },
    )


def _plain(record: Any) -> dict[str, Any]:
    """Return a record as a map of what is set; nested records likewise."""
    plain: dict[str, Any] = {}
    for item in fields(record):
        value = getattr(record, item.name)
        if value is None:
            continue
        if isinstance(value, _NESTED):
            value = _plain(value)
        if isinstance(value, Standing):
            value = value.value
        plain[_KEYS.get(item.name, item.name)] = value
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

    def hub_key_id(self, name: str) -> bytes:
        return self.octets(name, HUB_KEY_ID_SIZE)

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
        enrolment_id=read.text(_KEYS["enrolment_id"]),
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
        orphaned=read.flag(_KEYS["orphaned"]),
        approved=read.flag("approved"),
        restored=read.optional("restored", read.flag) or False,
        enrolment=read.optional(
            "enrolment", lambda name: _enrolment(read.mapping(name))
        ),
        seen_at=read.optional("seen_at", read.seconds),
        stored_hub_key=read.optional("stored_hub_key", read.hub_key_id),
        proved_hub_key=read.optional("proved_hub_key", read.hub_key_id),
    )
    identity = (record.mac, record.device_key, record.current)
    if any(part is None for part in identity) != all(part is None for part in identity):
        raise VaultDamaged("device has half an identity")
    if record.trusted and record.mac is None:
        raise VaultDamaged("device is active without an identity")
    return record


def _enrolment(plain: Any) -> EnrolmentRecord:
    read = _Reader(plain, "enrolment")
    return EnrolmentRecord(
        title=read.text("title"),
        board=read.text("board"),
        node_name=read.text("node_name"),
    )


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
        issued_at=read.optional("issued_at", read.seconds),
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


def _restore(plain: Any) -> RestoreRecord:
    read = _Reader(plain, "restore")
    return RestoreRecord(
        found_at=read.seconds("found_at"),
        backup_at=read.optional("backup_at", read.seconds),
        log_survived=read.flag("log_survived"),
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
