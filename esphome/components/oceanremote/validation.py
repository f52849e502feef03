"""Validators for the texts that Home Assistant hands out: addresses, keys, tokens.

A person copies these by hand, so every refusal says what is wrong and what to do.
No message repeats a secret.
"""

import base64
from dataclasses import dataclass
import hashlib
import logging
from typing import Any
from urllib.parse import SplitResult, urlsplit

import esphome.config_validation as cv
from esphome.core import CORE

from .ip_versions import ipv6_literal

_LOGGER = logging.getLogger(__name__)

CONF_URLS = "urls"

CONNECT_PATH = "/api/oceanremote/connect"
DEFAULT_PORTS = {"ws": 80, "wss": 443}
MAX_URLS = 8
MAX_HOST_LENGTH = 127
MAX_PATH_LENGTH = 127

HUB_KEY_PREFIX = "oc_hub_"
TOKEN_PREFIX = "oc_reg_"

_HOST_NAME = cv.Any(cv.domain, cv.hostname)
_ITSELF = ("localhost", "::1")

_SECRET_LENGTH = 32
_SECRET_CHARACTERS = 43
_CHECKSUM_LENGTH = 3
_CHECKSUM_CHARACTERS = 4
_ALPHABET = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)


@dataclass(frozen=True)
class _TextForm:
    """One kind of key text: prefix, 32 bytes in base64url, checksum."""

    name: str
    prefix: str
    checksum_label: bytes


_HUB_KEY = _TextForm("hub key", HUB_KEY_PREFIX, b"oceanremote/1 hub key")
_TOKEN = _TextForm(
    "registration token", TOKEN_PREFIX, b"oceanremote/1 registration token"
)
_FORMS = (_HUB_KEY, _TOKEN)


@dataclass(frozen=True)
class HubAddress:
    """Where a hub listens; `path` ends in the connect path.

    `host` is a name or an IP address, without brackets.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return host and port as HTTP's Host header has them."""
        is_default = self.port == DEFAULT_PORTS[self.scheme]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if is_default else f"{host}:{self.port}"

    @property
    def secure(self) -> bool:
        """Return whether TLS is spoken there."""
        return self.scheme == "wss"

    def __str__(self) -> str:
        """Return the address as a URL."""
        return f"{self.scheme}://{self.authority}{self.path}"


def _check_shape(form: _TextForm, text: str) -> str:
    """Return the part after the prefix; raise cv.Invalid if it cannot be decoded."""
    for other in _FORMS:
        if other is not form and text.startswith(other.prefix):
            raise cv.Invalid(
                f"this is a {other.name} ('{other.prefix}…'), not a {form.name}; "
                f"a {form.name} starts with '{form.prefix}'"
            )
    if not text.startswith(form.prefix):
        raise cv.Invalid(
            f"a {form.name} starts with '{form.prefix}'; "
            "copy it whole from the device's page in Home Assistant"
        )
    body = text[len(form.prefix) :]
    if strange := sorted(set(body) - _ALPHABET):
        raise cv.Invalid(
            f"a {form.name} contains only letters, digits, '-' and '_'; "
            f"found {', '.join(repr(character) for character in strange)}"
        )
    wanted = _SECRET_CHARACTERS + _CHECKSUM_CHARACTERS
    if len(body) != wanted:
        complaint = "the end is missing" if len(body) < wanted else "it is too long"
        raise cv.Invalid(
            f"a {form.name} has {wanted} characters after '{form.prefix}', "
            f"this one has {len(body)}: {complaint}"
        )
    return body


def _decode(form: _TextForm, value: Any) -> bytes:
    """Return the 32 bytes that a key text carries; raise cv.Invalid if mistyped."""
    body = _check_shape(form, cv.string_strict(value).strip())
    encoded, checksum = body[:_SECRET_CHARACTERS], body[_SECRET_CHARACTERS:]
    secret = base64.urlsafe_b64decode(encoded + "=")
    digest = hashlib.sha256(form.checksum_label + secret).digest()
    expected = base64.urlsafe_b64encode(digest[:_CHECKSUM_LENGTH]).decode()
    canonical = base64.urlsafe_b64encode(secret).decode().rstrip("=")
    if checksum != expected or encoded != canonical:
        raise cv.Invalid(
            f"checksum mismatch: a character of this {form.name} was mistyped; "
            "copy it again from the device's page in Home Assistant"
        )
    return secret


def decode_hub_key(value: Any) -> bytes:
    """Return the hub's X25519 public key; raise cv.Invalid if mistyped."""
    return _decode(_HUB_KEY, value)


