"""No secret shows in what an object says of itself, in diagnostics or in the log."""

import base64
from collections.abc import Iterator
import dataclasses
from enum import Enum
import gc
import importlib
import inspect
import json
import pkgutil
import re
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

import custom_components.oceanremote as root
from custom_components.oceanremote.diagnostics import async_get_config_entry_diagnostics
from custom_components.oceanremote.flows.tokens import async_open_token
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import RegistrationToken
from custom_components.oceanremote.protocol.hub_handshake import _Grant
from custom_components.oceanremote.vault import changes
from custom_components.oceanremote.vault.records import TokenRecord

from .runtime_support import Device, only_coordinator
from .vault_support import make_board

# What everybody on the wire may read, or a digest that leads to nothing.
PUBLIC_BYTES = frozenset(
    {
        "_device_ephemeral",
        "_device_static",
        "_sealed_payload",
        "challenge",
        "ciphertext",
        "claimed_handle",
        "claimed_key",
        "claimed_mac",
        "data",
        "description_hash",
        "device_id",
        "digest",
        "device_key",
        "expected_mac",
        "frame",
        "handle",
        "handshake_hash",
        "hash",
        "hub_key_id",
        "hub_public",
        "mac",
        "mac1",
        "named",
        "noise_message",
        "nonce",
        "part",
        "public",
        "session_id",
    }
)
# Fields of these names hold no secret, whatever the rule below says.
PUBLIC_FIELDS = frozenset(
    {
        ("NewHubKey", "key"),
        ("DeviceYaml", "hub_key"),
        # The ids of public keys.
        ("DeviceRecord", "stored_hub_key"),
        ("DeviceRecord", "proved_hub_key"),
        ("HubKeyReported", "key_id"),
        ("HubKeyStored", "key_id"),
    }
)
SECRET_NAME = re.compile(r"token|secret|passw|psk|private|ticket|yaml|hub_key|ota")
# Classes that say of themselves what they like, and what the live walk below looks at.
OWN_WORDS = frozenset({"Break", "ChallengeKey", "UpdateEnd"})


def our_classes() -> Iterator[type]:
    """Yield every class that a module of the integration defines."""
    names = [root.__name__]
    names += [m.name for m in pkgutil.walk_packages(root.__path__, f"{root.__name__}.")]
    for name in names:
        for value in vars(importlib.import_module(name)).values():
            if inspect.isclass(value) and value.__module__ == name:
                yield value


def shown_fields(cls: type) -> Iterator[tuple[str, str]]:
    """Yield name and type of every field that the class's own text shows."""
    if dataclasses.is_dataclass(cls):
        for field in dataclasses.fields(cls):
            if field.repr:
                yield field.name, str(field.type)
    elif issubclass(cls, tuple) and hasattr(cls, "_fields"):
        for name in cls._fields:
            yield name, str(cls.__annotations__.get(name))
    elif hasattr(cls, "__attrs_attrs__"):
        for attribute in cls.__attrs_attrs__:
            if attribute.repr:
                yield attribute.name, str(attribute.type)


CLASSES = sorted(set(our_classes()), key=lambda cls: (cls.__module__, cls.__qualname__))


def leaks(cls: type) -> list[str]:
    """Return the fields that show a secret, by their type or by their name."""
    found = []
    for name, kind in shown_fields(cls):
        if (cls.__name__, name) in PUBLIC_FIELDS:
            continue
        by_type = "bytes" in kind and name not in PUBLIC_BYTES
        by_name = "str" in kind and SECRET_NAME.search(name) is not None
        if by_type or by_name:
            found.append(name)
    return found


def test_the_walk_finds_what_there_is() -> None:
    """Otherwise it proves nothing."""
    assert {TokenRecord, RegistrationToken, _Grant} <= set(CLASSES)
    assert len([cls for cls in CLASSES if list(shown_fields(cls))]) > 80


