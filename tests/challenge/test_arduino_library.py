"""The Arduino library on the host: its unit tests, its hashes, its sketch."""

import hashlib
import hmac
from pathlib import Path
import random
import subprocess

import pytest

from custom_components.oceanremote.challenge.protocol import HASHES

from .avr_chip import COMPILER, SOURCES
from .builds import LIBRARY, REPOSITORY, build, run

UNIT_TESTS = Path(__file__).parent / "cpp"
VECTORS = REPOSITORY / "tests" / "vectors" / "challenge.txt"
# The library is C++11, as it is built for its chip; what GoogleTest asks for is newer.
LIBRARY_STANDARD = "-std=c++11"
GOOGLETEST_STANDARD = "-std=c++17"
HOST_COMPILER = (
    "g++",
    "-g",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    f'-DVECTOR_FILE="{VECTORS}"',
    f"-I{LIBRARY}",
    f"-I{UNIT_TESTS / 'arduino'}",
)


def build_for_host(source: str, standard: str, *libraries: str) -> Path:
    """Compile one of our programs for the host, with the sanitizers."""
    command = (*HOST_COMPILER, standard, UNIT_TESTS / f"{source}.cpp")
    return build(source, *command, libraries=libraries)


@pytest.mark.parametrize("source", ["receiver_test", "boot_counter_test", "w5500_test"])
def test_unit_tests_of_the_library_pass(source: str) -> None:
    libraries = ("-lgtest", "-lgtest_main", "-lpthread")
    program = build_for_host(source, GOOGLETEST_STANDARD, *libraries)
    assert "[  PASSED  ]" in run(program)


def test_hashes_and_macs_agree_with_another_implementation() -> None:
    program = build_for_host("digest_main", LIBRARY_STANDARD)
    source = random.Random(1)
    cases = [
        (name, source.randbytes(length % 65), source.randbytes(length))
        for name in HASHES
        for length in [*range(260), 1000, 8191]
    ]
    lines = "".join(
        f"{name} {key.hex() or '-'} {message.hex() or '-'}\n"
        for name, key, message in cases
    )
    output = subprocess.run(
        [program], input=lines, check=True, capture_output=True, text=True
    ).stdout
    expected = [
        f"{hashlib.new(name, message).hexdigest()} "
        f"{hmac.new(key, message, name).hexdigest()}"
        for name, key, message in cases
    ]
    assert output.splitlines() == expected


def test_the_sketch_compiles_for_the_chip() -> None:
    sketch = LIBRARY.parent / "examples" / "EthernetRelay" / "EthernetRelay.ino"
    includes = (f"-I{SOURCES / 'arduino'}", "-include", "Arduino.h")
    build("sketch.o", *COMPILER, *includes, "-x", "c++", "-c", sketch)


def test_the_library_includes_c_headers_only() -> None:
    """avr-gcc comes without a C++ library."""
    allowed = {"stddef.h", "stdint.h", "string.h", "avr/pgmspace.h"}
    for header in (LIBRARY / "challenge").iterdir():
        for line in header.read_text().splitlines():
            if line.startswith("#include <"):
                assert line.split("<")[1].rstrip(">") in allowed, header
