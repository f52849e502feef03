"""What TLS costs with each library stays within what docs/tls.md says."""

from .tls_driver import Library
from .tls_figures import figures

# Heap in bytes, by library and buffer: the handshake at its peak.
PEAKS = {
    (Library.BEARSSL, 1024): 13_500,
    (Library.BEARSSL, 16384): 29_000,
    (Library.MBEDTLS, 4096): 62_000,
    (Library.MBEDTLS, 16384): 65_000,
    (Library.OPENSSL, 16384): 150_000,
}


def test_a_handshake_stays_within_its_memory_and_a_resumed_one_is_cheap() -> None:
    """It carries no certificate."""
    for library, version, size, chain, whole, resumed in figures():
        told = (library, version, size, chain)
        assert whole.peak_heap <= PEAKS[library, size], told
        assert whole.open_heap <= whole.peak_heap, told
        assert resumed.received < whole.received / 2, told
        assert resumed.peak_heap <= PEAKS[library, size], told
