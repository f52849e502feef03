"""A device has the entities that it has: every choice of domains compiles.

A function that only some domains declare is unknown to the compiler where a device has
none of them. So each domain is tried alone, with what its device really includes.
"""

from pathlib import Path

import pytest

from .component_sources import COMPONENT, complaints, sources_that_include
from .each_domain import LEFT_OUT, ON_THE_WIRE, device_with
from .esphome_runner import run_esphome
from .small_device import small_yaml

# What is compiled differently when another domain is there.
SOURCES = sources_that_include("domain_traits.h")


def test_the_sources_that_know_domains_are_found() -> None:
    assert {"entities.cpp", "client.cpp"} <= {source.name for source in SOURCES}


@pytest.mark.parametrize(
    "domains",
    [(), *((domain,) for domain in ON_THE_WIRE), LEFT_OUT],
    ids=["none", *ON_THE_WIRE, "left out"],
)
def test_a_device_with_these_domains_alone_compiles(
    domains: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "device.yaml"
    file.write_text(device_with(*domains))
    outcome = run_esphome("compile", "--only-generate", file=file, data=tmp_path)
    assert outcome.accepted, outcome.text
    generated = tmp_path / "build" / "device" / "src"
    for source in SOURCES:
        assert complaints(source, generated, "-DUSE_HOST") == ""
    on_the_wire = {name for name in domains if name in ON_THE_WIRE}
    assert _domains_in(generated) == on_the_wire


def _domains_in(generated: Path) -> set[str]:
    """Return the domains whose sources a build has."""
    sources = (generated / "esphome/components/oceanremote").glob("domain_*.cpp")
    return {source.stem.removeprefix("domain_") for source in sources}


def test_a_build_has_the_sources_that_it_needs(tmp_path: Path) -> None:
    """Also where a platform of the component brings its files a second time."""
    file = tmp_path / "device.yaml"
    age = "sensor:\n  - {platform: oceanremote, session_age: {name: Age}}\n"
    last = "text_sensor:\n  - {platform: oceanremote, last_error: {name: Error}}\n"
    link = "binary_sensor:\n  - {platform: oceanremote, connected: {name: Link}}\n"
    file.write_text(small_yaml(age + last + link))
    outcome = run_esphome("compile", "--only-generate", file=file, data=tmp_path)
    assert outcome.accepted, outcome.text
    generated = tmp_path / "build" / "device" / "src"
    assert _domains_in(generated) == {"sensor", "text_sensor", "binary_sensor"}
    left_out = {source.name for source in COMPONENT.glob("*.cpp")} - {
        source.name
        for source in (generated / "esphome/components/oceanremote").glob("*.cpp")
    }
    unused = {
        "board_sectors_esp8266.cpp",
        "board_sectors_rp2.cpp",
        "identity_store_preferences.cpp",
        "identity_store_sectors.cpp",
        "resolver_board.cpp",
        "stream_tls.cpp",
        "stream_tls_openssl.cpp",
    }
    assert unused <= left_out
    assert "resolver_host.cpp" not in left_out
