"""How BearSSL verifies a chain: in pieces, and the watchdog is fed before each.

All certificates of a chain may come in one record, and so in one pass of the loop.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.certificates import Authority, Identity, new_root

from .tls_driver import Attempt, Driver, Library, build_driver
from .tls_servers import echo, serving

HOST = "hub.test"
# `VERIFIED_CERTIFICATES_MAX` of bearssl_chain.h.
CERTIFICATES_MAX = 8

pytestmark = pytest.mark.xdist_group(Library.BEARSSL)


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    """The driver with the library that has no thread of its own to wait in."""
    with Driver(build_driver(Library.BEARSSL), Library.BEARSSL) as driver:
        yield driver


def _dial_as(driver: Driver, identity: Identity, folder: Path) -> Attempt:
    with serving(echo(identity.context(folder))) as port:
        return driver.dial(HOST, port)


@pytest.mark.parametrize(
    ("authorities", "server", "pieces"),
    [
        # Two signatures of P-384, in two pieces each; and the server's own of P-256.
        ("p384", "p256", 2 * 2 + 1),
        ("p384", "p384", 2 * 2 + 2),
        ("p256", "p256", 3),
        ("rsa2048", "rsa2048", 3),
    ],
)
def test_each_piece_of_a_signature_begins_with_a_fed_watchdog(
    driver: Driver, tmp_path: Path, authorities: str, server: str, pieces: int
) -> None:
    root = new_root(key=authorities)
    driver.trust(root)
    identity = root.intermediate("Middle", key=authorities).issue(HOST, key=server)
    attempt = _dial_as(driver, identity, tmp_path)
    assert attempt.result == "echoed", attempt
    assert attempt.fed == pieces


def test_a_signature_that_is_not_the_roots_is_refused_in_pieces_too(
    driver: Driver, tmp_path: Path
) -> None:
    driver.trust(new_root(key="p384"))
    liar = new_root(key="p384").intermediate("Middle", key="p384")
    attempt = _dial_as(driver, liar.issue(HOST), tmp_path)
    assert attempt.result == "failed"
    assert attempt.reason.startswith("certificate of an unknown authority"), attempt
    assert attempt.fed == 4


def _below(root: Authority, certificates: int) -> Identity:
    """Return a server whose chain has so many, the root not among them."""
    signer = root
    for number in range(certificates - 1):
        signer = signer.intermediate(f"Middle {number}")
    return signer.issue(HOST)


def test_a_chain_that_does_not_end_is_not_followed(
    driver: Driver, tmp_path: Path
) -> None:
    """Or a liar's would hold the loop, and feed its watchdog, for as long as he likes."""
    root = new_root()
    driver.trust(root)
    longest = _dial_as(driver, _below(root, CERTIFICATES_MAX), tmp_path)
    assert longest.result == "echoed", longest
    longer = _dial_as(driver, _below(root, CERTIFICATES_MAX + 1), tmp_path)
    assert longer.result == "failed"
    assert longer.fed < CERTIFICATES_MAX
