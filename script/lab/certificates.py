"""Certificate authorities of the laboratory's own, good ones and bad ones."""

from dataclasses import dataclass
import datetime as dt
import hashlib
from ipaddress import ip_address
from pathlib import Path
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

DAY = dt.timedelta(days=1)


def new_key(kind: str = "p256") -> Key:
    """Return a key: p256, p384, rsa2048 or rsa4096."""
    match kind:
        case "p256":
            return ec.generate_private_key(ec.SECP256R1())
        case "p384":
            return ec.generate_private_key(ec.SECP384R1())
        case _:
            return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))


def _pem_of(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True)
class Identity:
    """A certificate, its key, and the certificates between it and its root."""

    certificate: x509.Certificate
    key: Key
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> str:
        """The certificate alone."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def key_info(self) -> bytes:
        """The public key as certificates have it."""
        return self.key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def pin(self) -> bytes:
        """The pin of the key."""
        return hashlib.sha256(self.key_info).digest()

    def save(self, folder: Path, name: str = "server") -> tuple[Path, Path]:
        """Write the full chain and the key as servers read them."""
        folder.mkdir(parents=True, exist_ok=True)
        chain, key = folder / f"{name}.crt", folder / f"{name}.key"
        certificates = (self.certificate, *self.chain)
        chain.write_bytes(b"".join(c.public_bytes(Encoding.PEM) for c in certificates))
        key.write_bytes(_pem_of(self.key))
        return chain, key

    def context(self, folder: Path) -> ssl.SSLContext:
        """Return what a server of Python's needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.save(folder))
        return context


@dataclass(frozen=True)
class Authority(Identity):
    """Who signs others."""

    parent: Authority | None = None

    def issue(
        self,
        *names: str,
        key: str = "p256",
        days: tuple[float, float] = (-1, 30),
        in_chain: bool = True,
    ) -> Identity:
        """Return a server's identity for these names and addresses."""
        own = new_key(key)
        builder = _builder(
            names[0] if names else "nobody", own, self.certificate.subject, days
        ).add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_general_name(name) for name in names]),
                False,
            )
        certificate = builder.sign(self.key, hashes.SHA256())
        return Identity(certificate, own, self._chain_below() if in_chain else ())

    def intermediate(
        self, name: str, key: str = "p256", days: tuple[float, float] = (-1, 300)
    ) -> Authority:
        """Return an authority that this one has signed."""
        own = new_key(key)
        certificate = self._sign_authority(name, own, days)
        return Authority(certificate, own, (certificate, *self.chain), self)

    def cross_sign(
        self, other: Authority, days: tuple[float, float] = (-1, 300)
    ) -> Authority:
        """Return the other authority with a chain that leads to this one."""
        name = other.certificate.subject.rfc4514_string().removeprefix("CN=")
        certificate = self._sign_authority(name, other.key, days)
        return Authority(certificate, other.key, (certificate, *self.chain), self)

    def _sign_authority(
        self, name: str, key: Key, days: tuple[float, float]
    ) -> x509.Certificate:
        return (
            _builder(name, key, self.certificate.subject, days)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
            .sign(self.key, hashes.SHA256())
        )

    def _chain_below(self) -> tuple[x509.Certificate, ...]:
        """The chain that a server sends: not the root."""
        return self.chain


def new_root(name: str = "Test Root", key: str = "p256") -> Authority:
    """Return a root of its own."""
    own = new_key(key)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        _builder(name, own, subject, (-1000, 3000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(own, hashes.SHA256())
    )
    return Authority(certificate, own)


def self_signed(
    *names: str, key: str = "p256", days: tuple[float, float] = (-1, 30)
) -> Identity:
    """Return a server's identity that nobody vouches for."""
    own = new_key(key)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    certificate = (
        _builder(names[0], own, subject, days)
        .add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]), False
        )
        .sign(own, hashes.SHA256())
    )
    return Identity(certificate, own)


def lets_encrypt_like(key: str = "p256") -> tuple[Authority, Authority]:
    """Return a root, and what signs under it in a chain as long as theirs of 2026.

    ECDSA: leaf, E, YE by X2, X2 by X1. RSA: leaf, R, YR by X1.
    """
    if key.startswith("rsa"):
        x1 = new_root("X1", "rsa4096")
        yr = x1.cross_sign(new_root("Root YR", "rsa4096"))
        return x1, yr.intermediate("YR1", "rsa2048")
    x1 = new_root("X1", "rsa4096")
    x2 = x1.cross_sign(new_root("X2", "p384"))
    ye = x2.cross_sign(new_root("Root YE", "p384"))
    return x1, ye.intermediate("YE1", "p384")


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _builder(
    name: str, key: Key, issuer: x509.Name, days: tuple[float, float]
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * DAY)
        .not_valid_after(now + days[1] * DAY)
    )