def decode_registration_token(value: Any) -> bytes:
    """Return the registration token's 32 bytes; raise cv.Invalid if mistyped."""
    return _decode(_TOKEN, value)


def hub_key(value: Any) -> str:
    """Validate the text form of a hub key."""
    key = decode_hub_key(value)
    if not any(key):
        raise cv.Invalid("the all-zeros hub key protects nothing")
    return cv.string_strict(value).strip()


def registration_token(value: Any) -> str:
    """Validate the text form of a registration token."""
    decode_registration_token(value)
    return cv.string_strict(value).strip()


def _check_scheme(scheme: str) -> str:
    """Return `ws` or `wss`; a browser's `https` is taken for the latter, with a hint."""
    if scheme == "https":
        _LOGGER.info("'https://' is read as 'wss://', which is what devices speak")
        return "wss"
    if scheme == "http":
        raise cv.Invalid(
            "write 'ws://' instead of 'http://', or 'wss://' where the hub has https"
        )
    if scheme not in DEFAULT_PORTS:
        raise cv.Invalid(
            "an address starts with 'ws://' or 'wss://', for example "
            "ws://192.168.1.10:8123 or wss://home.example.com"
        )
    return scheme


def _check_host(host: str) -> str:
    if len(host) > MAX_HOST_LENGTH:
        raise cv.Invalid(f"the host name is longer than {MAX_HOST_LENGTH} characters")
    if ":" in host:
        host = ipv6_literal(host)
    else:
        try:
            _HOST_NAME(host)
        except cv.Invalid as err:
            raise cv.Invalid(f"'{host}' is no host name or IP address: {err}") from err
    if not CORE.is_host and (host in _ITSELF or host.startswith("127.")):
        _LOGGER.warning("'%s' is the device itself: is the hub really there?", host)
    elif host.endswith(".local"):
        _LOGGER.warning(
            "'%s' is announced on the hub's own network only, and most boards cannot "
            "look it up: prefer an IP address or a name that DNS knows",
            host,
        )
    return host


def _path_of(parts: SplitResult) -> str:
    prefix = parts.path.rstrip("/")
    path = prefix if prefix.endswith(CONNECT_PATH) else prefix + CONNECT_PATH
    if len(path) > MAX_PATH_LENGTH:
        raise cv.Invalid(f"the path is longer than {MAX_PATH_LENGTH} characters")
    if any(not "!" <= character <= "~" for character in path):
        raise cv.Invalid("the path contains a space or a character outside of ASCII")
    return path


def parse_hub_address(value: Any) -> HubAddress:
    """Return the parts of a hub's address; raise cv.Invalid if it cannot be dialed.

    A missing connect path is appended.
    """
    text = cv.string_strict(value).strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as err:
        raise cv.Invalid(f"not an address: {err}") from err
    scheme = _check_scheme(parts.scheme)
    if parts.username is not None or parts.password is not None:
        raise cv.Invalid("an address carries no user name or password")
    if parts.query or parts.fragment:
        raise cv.Invalid("an address carries no '?' and no '#'")
    if not parts.hostname:
        raise cv.Invalid("the host is missing, for example ws://192.168.1.10:8123")
    if port == 0:
        raise cv.Invalid("port 0 cannot be dialed")
    return HubAddress(
        scheme,
        _check_host(parts.hostname),
        port or DEFAULT_PORTS[scheme],
        _path_of(parts),
    )


def hub_address(value: Any) -> str:
    """Validate one address of the hub and return it whole, port and path included."""
    return str(parse_hub_address(value))


def hub_addresses(value: Any) -> list[str]:
    """Validate the ordered list of addresses, each named once."""
    addresses: list[str] = cv.All(
        cv.ensure_list(hub_address), cv.Length(min=1, max=MAX_URLS)
    )(value)
    for position, address in enumerate(addresses):
        if address in addresses[:position]:
            raise cv.Invalid(f"{address} is listed twice", path=[position])
    return addresses


def device_mac(value: str) -> str:
    """Refuse a MAC address (`aa:bb:cc:dd:ee:ff`) that cannot name one device."""
    octets = bytes.fromhex(value.replace(":", ""))
    if not any(octets):
        raise cv.Invalid("the all-zeros MAC address names no device")
    if octets[0] & 1:
        raise cv.Invalid(
            f"{value} is a group address (the first byte is odd); a device's own "
            "address starts with an even byte, for example 02:…"
        )
    return value
