"""A record that loads is whole: whatever else was sealed is refused."""

from copy import deepcopy
import os
from typing import Any

import cbor2
from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.vault.encoding import decode, encode
from custom_components.oceanremote.vault.errors import VaultDamaged
from custom_components.oceanremote.vault.records import (
    DeviceRecord,
    EnrolmentRecord,
    PendingRecord,
    RegistrationRecord,
    RestoreRecord,
    Snapshot,
    Standing,
    TokenRecord,
)


def full_snapshot() -> Snapshot:
    """Return a snapshot in which every field is set."""
    token = TokenRecord(generation=2, secret=bytes(32), issued_at=3.0)
    device = DeviceRecord(
        enrolment_id="one",
        standing=Standing.ACTIVE,
        mac=bytes(6),
        device_key=bytes(32),
        current=token,
        previous=TokenRecord(generation=1, secret=bytes(32)),
        registration=RegistrationRecord(
            handle=bytes(8),
            secret=bytes(32),
            issued_at=0.5,
            expires_at=1.0,
            expected_mac=bytes(6),
            replaces="two",
        ),
        pending=PendingRecord(
            handle=bytes(8), mac=bytes(6), device_key=bytes(32), token=token
        ),
        high_water=2**64 - 1,
        enrolled_at=1.0,
        revoked_at=2.0,
        restored=True,
        enrolment=EnrolmentRecord(title="Well", board="esp32", node_name="well"),
        seen_at=1.5,
    )
    return Snapshot(
        generation=3,
        hub_private=os.urandom(32),
        devices={"one": device},
        secrets={"one": {"ota": b"secret"}},
        written_at=4.0,
        restore=RestoreRecord(found_at=5.0, backup_at=3.5, log_survived=True),
    )


def paths(plain: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside the plain form."""
    found = []
    items = plain.items() if isinstance(plain, dict) else enumerate(plain)
    for name, value in items:
        found.append((*prefix, name))
        if isinstance(value, dict | list):
            found += paths(value, (*prefix, name))
    return found


PLAIN = cbor2.loads(encode(full_snapshot()))


def test_orphaned_tombstone_keeps_its_key_on_disk() -> None:
    """Vaults that an earlier release has written know it as `grave`."""
    plain = deepcopy(PLAIN)
    assert "orphaned" not in plain["devices"][0]
    plain["devices"][0]["grave"] = True
    snapshot = decode(cbor2.dumps(plain))
    assert snapshot.devices["one"].orphaned
    assert cbor2.loads(encode(snapshot)) == plain


def test_round_trip() -> None:
    """What is encoded is what is decoded."""
    snapshot = full_snapshot()
    again = decode(encode(snapshot))
    assert again == snapshot


@pytest.mark.parametrize("path", paths(PLAIN), ids=str)
def test_wrong_type_is_refused_everywhere(path: tuple[Any, ...]) -> None:
    """No field takes a value of another type."""
    plain = deepcopy(PLAIN)
    target = plain
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = {"wrong": 1} if type(target[path[-1]]) is list else ["wrong"]
    with pytest.raises(VaultDamaged):
        decode(cbor2.dumps(plain))


OPTIONAL = {
    "backup_at",
    "enrolment",
    "previous",
    "registration",
    "restore",
    "restored",
    "seen_at",
    "written_at",
    "pending",
    "enrolled_at",
    "issued_at",
    "revoked_at",
    "expected_mac",
    "replaces",
}


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in paths(PLAIN)
        if path[-1] not in OPTIONAL and path[0] != "secrets" and path[-1] != 0
    ],
    ids=str,
)
def test_missing_field_is_refused_everywhere(path: tuple[Any, ...]) -> None:
    """A record is whole or it is damaged."""
    plain = deepcopy(PLAIN)
    target = plain
    for step in path[:-1]:
        target = target[step]
    del target[path[-1]]
    with pytest.raises(VaultDamaged):
        decode(cbor2.dumps(plain))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), 2),
        (("generation",), -1),
        (("hub_private",), bytes(31)),
        (("devices", 0, "device_id"), ""),
        (("devices", 0, "device_id"), "x" * 65),
        (("devices", 0, "mac"), bytes(7)),
        (("devices", 0, "standing"), "friendly"),
        (("devices", 0, "high_water"), 2**64),
        (("devices", 0, "high_water"), True),
        (("devices", 0, "registration", "used"), True),
        (("devices", 0, "registration", "used"), 1),
        (("secrets",), {1: {}}),
        (("secrets",), {"one": {1: b""}}),
        (("secrets",), {"one": {"ota": "text"}}),
    ],
)
def test_value_out_of_range_is_refused(path: tuple[Any, ...], value: Any) -> None:
    """Sizes, ranges and enumerations are checked."""
    plain = deepcopy(PLAIN)
    target = plain
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(VaultDamaged):
        decode(cbor2.dumps(plain))


def test_two_devices_of_one_id_are_refused() -> None:
    """Ids are unique."""
    plain = deepcopy(PLAIN)
    plain["devices"] *= 2
    with pytest.raises(VaultDamaged, match="share one id"):
        decode(cbor2.dumps(plain))


def test_active_device_without_identity_is_refused() -> None:
    """Active means pinned."""
    plain = deepcopy(PLAIN)
    for name in ("mac", "device_key", "current"):
        del plain["devices"][0][name]
    with pytest.raises(VaultDamaged, match="without an identity"):
        decode(cbor2.dumps(plain))


def test_too_many_devices_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound holds on the way in, too."""
    monkeypatch.setattr("custom_components.oceanremote.vault.encoding.MAX_DEVICES", 0)
    with pytest.raises(VaultDamaged, match="too long"):
        decode(cbor2.dumps(PLAIN))


@given(st.binary(max_size=200))
def test_rubbish_is_damaged_and_nothing_else(data: bytes) -> None:
    """Whatever the bytes, there is one kind of error."""
    with pytest.raises(VaultDamaged):
        decode(data)
