"""What all tests of the protocol share."""

from functools import lru_cache

import pytest

from custom_components.oceanremote.protocol import messages
from tests.support.cddl import fits


@lru_cache(maxsize=4096)
def _check(data: bytes) -> bool:
    return fits("message", data)


@pytest.fixture(autouse=True)
def every_message_fits_the_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Validate every message that anything in a test sends."""
    encode = messages.encode_message

    def encode_and_check(
        message: messages.DeviceMessage | messages.HubMessage,
    ) -> bytes:
        data = encode(message)
        assert _check(data), f"{message} does not fit docs/protocol.cddl"
        return data

    monkeypatch.setattr(messages, "encode_message", encode_and_check)
