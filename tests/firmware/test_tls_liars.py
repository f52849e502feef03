"""The firmware's TLS against servers that lie, break off, or are none at all.

Every library in the same way. Whatever happens: the reason in words, no blocked pass,
and no heap left behind.
"""

from collections.abc import Iterator
from pathlib import Path
import ssl

import pytest

from lab.certificates import (
    Authority,
    Identity,
    lets_encrypt_like,
    new_root,
    self_signed,
)

from .tls_driver import EACH_LIBRARY, Attempt, Driver, Library, build_driver, now
from .tls_servers import Handler, alert, echo, injects, record, says, serving

HOST = "hub.test"
DAY = 86400
# A pass of the slowest library at the slowest step, on this machine; boards are measured
# for themselves. What is not bounded at all takes the 15 s of the deadline.
LONGEST_PASS_US = 150_000
# OpenSSL keeps its context, error tables and the last session from the first dial on.
KEPT_HEAP = {Library.OPENSSL: 500_000, Library.MBEDTLS: 10_000, Library.BEARSSL: 0}


@pytest.fixture(scope="module", params=EACH_LIBRARY)
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """A driver of each library, with its own warm-up behind it."""
    library = request.param
    with Driver(build_driver(library), library) as driver:
        yield driver


@pytest.fixture(scope="module")
def root() -> Authority:
    """The root that is believed."""
    return new_root()


def _dial(
    driver: Driver, handler: Handler, host: str = HOST, *, limit: int = -1,
    end: str = "open",
) -> Attempt:  # fmt: skip
    """Dial a server of that kind; what holds whatever it does is asserted here."""
    with serving(handler) as port:
        attempt = driver.dial(host, port, limit=limit, end=end)
    assert attempt.longest_us < LONGEST_PASS_US
    assert attempt.heap_left <= KEPT_HEAP[driver.library]
    assert attempt.result == "echoed" or attempt.reason or attempt.result == "stalled"
    return attempt


def _dial_as(
    driver: Driver, identity: Identity, folder: Path, host: str = HOST
) -> Attempt:
    return _dial(driver, echo(identity.context(folder)), host)


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048"])
def test_an_honest_server_is_believed(
    driver: Driver, root: Authority, tmp_path: Path, kind: str
) -> None:
    driver.trust(root)
    driver.know_time(now(), now())
    middle = root.intermediate("Middle")
    attempt = _dial_as(driver, middle.issue(HOST, key=kind), tmp_path)
    assert attempt.result == "echoed", attempt


def test_an_older_server_with_an_rsa_key_is_believed(
    driver: Driver, root: Authority, tmp_path: Path
) -> None:
    """TLS 1.2 with the signatures of 1.3; mbedTLS finds out at the second attempt."""
    context = root.issue(HOST, key="rsa2048").context(tmp_path)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    driver.trust(root)
    first, second = (_dial(driver, echo(context)) for _ in range(2))
    assert second.result == "echoed", second
    assert first.result == "echoed" or driver.library is Library.MBEDTLS
    context.maximum_version = ssl.TLSVersion.TLSv1_3
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if driver.library is not Library.BEARSSL:
        results = [_dial(driver, echo(context)).result for _ in range(2)]
        assert results[-1] == "echoed"


@pytest.mark.parametrize("kind", ["p256", "rsa2048"])
@pytest.mark.parametrize("anchor", ["root", "cross-signed"])
def test_a_chain_as_long_as_lets_encrypts_is_believed_by_either_root(
    driver: Driver, tmp_path: Path, kind: str, anchor: str
) -> None:
    """By the old one at its end, or by the new one that the old one has signed."""
    old, signer = lets_encrypt_like(kind)
    new = signer.parent
    assert new is not None
    driver.trust(old if anchor == "root" else new)
    attempt = _dial_as(driver, signer.issue(HOST, key=kind), tmp_path)
    assert attempt.result == "echoed", attempt


def test_an_expired_cross_sign_above_a_root_that_is_known_does_no_harm(
    driver: Driver, tmp_path: Path
) -> None:
    old, new = new_root("Old"), new_root("New")
    driver.trust(new)
    driver.know_time(now())
    signer = old.cross_sign(new, days=(-300, -10)).intermediate("Middle")
    assert _dial_as(driver, signer.issue(HOST), tmp_path).result == "echoed"


@pytest.mark.parametrize(
    "host", ["192.168.1.10", "2001:db8::1", "hub.test", "x.wild.test"]
)
def test_names_and_addresses_are_compared(
    driver: Driver, root: Authority, tmp_path: Path, host: str
) -> None:
    driver.trust(root)
    identity = root.issue("192.168.1.10", "2001:db8::1", "hub.test", "*.wild.test")
    assert _dial_as(driver, identity, tmp_path, host).result == "echoed"


