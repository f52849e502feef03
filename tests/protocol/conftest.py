"""What all tests of the protocol share."""

from functools import lru_cache
from typing import Any

import pytest

from custom_components.oceanremote.protocol import cbor, messages
from tests.support.cddl import fits
from tests.support.world import World


@lru_cache(maxsize=8192)
def _check(data: bytes) -> bool:
    return fits("message", data)


def _blank(value: Any) -> Any:
    """Return a message with all bytes zero: the grammar counts them, no more."""
    if isinstance(value, bytes):
        return bytes(len(value))
    return list(map(_blank, value)) if isinstance(value, list) else value


@pytest.fixture(autouse=True)
def every_message_fits_the_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Validate every message that anything in a test sends."""
    encode = messages.encode_message

    def encode_and_check(
        message: messages.DeviceMessage | messages.HubMessage,
    ) -> bytes:
        blank = cbor.encode(_blank(message.items()))
        assert _check(blank), f"{message} does not fit docs/protocol.cddl"
        return encode(message)

    monkeypatch.setattr(messages, "encode_message", encode_and_check)


@pytest.fixture
def world() -> World:
    """A device in its first session."""
    world = World()
    world.register()
    return world
