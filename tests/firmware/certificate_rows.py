"""Certificates for the firmware's reader, and what Python's library reads of them."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lab.certificates import new_root, self_signed


def certificate_rows() -> Iterator[list[str]]:
    """Yield certificates and what Python's library reads of them.

    DER, public key, both dates, a host that it is for, one that it is not for.
    """
    root = new_root()
    cases = [
        (root.issue("hub.example.com"), "HUB.example.com", "example.com"),
        (root.issue("hub.example.com"), "", "x.hub.example.com"),
        (root.issue("*.example.com"), "hub.example.com", "a.hub.example.com"),
        (root.issue("*.example.com"), "", "example.com"),
        (root.issue("*.com"), "", "example.com"),
        (root.issue("a.test", "hub.test"), "hub.test", "ahub.test"),
        (root.issue("192.168.1.10"), "192.168.1.10", "192.168.1.1"),
        (root.issue("192.168.1.10"), "", "192.168.01.10"),
        (root.issue("2001:db8::1", "hub.test"), "hub.test", "192.168.1.10"),
        (root.issue("2001:db8::1"), "2001:DB8:0::1", "2001:db8::2"),
        (root.issue("192.0.2.1"), "192.0.2.1", "::192.0.2.1"),
        (root.issue(), "", "nobody"),
        (root.issue("hub.test", key="rsa2048"), "hub.test", "*"),
        (root.issue("hub.test", days=(-1, 20000)), "hub.test", ".test"),
        (self_signed("hub.test", key="p384"), "hub.test", ""),
    ]
    for identity, wanted, unwanted in cases:
        certificate = identity.certificate
        dates = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
        yield [
            certificate.public_bytes(Encoding.DER).hex(),
            certificate.public_key()
            .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            .hex(),
            *(str(int(date.timestamp())) for date in dates),
            wanted,
            unwanted,
        ]
