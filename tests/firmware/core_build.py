"""Builds of the C++ core for its tests, into `.cache/firmware-tests/`."""

from collections.abc import Iterator
import csv
import json
from pathlib import Path
import re
import subprocess
from typing import Any

from tests.support.exclusive import exclusive

from .argument_rows import argument_rows
from .certificate_rows import certificate_rows

REPOSITORY = Path(__file__).parents[2]
SOURCES = Path(__file__).parent / "core"
VECTORS = REPOSITORY / "tests" / "vectors"
BUILD = REPOSITORY / ".cache" / "firmware-tests"


# What the RFC's vectors give in diagnostic notation though it is plain: JSON has no
# byte strings and no numbers as keys.
_PLAIN = {"h''", "h'01020304'", "{1: 2, 3: 4}"}


def build(target: str, *, fuzz: bool = False) -> Path:
    """Build `target` (again if a source has changed) and return the program."""
    # The boards' compilers are all GCC's. This one has libFuzzer and is twice as fast.
    switches = (
        "-DCMAKE_CXX_COMPILER=clang++",
        "-DFUZZ=ON" if fuzz else "-DFUZZ=OFF",
    )
    with exclusive(BUILD / ("fuzz" if fuzz else "core")) as folder:
        _run("cmake", "-S", SOURCES, "-B", folder, *switches)
        _run("cmake", "--build", folder, "--target", target, "--parallel", "2")
    return folder / target


def list_suites() -> list[str]:
    """Return the names of GoogleTest's suites, read from the sources."""
    names = {
        match[1]
        for source in SOURCES.glob("test_*.cpp")
        for match in re.finditer(
            r"^TEST(?:_F)?\((\w+),", source.read_text(), re.MULTILINE
        )
    }
    return sorted(names)


def write_tables(folder: Path) -> None:
    """Write published JSON files, and samples of our own, as rows without a parser."""
    for name, rows in {
        "x25519": _wycheproof("x25519", "private", "public", "shared"),
        "chacha20_poly1305": _aead_rows(),
        "hmac_sha256": _wycheproof("hmac_sha256", "key", "msg", "tag", "result"),
        "hkdf_sha256": _hkdf_rows(),
        "noise_ikpsk2": _noise_rows(),
        "cbor_appendix_a": _cbor_rows(),
        "certificates": certificate_rows(),
        "arguments": argument_rows(),
    }.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def _run(*command: str | Path) -> None:
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=900, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def _load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text())


def _cases(name: str) -> Iterator[dict[str, Any]]:
    for group in _load(f"wycheproof_{name}")["testGroups"]:
        yield from group["tests"]


def _wycheproof(name: str, *columns: str) -> Iterator[list[str]]:
    for case in _cases(name):
        yield [case[column] for column in columns]


def _aead_rows() -> Iterator[list[str]]:
    # The core only ever makes nonces of 12 bytes.
    for row in _wycheproof(
        "chacha20_poly1305", "key", "iv", "aad", "msg", "ct", "tag", "result"
    ):
        if len(row[1]) == 24:
            yield row


def _hkdf_rows() -> Iterator[list[str]]:
    for case in _cases("hkdf_sha256"):
        if case["result"] == "valid":
            yield [case["ikm"], case["salt"], case["info"], case["okm"]]


def _noise_rows() -> Iterator[list[str]]:
    vector = _load("noise_ikpsk2")["vectors"][0]
    for name in ("init_prologue", "init_static", "init_ephemeral"):
        yield [name, vector[name]]
    yield ["init_remote_static", vector["init_remote_static"]]
    yield ["init_psk", vector["init_psks"][0]]
    yield ["handshake_hash", vector["handshake_hash"]]
    for number, message in enumerate(vector["messages"]):
        yield [f"payload_{number}", message["payload"]]
        yield [f"ciphertext_{number}", message["ciphertext"]]


def _cbor_rows() -> Iterator[list[str]]:
    for case in _load("cbor_appendix_a"):
        yield [case["hex"], "yes" if _is_allowed(case) else "no"]


def _is_allowed(case: dict[str, Any]) -> bool:
    """Tell whether the protocol's subset has the item, from what the RFC says of it."""
    data = bytes.fromhex(case["hex"])
    if not case["roundtrip"]:
        return False  # not in the preferred encoding
    if "diagnostic" in case and case["diagnostic"] not in _PLAIN:
        return False  # tags, simple values, undefined, NaN, infinities
    if isinstance(case.get("decoded"), int) and data[0] >> 5 == 6:
        return False  # big numbers are tagged
    return not _has_text_key(case.get("decoded"))


def _has_text_key(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value)
    return isinstance(value, list) and any(_has_text_key(item) for item in value)
