"""The `tls:` part of the configuration: whom a device believes on `wss://`.

The roots that are trusted without a word lie in `tls_roots.pem`, which
`script/renew-roots` writes. The firmware gets each as a name and what proves its
signatures, one after the other; it looks them up there and parses none before.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
import datetime as dt
import hashlib
import logging
from pathlib import Path
import re
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.const import CONF_ESPHOME
from esphome.core import CORE
from esphome.cpp_generator import MockObj
from esphome.types import ConfigType

_LOGGER = logging.getLogger(__name__)

CONF_BUFFER = "buffer"
CONF_CA = "ca"
CONF_PIN = "pin"
CONF_TLS = "tls"
CONF_VERIFY = "verify"

VERIFY_FULL = "full"
VERIFY_NONE = "none"

ROOTS = Path(__file__).parent / "tls_roots.pem"

MAX_PINS = 8
# ANCHOR_MAX of the firmware.
MAX_ANCHOR = 2560
MIN_RSA_BITS = 2048
WHOLE_RECORD = 16384
SMALL_RECORD = 1024
# What RFC 6066, section 4, can ask for; and what every server may send.
RECORD_SIZES = (SMALL_RECORD, 2048, 4096, WHOLE_RECORD)

_PIN_LENGTH = 32
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s.*?\s-----END \1-----", re.DOTALL)
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


def read_certificates(pem: str) -> list[x509.Certificate]:
    """Return the certificates of a PEM text; raise cv.Invalid for anything else."""
    certificates = []
    for block in _BLOCK.finditer(pem):
        if "PRIVATE KEY" in block[1]:
            raise cv.Invalid(
                "this is a private key: it belongs on the server and nowhere else. "
                "Give the certificate of the authority that signed the server's"
            )
        if block[1] not in ("CERTIFICATE", "TRUSTED CERTIFICATE"):
            raise cv.Invalid(f"a certificate is wanted here, not '{block[1]}'")
        try:
            certificates.append(x509.load_pem_x509_certificate(block[0].encode()))
        except ValueError as err:
            raise cv.Invalid(f"this certificate cannot be read: {err}") from err
    if not certificates:
        raise cv.Invalid(
            "no certificate in here: it begins with '-----BEGIN CERTIFICATE-----'"
        )
    return certificates


def key_info(certificate: x509.Certificate) -> bytes:
    """Return the SubjectPublicKeyInfo, which a pin is the SHA-256 of."""
    return certificate.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )


def pin_of(certificate: x509.Certificate) -> str:
    """Return the pin of a certificate's key, as `pin:` takes it."""
    digest = hashlib.sha256(key_info(certificate)).digest()
    return f"sha256/{base64.b64encode(digest).decode()}"


def _is_authority(certificate: x509.Certificate) -> bool:
    if certificate.subject == certificate.issuer:
        return True
    try:
        return certificate.extensions.get_extension_for_class(
            x509.BasicConstraints
        ).value.ca
    except x509.ExtensionNotFound:
        return False


def _check_key(certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_RSA_BITS:
        return
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES):
        return
    raise cv.Invalid(
        "the key of this certificate is of no kind that devices can check: RSA of "
        f"{MIN_RSA_BITS} bits or more, or ECDSA with P-256, P-384 or P-521"
    )


def _check_authority(certificate: x509.Certificate) -> None:
    name = certificate.subject.rfc4514_string()
    if not _is_authority(certificate):
        raise cv.Invalid(
            f"'{name}' is a server's certificate, not an authority's. Give the one "
            f"that signed it, or pin its key: 'pin: {pin_of(certificate)}'"
        )
    _check_key(certificate)
    if len(certificate.public_bytes(Encoding.DER)) > MAX_ANCHOR:
        raise cv.Invalid(f"'{name}' is larger than {MAX_ANCHOR} bytes")
    end = certificate.not_valid_after_utc
    if end < dt.datetime.now(dt.UTC):
        _LOGGER.warning("The authority '%s' in 'ca:' expired on %s", name, end.date())


def certificate_authorities(value: Any) -> str:
    """Validate PEM text, or the path of a file with it; return the text."""
    text = cv.string_strict(value)
    if "-----BEGIN" not in text:
        if "\n" in text.strip():
            raise cv.Invalid("no certificate in here")
        text = Path(cv.file_(text)).read_text(encoding="utf-8", errors="replace")
    for certificate in read_certificates(text):
        _check_authority(certificate)
    return text


