"""Prints what TLS costs with each library, as docs/tls.md has it.

PYTHONPATH=.:script .venv/bin/python -m tests.firmware.tls_figures
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
import ssl
import sys
import tempfile

from lab.certificates import lets_encrypt_like

from .tls_driver import Attempt, Driver, Library, build_driver
from .tls_servers import echo, serving

HOST = "hub.test"
KINDS = {"p256": "ECDSA, 4 certificates", "rsa2048": "RSA, 3 certificates"}
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
SIZES = {Library.BEARSSL: (1024, 16384), Library.MBEDTLS: (4096, 16384)}


def measure(
    driver: Driver, kind: str, version: str, size: int
) -> tuple[Attempt, Attempt]:
    """Return a whole handshake and a resumed one."""
    root, signer = lets_encrypt_like(kind)
    with tempfile.TemporaryDirectory() as folder:
        context = signer.issue(HOST, key=kind).context(Path(folder))
    context.maximum_version = VERSIONS[version]
    driver.trust(root, size=size)
    with serving(echo(context)) as port:
        whole = driver.dial(HOST, port)
        # mbedTLS finds out at its second attempt about TLS 1.2 with RSA.
        if whole.result != "echoed":
            whole = driver.dial(HOST, port)
        return whole, driver.dial(HOST, port)


def figures() -> Iterator[tuple[Library, str, int, str, Attempt, Attempt]]:
    """Yield library, version, buffer, chain, the whole handshake and the resumed one."""
    for library in Library:
        with Driver(build_driver(library), library) as driver:
            # The first pays for what a library keeps for good.
            measure(driver, "p256", "1.2", 16384)
            for version, size, kind in product(
                VERSIONS, SIZES.get(library, (16384,)), KINDS
            ):
                if library is Library.BEARSSL and version == "1.3":
                    continue
                whole, resumed = measure(driver, kind, version, size)
                assert whole.result == resumed.result == "echoed", whole
                yield library, version, size, KINDS[kind], whole, resumed


def main() -> None:
    """Print the table's rows."""
    for library, version, size, chain, whole, resumed in figures():
        sys.stdout.write(
            f"| {library.lower()} | {version} | {size} | {chain} "
            f"| {whole.peak_heap:,} | {whole.open_heap:,} "
            f"| {whole.longest_us / 1000:.1f} ms "
            f"| {resumed.longest_us / 1000:.1f} ms |\n"
        )


if __name__ == "__main__":
    main()
