"""Text form of 32-byte keys and tokens: prefix, base64url, checksum.

The checksum is no protection, it catches typing errors before a device is flashed.
"""

import base64
import binascii
import hashlib
import hmac

from .errors import KeyTextError

_BODY_LENGTH = 43
_CHECK_SIZE = 3
_CHECK_LENGTH = 4


def encode_key_text(secret: bytes, prefix: str, label: bytes) -> str:
    """Return `prefix`, 43 characters of `secret` and 4 characters of checksum."""
    return prefix + _encode(secret) + _encode(_check(label, secret))


def decode_key_text(text: str, prefix: str, label: bytes) -> bytes:
    """Return the 32 bytes of `text`; raises `KeyTextError` saying what is wrong.

    Only the one canonical text of a value is accepted: the unused bits of the last
    character must be zero (RFC 4648, section 3.5).
    """
    if not text.startswith(prefix):
        raise KeyTextError(f"it does not begin with {prefix}")
    body = text.removeprefix(prefix)
    if len(body) != _BODY_LENGTH + _CHECK_LENGTH:
        expected = len(prefix) + _BODY_LENGTH + _CHECK_LENGTH
        raise KeyTextError(f"it has {len(text)} characters instead of {expected}")
    if not body.isascii():
        raise KeyTextError("it contains a character that does not belong there")
    secret = _decode(body[:_BODY_LENGTH] + "=")
    if _encode(secret) != body[:_BODY_LENGTH]:
        raise KeyTextError("it contains a character that does not belong there")
    if not hmac.compare_digest(
        _encode(_check(label, secret)).encode(), body[_BODY_LENGTH:].encode()
    ):
        raise KeyTextError("its checksum does not match: look for a typing error")
    return secret


def _check(label: bytes, secret: bytes) -> bytes:
    return hashlib.sha256(label + secret).digest()[:_CHECK_SIZE]


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except binascii.Error:
        raise KeyTextError(
            "it contains a character that does not belong there"
        ) from None
