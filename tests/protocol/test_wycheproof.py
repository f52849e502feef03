"""The primitives that the protocol builds on, against Wycheproof's figures."""

import hmac
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
import pytest

from custom_components.oceanremote.protocol import KeyPair, RemoteProtocolError

from .vectors import wycheproof

NONCE_BITS = 96
LONGEST_HKDF = 255 * 32


def _octets(case: dict[str, Any], *names: str) -> list[bytes]:
    return [bytes.fromhex(case[name]) for name in names]


def test_x25519() -> None:
    cases = wycheproof("x25519")
    assert len(cases) == 518
    refused = 0
    for case in cases:
        public, private, shared = _octets(case, "public", "private", "shared")
        pair = KeyPair.from_private(private)
        if any(shared):
            assert pair.exchange(public) == shared, case["tcId"]
        else:
            # Wycheproof calls an all-zero result acceptable; this protocol does not.
            with pytest.raises(RemoteProtocolError):
                pair.exchange(public)
            refused += 1
    assert refused > 10


def test_chacha20_poly1305() -> None:
    cases = [c for c in wycheproof("chacha20_poly1305") if c["ivSize"] == NONCE_BITS]
    assert len(cases) > 300
    for case in cases:
        key, iv, aad, msg, ct, tag = _octets(
            case, "key", "iv", "aad", "msg", "ct", "tag"
        )
        cipher = ChaCha20Poly1305(key)
        if case["result"] == "valid":
            assert cipher.encrypt(iv, msg, aad) == ct + tag, case["tcId"]
            assert cipher.decrypt(iv, ct + tag, aad) == msg, case["tcId"]
        else:
            with pytest.raises(InvalidTag):
                cipher.decrypt(iv, ct + tag, aad)


def test_chacha20_poly1305_takes_nonces_of_96_bits_only() -> None:
    cases = [c for c in wycheproof("chacha20_poly1305") if c["ivSize"] != NONCE_BITS]
    assert cases
    for case in cases:
        key, iv, aad, msg = _octets(case, "key", "iv", "aad", "msg")
        with pytest.raises(ValueError, match="[Nn]once"):
            ChaCha20Poly1305(key).encrypt(iv, msg, aad)


def test_hkdf_sha256() -> None:
    cases = wycheproof("hkdf_sha256")
    assert len(cases) == 86
    for case in cases:
        ikm, salt, info, okm = _octets(case, "ikm", "salt", "info", "okm")
        if case["result"] == "valid":
            derived = HKDF(SHA256(), case["size"], salt=salt, info=info).derive(ikm)
            assert derived == okm, case["tcId"]
        else:
            assert case["size"] > LONGEST_HKDF
            with pytest.raises(ValueError, match="larger than"):
                HKDF(SHA256(), case["size"], salt=salt, info=info)


def test_hmac_sha256() -> None:
    cases = wycheproof("hmac_sha256")
    assert len(cases) == 174
    for case in cases:
        key, msg, tag = _octets(case, "key", "msg", "tag")
        computed = hmac.digest(key, msg, "sha256")[: case["tagSize"] // 8]
        matches = hmac.compare_digest(computed, tag)
        assert matches == (case["result"] == "valid"), case["tcId"]