@pytest.mark.parametrize(
    "host",
    ["192.168.1.11", "2001:db8::2", "ub.test", "wild.test", "a.b.wild.test"],
)
@pytest.mark.parametrize("by", ["root", "pin"])
def test_a_certificate_for_another_name_is_refused(
    driver: Driver, root: Authority, tmp_path: Path, host: str, by: str
) -> None:
    identity = root.issue("192.168.1.10", "2001:db8::1", "hub.test", "*.wild.test")
    if by == "root":
        driver.trust(root)
    else:
        driver.trust(pins=(identity.pin,))
    attempt = _dial_as(driver, identity, tmp_path, host)
    assert attempt.reason == "certificate is for another name", attempt


UNTRUSTED = "certificate of an unknown authority, or self-signed"


def test_an_unknown_root_is_refused(
    driver: Driver, root: Authority, tmp_path: Path
) -> None:
    driver.trust(root)
    attempt = _dial_as(driver, new_root().issue(HOST), tmp_path)
    assert attempt.reason.startswith(UNTRUSTED), attempt


def test_a_self_signed_certificate_is_refused_unless_it_is_pinned_or_given(
    driver: Driver, root: Authority, tmp_path: Path
) -> None:
    identity = self_signed(HOST)
    driver.trust(root)
    assert _dial_as(driver, identity, tmp_path).reason.startswith(UNTRUSTED)
    driver.trust(pins=(bytes(32), identity.pin))
    assert _dial_as(driver, identity, tmp_path).result == "echoed"


def test_a_wrong_pin_is_refused_whoever_signed(
    driver: Driver, root: Authority, tmp_path: Path
) -> None:
    identity = root.issue(HOST)
    for roots in ((), (root,)):
        driver.trust(*roots, pins=(self_signed(HOST).pin,))
        attempt = _dial_as(driver, identity, tmp_path)
        assert attempt.reason == "certificate's key is none of those pinned", attempt
        driver.trust(*roots, pins=(identity.pin,))
        assert _dial_as(driver, identity, tmp_path).result == "echoed"
    driver.trust(new_root("Other"), pins=(identity.pin,))
    assert _dial_as(driver, identity, tmp_path).reason.startswith(UNTRUSTED)


def test_without_verification_anything_will_do(driver: Driver, tmp_path: Path) -> None:
    driver.trust(verify=False)
    driver.know_time(now(), now())
    identity = self_signed("other.test", days=(-20, -10))
    assert _dial_as(driver, identity, tmp_path).result == "echoed"


def test_an_authority_that_is_none_signs_nothing(
    driver: Driver, root: Authority, tmp_path: Path
) -> None:
    """A server's own key must not make certificates for other names."""
    driver.trust(root)
    server = root.issue("other.test")
    liar = Authority(server.certificate, server.key, (server.certificate,))
    attempt = _dial_as(driver, liar.issue(HOST), tmp_path)
    assert attempt.reason.startswith(UNTRUSTED), attempt


def test_an_authority_in_name_only_is_refused(
    driver: Driver, root: Authority, tmp_path: Path
) -> None:
    """The name of the root, and another key."""
    driver.trust(root)
    attempt = _dial_as(driver, new_root("Test Root").issue(HOST), tmp_path)
    assert attempt.reason.startswith(UNTRUSTED), attempt


@pytest.mark.parametrize("what", ["server", "authority"])
def test_an_expired_certificate_is_refused_by_a_lower_bound(
    driver: Driver, root: Authority, tmp_path: Path, what: str
) -> None:
    """And believed by a board whose clock lags by two years."""
    driver.trust(root)
    days = (-30.0, -1.0)
    if what == "server":
        identity = root.issue(HOST, days=days)
    else:
        identity = root.intermediate("Middle", days=days).issue(HOST)
    driver.know_time(now())
    assert _dial_as(driver, identity, tmp_path).reason == "certificate has expired"
    driver.know_time(now() - 730 * DAY)
    assert _dial_as(driver, identity, tmp_path).result == "echoed"
    driver.know_time()
    assert _dial_as(driver, identity, tmp_path).result == "echoed"


@pytest.mark.parametrize("what", ["server", "authority"])
def test_a_certificate_of_tomorrow_is_refused_by_the_hubs_clock_only(
    driver: Driver, root: Authority, tmp_path: Path, what: str
) -> None:
    driver.trust(root)
    if what == "server":
        identity = root.issue(HOST, days=(1, 30))
    else:
        identity = root.intermediate("Middle", days=(1, 30)).issue(HOST)
    driver.know_time(now())
    assert _dial_as(driver, identity, tmp_path).result == "echoed"
    driver.know_time(now(), now())
    assert _dial_as(driver, identity, tmp_path).reason == "certificate is not valid yet"
    driver.know_time(now(), now() + 2 * DAY)
    assert _dial_as(driver, identity, tmp_path).result == "echoed"


