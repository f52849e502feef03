"""Signatures as certificates have them, for measuring what it takes to verify one."""

from collections.abc import Iterator

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lab.certificates import new_key

# Roots sign with SHA-384 where their key is P-384.
_HASHES = {
    "p256": hashes.SHA256(),
    "p384": hashes.SHA384(),
    "rsa2048": hashes.SHA256(),
    "rsa4096": hashes.SHA256(),
}
_MESSAGE = b"to be signed"


def signature_rows() -> Iterator[list[str]]:
    """Yield the name of the work, a public key, a message's hash, its signature."""
    for kind, algorithm in _HASHES.items():
        digest = hashes.Hash(algorithm)
        digest.update(_MESSAGE)
        key = new_key(kind)
        parts = (*_signed(key, algorithm), digest.finalize())
        public, signature, hashed = (part.hex() for part in parts)
        yield [f"verify_{kind}", public, hashed, signature]


def _signed(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    algorithm: hashes.HashAlgorithm,
) -> tuple[bytes, bytes]:
    """Return the key as BearSSL takes it (point or modulus), and the signature."""
    public = key.public_key()
    if isinstance(key, rsa.RSAPrivateKey):
        modulus = key.public_key().public_numbers().n
        size = key.key_size // 8
        return modulus.to_bytes(size, "big"), key.sign(
            _MESSAGE, padding.PKCS1v15(), algorithm
        )
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return point, key.sign(_MESSAGE, ec.ECDSA(algorithm))
