"""A device has the entities that it has: every choice of domains compiles.

A function that only some domains declare is unknown to the compiler where a device has
none of them. So each domain is tried alone, with what its device really includes.
"""

from pathlib import Path

import pytest

from .component_sources import complaints, sources_that_include
from .each_domain import LEFT_OUT, ON_THE_WIRE, device_with
from .esphome_runner import run_esphome

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