def test_a_server_that_speaks_tls_1_1_only_is_refused(
    driver: Driver, root: Authority, tmp_path: Path
) -> None:
    driver.trust(root)
    context = root.issue(HOST).context(tmp_path)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    assert "TLS version" in _dial(driver, echo(context)).reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "plain HTTP where TLS should be"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no TLS on that port"),
        (b"\x00" * 100, "no TLS on that port"),
        (b"", "connection ended during the TLS handshake"),
        (b"\x16\x03", "connection ended during the TLS handshake"),
        (record(22, 100), "TLS"),
        (record(22, 16384), "TLS"),
        (record(23, 64), "TLS"),
        (record(22, 20000)[:20005], "TLS"),
        (record(22, 0) * 2000, "TLS"),
    ],
    ids=lambda value: value[:12].hex() if isinstance(value, bytes) else None,
)
def test_what_is_no_server_of_tls_is_told(
    driver: Driver, root: Authority, data: bytes, reason: str
) -> None:
    driver.trust(root)
    attempt = _dial(driver, says(data))
    assert attempt.result == "failed"
    assert reason in attempt.reason, attempt


def test_every_alert_is_told(driver: Driver, root: Authority) -> None:
    driver.trust(root)
    for number in range(1, 256):
        attempt = _dial(driver, says(alert(number)))
        assert attempt.result == "failed"
        assert attempt.reason.startswith("TLS refused by the server"), (number, attempt)


VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def _honest(
    driver: Driver, root: Authority, folder: Path, version: str
) -> ssl.SSLContext:
    """Return an honest server of one version; BearSSL speaks 1.2 to all of them."""
    context = root.issue(HOST).context(folder)
    context.maximum_version = VERSIONS[version]
    if driver.library is not Library.BEARSSL:
        context.minimum_version = VERSIONS[version]
    driver.trust(root)
    return context


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end", ["stall", "reset"])
def test_a_server_may_stall_or_hang_up_after_every_byte(
    driver: Driver, root: Authority, tmp_path: Path, version: str, end: str
) -> None:
    """Nothing is open before the last byte, nothing blocks, nothing is left behind."""
    context = _honest(driver, root, tmp_path, version)
    wanted = {"stall": ("stalled",), "reset": ("failed", "lost")}[end]
    with serving(echo(context)) as port:
        whole = driver.dial(HOST, port).received
        # Closing alerts and repeated tickets are no part of the handshake.
        for limit in range(whole - 1600):
            driver.trust(root)
            attempt = driver.dial(HOST, port, limit=limit, end=end)
            assert attempt.result in wanted, (limit, attempt)
            assert attempt.result != "failed" or "connection ended" in attempt.reason
            assert attempt.longest_us < LONGEST_PASS_US
            assert attempt.heap_left <= KEPT_HEAP[driver.library], limit
        assert driver.dial(HOST, port).result == "echoed"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_is_resumed_where_the_server_allows_it(
    driver: Driver, root: Authority, tmp_path: Path, version: str
) -> None:
    """And a server that has forgotten it gets a whole handshake."""
    context = _honest(driver, root, tmp_path, version)
    resumed: list[bool | None] = []
    with serving(echo(context, resumed)) as port:
        assert driver.dial(HOST, port).result == "echoed"
        second = driver.dial(HOST, port)
        assert second.result == "echoed"
    assert resumed == [False, True]
    forgetful = _honest(driver, root, tmp_path, version)
    with serving(echo(forgetful)) as port:
        assert driver.dial(HOST, port).result == "echoed"


@pytest.mark.parametrize("size", [1024, 4096])
def test_a_small_buffer_is_agreed_upon_with_the_server(
    driver: Driver, root: Authority, tmp_path: Path, size: int
) -> None:
    context = lets_encrypt_like()[1].issue(HOST).context(tmp_path)
    driver.trust(verify=False)
    whole = _dial(driver, echo(context))
    driver.trust(verify=False, size=size)
    small = _dial(driver, echo(context))
    assert small.result == whole.result == "echoed"
    if driver.library is Library.BEARSSL:
        assert whole.peak_heap - small.peak_heap == 16384 - size


def test_a_record_larger_than_the_buffer_is_told(
    driver: Driver, root: Authority, tmp_path: Path
) -> None:
    """Which a server sends that does not know of maximum fragment lengths.

    In a handshake it does no harm: what is not encrypted is taken piece by piece.
    """
    driver.trust(root, size=1024)
    attempt = _dial(
        driver, injects(root.issue(HOST).context(tmp_path), record(23, 16384))
    )
    assert attempt.result == "lost"
    if driver.library is Library.BEARSSL:
        assert "larger than this board's buffer" in attempt.reason
