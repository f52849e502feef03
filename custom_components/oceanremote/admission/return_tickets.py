"""Tickets by which a device that was here lately gets a place when it dials again.

A ticket buys a place among the connections that have not proved themselves, and nothing
else. It is no secret: anyone who reads it on the way can use it until it expires, and
gets two places at a time at most. It is sealed so that no two look alike to those who see
them pass, under a key that follows from the hub's: it outlasts a restart of the hub, and
nothing has to be stored.

    nonce (12) | ChaCha20-Poly1305(expiry in Unix seconds, u32 | enrolment id)
"""

import base64
import binascii
from collections.abc import Callable
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..protocol.limits import KEY_SIZE, MAX_TICKET

# The request header in which a device shows it, in base64url without padding.
HEADER: Final = "OceanRemote-Ticket"
LIFETIME: Final = 7 * 86_400
_LABEL: Final = b"oceanremote/1 return ticket"
_NONCE_SIZE: Final = 12
_EXPIRY_SIZE: Final = 4
_OVERHEAD: Final = _NONCE_SIZE + _EXPIRY_SIZE + 16
_MAX_TEXT: Final = (MAX_TICKET * 8 + 5) // 6


class ReturnTicketInvalidError(Exception):
    """What was shown is no ticket of this hub's, or one of the past."""


class ReturnTickets:
    """Issues tickets and reads them. Times are Unix seconds."""

    def __init__(self, hub_private: bytes, is_trusted: Callable[[str], bool]) -> None:
        """`is_trusted` judges the device that a ticket was given to."""
        key = HKDF(SHA256(), KEY_SIZE, salt=None, info=_LABEL).derive(hub_private)
        self._cipher = ChaCha20Poly1305(key)
        self._is_trusted = is_trusted

    def issue(self, enrolment_id: str, now: float) -> bytes:
        """Return a new ticket; empty for an id that is too long for one."""
        name = enrolment_id.encode()
        if len(name) + _OVERHEAD > MAX_TICKET:
            return b""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        expires = (int(now) + LIFETIME).to_bytes(_EXPIRY_SIZE)
        return nonce + self._cipher.encrypt(nonce, expires + name, _LABEL)

    def read(self, text: str, now: float) -> str:
        """Return the device that the ticket was given to.

        Raises ReturnTicketInvalidError.
        """
        if len(text) > _MAX_TEXT:
            raise ReturnTicketInvalidError("too long")
        try:
            padded = text + "=" * (-len(text) % 4)
            sealed = base64.b64decode(padded, altchars=b"-_", validate=True)
            nonce = sealed[:_NONCE_SIZE]
            opened = self._cipher.decrypt(nonce, sealed[_NONCE_SIZE:], _LABEL)
        except (binascii.Error, InvalidTag, ValueError) as err:
            raise ReturnTicketInvalidError("not sealed by this hub") from err
        if now >= int.from_bytes(opened[:_EXPIRY_SIZE]):
            raise ReturnTicketInvalidError("expired")
        enrolment_id = opened[_EXPIRY_SIZE:].decode()
        if not self._is_trusted(enrolment_id):
            raise ReturnTicketInvalidError("of a device that is not trusted")
        return enrolment_id

    def holder(self, text: str | None, now: float) -> str | None:
        """Return whose ticket was shown; None for none, or none that counts."""
        if text is None:
            return None
        try:
            return self.read(text, now)
        except ReturnTicketInvalidError:
            return None
