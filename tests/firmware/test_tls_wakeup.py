"""TLS of a board that wakes up: the libraries of boards that have deep sleep.

What outlives the sleep is memory of this program, as of a board.
"""

from collections.abc import Iterator
from pathlib import Path
import ssl

import pytest

from lab.certificates import Authority, new_root

from .tls_driver import Driver, Library, build_driver
from .tls_servers import echo, serving

HOST = "hub.test"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(library, id=name, marks=pytest.mark.xdist_group(library))
        for library, name in (
            (Library.MBEDTLS, "esp32"),
            (Library.BEARSSL, "esp8266"),
        )
    ],
)
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """A driver of each library."""
    library = request.param
    with Driver(build_driver(library), library) as driver:
        yield driver


@pytest.fixture(
    params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"]
)
def context(
    request: pytest.FixtureRequest, driver: Driver, tmp_path: Path
) -> tuple[ssl.SSLContext, Authority]:
    """An honest server of up to a version, and the root that it is believed by."""
    root = new_root()
    context = root.issue(HOST).context(tmp_path)
    context.maximum_version = request.param
    driver.trust(root)
    return context, root


def test_a_board_that_wakes_up_resumes_what_it_believed(
    driver: Driver, context: tuple[ssl.SSLContext, Authority]
) -> None:
    """And other firmware, which may believe others, does not."""
    server, root = context
    resumed: list[bool | None] = []
    with serving(echo(server, resumed)) as port:
        assert driver.dial(HOST, port).result == "echoed"
        driver.wake()
        assert driver.dial(HOST, port).result == "echoed"
        driver.trust(root)
        assert driver.dial(HOST, port).result == "echoed"
    assert resumed == [False, True, False]


def test_what_failed_is_not_tried_again_at_the_next_wake_up(
    driver: Driver, context: tuple[ssl.SSLContext, Authority]
) -> None:
    server, _ = context
    resumed: list[bool | None] = []
    with serving(echo(server, resumed)) as port:
        assert driver.dial(HOST, port).result == "echoed"
        driver.wake()
        assert driver.dial(HOST, port, limit=20, end="reset").result == "failed"
        driver.wake()
        assert driver.dial(HOST, port).result == "echoed"
    assert resumed[-1] is False