def public_key_pin(value: Any) -> str:
    """Validate the SHA-256 of a SubjectPublicKeyInfo, in base64 or in hexadecimal."""
    text = cv.string_strict(value).strip()
    body = re.sub(r"^sha256(/|//|:|-)", "", text, flags=re.IGNORECASE)
    digits = body.replace(":", "")
    try:
        if re.fullmatch(r"[0-9A-Fa-f]{64}", digits):
            digest = bytes.fromhex(digits)
        else:
            digest = base64.b64decode(body, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != _PIN_LENGTH:
        raise cv.Invalid(
            "a pin is the SHA-256 of a public key, in base64 or in 64 hexadecimal "
            "digits, for example sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=. "
            "This prints it: openssl x509 -in fullchain.pem -pubkey -noout | openssl "
            "pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64"
        )
    return f"sha256/{base64.b64encode(digest).decode()}"


def _check_together(config: ConfigType) -> ConfigType:
    pins = config.get(CONF_PIN, [])
    if config[CONF_VERIFY] == VERIFY_NONE:
        for name in (CONF_CA, CONF_PIN):
            if name in config:
                raise cv.Invalid(
                    f"'verify: none' looks at no certificate, so '{name}' would mean "
                    "nothing: leave one of the two out",
                    path=[name],
                )
        _LOGGER.warning(
            "'verify: none': whoever sits on the way can read when and how much this "
            "device and its hub say, and can break the connection. Commands, states "
            "and keys stay secret and unchanged: they are encrypted end to end inside"
        )
    if len(set(pins)) != len(pins):
        raise cv.Invalid("the same pin is listed twice", path=[CONF_PIN])
    if len(pins) == 1:
        _LOGGER.warning(
            "'pin:' names one key only: when the server gets another, this device is "
            "out of reach until it is flashed by hand. Make a backup key, keep it "
            "offline, and list its pin as well"
        )
    return config


TLS_SCHEMA = cv.All(
    cv.Schema(
        {
            cv.Optional(CONF_VERIFY, default=VERIFY_FULL): cv.one_of(
                VERIFY_FULL, VERIFY_NONE, lower=True
            ),
            cv.Optional(CONF_CA): certificate_authorities,
            cv.Optional(CONF_PIN): cv.All(
                cv.ensure_list(public_key_pin), cv.Length(min=1, max=MAX_PINS)
            ),
            cv.Optional(CONF_BUFFER): cv.one_of(*RECORD_SIZES, int=True),
        }
    ),
    _check_together,
)


def check_tls(config: ConfigType, secure: bool) -> ConfigType:
    """Compare `tls:` with the addresses; `secure`: one of them starts with wss."""
    if CONF_TLS in config and not secure:
        raise cv.Invalid(
            "'tls:' is for addresses that start with 'wss://', and 'urls:' has none",
            path=[CONF_TLS],
        )
    return config


def verifies_chain(tls: ConfigType) -> bool:
    """Whether a device with this `tls:` asks authorities about a certificate.

    A pin says all that a chain would say, and a self-signed certificate has none.
    """
    if tls.get(CONF_VERIFY, VERIFY_FULL) != VERIFY_FULL:
        return False
    return CONF_CA in tls or CONF_PIN not in tls


@dataclass(frozen=True)
class _Library:
    """A TLS library: its define, and whether an anchor is the whole certificate."""

    define: str
    whole_certificates: bool = False


_OPENSSL = _Library("OCEANREMOTE_TLS_OPENSSL", whole_certificates=True)
_MBEDTLS = _Library("OCEANREMOTE_TLS_MBEDTLS")
_BEARSSL = _Library("OCEANREMOTE_TLS_BEARSSL")


def _library() -> _Library:
    if CORE.is_esp32:
        return _MBEDTLS
    if not CORE.is_host:
        return _BEARSSL
    # A host program is built with a board's library where its YAML's build flags say
    # so (and how to link it): that is how the libraries are tested.
    flags = (CORE.config or {})[CONF_ESPHOME].get("build_flags", [])
    for library in (_MBEDTLS, _BEARSSL):
        if f"-DTRY_{library.define}" in flags:
            return library
    return _OPENSSL


def anchor_table(
    certificates: Iterable[x509.Certificate], whole_certificates: bool
) -> bytes:
    """Return the authorities as the firmware's `Anchors` reads them."""
    table = bytearray()
    for certificate in certificates:
        proof = (
            certificate.public_bytes(Encoding.DER)
            if whole_certificates
            else key_info(certificate)
        )
        for part in (certificate.subject.public_bytes(), proof):
            table += len(part).to_bytes(2, "big") + part
    return bytes(table)


def _add_trust(var: MockObj, config: ConfigType, library: _Library) -> None:
    pins = [base64.b64decode(pin[len("sha256/") :]) for pin in config.get(CONF_PIN, [])]
    if pins:
        array = cg.shared_progmem_array(
            "oceanremote_tls_pins", cg.uint8, list(b"".join(pins))
        )
        cg.add(var.set_tls_pins(array, len(pins)))
    verify = config.get(CONF_VERIFY, VERIFY_FULL) == VERIFY_FULL
    if verifies_chain(config):
        pem = config.get(CONF_CA) or ROOTS.read_text(encoding="utf-8")
        table = anchor_table(read_certificates(pem), library.whole_certificates)
        array = cg.shared_progmem_array(
            "oceanremote_tls_anchors", cg.uint8, list(table)
        )
        cg.add(var.set_tls_anchors(array, len(table)))
    small = CORE.is_esp8266
    size = config.get(CONF_BUFFER, SMALL_RECORD if small else WHOLE_RECORD)
    cg.add(var.set_tls_options(verify, size))


def _keep_mbedtls() -> None:
    """Ask ESP-IDF for what it leaves out of mbedTLS otherwise."""
    from esphome.components import esp32

    esp32.require_mbedtls_tls()
    # ESP-IDF ties TLS 1.3 to it.
    esp32.require_mbedtls_peer_cert()
    esp32.require_mbedtls_tls_extras(["CONFIG_MBEDTLS_CLIENT_SSL_SESSION_TICKETS"])
    esp32.require_mbedtls_sha512()
    esp32.add_idf_sdkconfig_option("CONFIG_MBEDTLS_SSL_PROTO_TLS1_3", True)
    # TLS 1.3 and dynamic buffers exclude each other there; these shrink to what the
    # server agrees to.
    esp32.add_idf_sdkconfig_option("CONFIG_MBEDTLS_DYNAMIC_BUFFER", False)
    esp32.add_idf_sdkconfig_option("CONFIG_MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH", True)


def add_tls(var: MockObj, config: ConfigType) -> None:
    """Emit the library and whom it believes."""
    library = _library()
    cg.add_define("USE_OCEANREMOTE_TLS")
    cg.add_define(library.define)
    if CORE.is_esp32:
        _keep_mbedtls()
    elif library is _OPENSSL:
        cg.add_build_flag("-lssl")
        cg.add_build_flag("-lcrypto")
    _add_trust(var, config.get(CONF_TLS, {}), library)