@dataclasses.dataclass
class _Careless:
    token: str
    key: bytes
    mac: bytes
    generation: int
    hidden: bytes = dataclasses.field(repr=False, default=b"")


def test_the_rule_sees_a_careless_class() -> None:
    assert leaks(_Careless) == ["token", "key"]


def has_own_words(cls: type) -> bool:
    """Whether a class says of itself what its author wrote."""
    says = {"__repr__", "__str__", "__format__"} & vars(cls).keys()
    if dataclasses.is_dataclass(cls):
        says -= {"__repr__"}
    return bool(says) and not issubclass(cls, Enum | tuple)


def test_no_class_shows_a_secret() -> None:
    """Bytes are secret unless they are named public; texts are by their name."""
    shown = {cls.__qualname__: found for cls in CLASSES if (found := leaks(cls))}
    assert not shown
    own = {cls.__name__ for cls in CLASSES if has_own_words(cls)}
    assert own == OWN_WORDS


def forms(secret: bytes) -> set[str]:
    """Return how a secret may look in a text."""
    plain = secret.decode("ascii", errors="ignore")
    found = {
        repr(secret)[2:-1],
        secret.hex(),
        base64.b64encode(secret).decode().rstrip("="),
        base64.urlsafe_b64encode(secret).decode().rstrip("="),
        str(list(secret)),
    }
    return found | ({plain} if len(plain) == len(secret) else set())


def secrets_of(hub: Hub) -> set[str]:
    """Return every secret that the vault holds now, in every form."""
    snapshot = hub.vault._writer.snapshot
    secrets = {snapshot.hub_private}
    for record in snapshot.devices.values():
        pending = record.pending and record.pending.token
        for token in (record.current, record.previous, pending):
            if token is not None:
                secrets.add(token.secret)
        if record.registration is not None:
            secrets.add(record.registration.secret)
    for values in snapshot.secrets.values():
        # The self-assigned address of a Linux program is in every message.
        secrets |= {value for name, value in values.items() if name != "host_mac"}
    # The marks by which decoys are told from each other are as short as one digit.
    return set().union(*(forms(secret) for secret in secrets if len(secret) >= 8))


async def test_nothing_alive_and_nothing_written_shows_a_secret(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A registration, sessions, a new token, an open enrolment, a decoy, the YAML."""
    caplog.set_level("DEBUG")
    pump = only_coordinator(hub)
    known = secrets_of(hub)
    await hub.security.trust.async_regenerate(pump, None)
    known |= secrets_of(hub)
    await connected_device.until(lambda: pump.rotations >= 1)
    text, _ = await hub.async_issue_registration_token(pump.subentry_id)
    token = async_open_token(hub.vault, pump.enrolment_id)
    assert isinstance(token, RegistrationToken)
    board = make_board(7)
    await hub.vault.store_pending(
        pump.enrolment_id, board.mac, board.key, bytes(range(32)), handle=token.handle
    )
    await hass.services.async_call(
        root.DOMAIN, "create_decoy", {}, blocking=True, return_response=True
    )
    await hub.vault.apply(
        changes.put_secrets(pump.enrolment_id, {"ota_password": b"correct horse"})
    )
    await hub.security.trail.log.flush()
    known |= secrets_of(hub) | {text.removeprefix("oc_reg_")[:43]}

    told = [caplog.text]
    told.append(
        json.dumps(
            await async_get_config_entry_diagnostics(hass, hub_entry), default=repr
        )
    )
    told += await hub.security.trail.log.read(10_000)
    ours = [thing for thing in gc.get_objects() if is_ours(thing)]
    assert any(isinstance(thing, TokenRecord) for thing in ours)
    told += [f"{thing!r} {thing!s}" for thing in ours]
    shown = [(secret, text) for secret in known for text in told if secret in text]
    assert not shown


def is_ours(thing: Any) -> bool:
    """Whether a live object is of one of our classes."""
    module = getattr(type(thing), "__module__", "")
    return isinstance(module, str) and module.startswith(root.__name__)
