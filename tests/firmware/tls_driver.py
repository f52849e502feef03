"""Runs one TLS library of the firmware, compiled for this machine, against a server."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
import subprocess
import tempfile
import time
from typing import Self

import pytest

from lab.certificates import Identity
from lab.paths import CACHE, ESPHOME_COMPONENTS, MULTIARCH, REPO
from tests.support.exclusive import exclusive

COMPONENT = ESPHOME_COMPONENTS / "oceanremote"
CORE = ESPHOME_COMPONENTS / "oceanremote_core"
BUILD = CACHE / "firmware-tests" / "tls"
# What script/setup unpacks: a library of another release, and one that has no other use.
UNPACKED = CACHE / "tls" / "usr"
SOURCES = [
    Path(__file__).parent / "tls" / "driver.cpp",
    *sorted(COMPONENT.glob("stream_tls*.cpp")),
    COMPONENT / "kept_tls_session.cpp",
    COMPONENT / "bearssl_chain.cpp",
    *(
        CORE / f"{name}.cpp"
        for name in (
            "certificate", "crypto", "entropy", "errors", "ip_address",
            "primitives_sodium", "tls_records", "tls_trust",
        )
    ),
]  # fmt: skip

# A board that sleeps, with memory that outlives it: here, that of the program.
SLEEPS = [
    "-DUSE_OCEANREMOTE_SLEEP",
    "-DUSE_OCEANREMOTE_TLS",
    "-DUSE_ESP32_RTC_PREFERENCES_STORAGE",
]


class Library(StrEnum):
    """The TLS libraries of the firmware, named as their defines end."""

    OPENSSL = "OPENSSL"
    MBEDTLS = "MBEDTLS"
    BEARSSL = "BEARSSL"

    @property
    def folder(self) -> Path:
        """Where its archives lie; mbedTLS's three need one another, so they are one."""
        archives = UNPACKED / "lib" / MULTIARCH
        if self is not Library.MBEDTLS:
            return archives
        parts = (archives / f"libmbed{part}.a" for part in ("tls", "x509", "crypto"))
        folder = BUILD / "mbedtls-archives"
        with exclusive(folder):
            whole = folder / "libmbedtls-whole.a"
            if not whole.exists():
                # What a linker takes for an archive.
                whole.write_text(f"GROUP({' '.join(map(str, parts))})")
        return folder

    @property
    def link(self) -> list[str]:
        """The linker's arguments."""
        match self:
            case Library.OPENSSL:
                return ["-lssl", "-lcrypto"]
            case Library.MBEDTLS:
                return [f"-L{self.folder}", "-l:libmbedtls-whole.a"]
            case Library.BEARSSL:
                return [f"-L{self.folder}", "-l:libbearssl.a"]

    @property
    def flags(self) -> list[str]:
        """The compiler's arguments."""
        flags = [f"-DOCEANREMOTE_TLS_{self}", "-isystem", str(UNPACKED / "include")]
        return flags if self is Library.OPENSSL else [*flags, *SLEEPS]


EACH_LIBRARY = [
    pytest.param(library, id=library.lower(), marks=pytest.mark.xdist_group(library))
    for library in Library
]


def build_driver(library: Library) -> Path:
    """Compile the driver with a library, if anything has changed since."""
    with exclusive(BUILD / library.lower()) as folder:
        return _build_driver(library, folder / "driver")


def _build_driver(library: Library, target: Path) -> Path:
    newest = max(
        path.stat().st_mtime
        for folder in (COMPONENT, CORE, SOURCES[0].parent)
        for path in folder.iterdir()
    )
    if target.exists() and target.stat().st_mtime > newest:
        return target
    board = Path(__file__).parent / "core" / "board"
    command = ["g++", "-std=gnu++20", "-g", "-O1", "-Wall", "-Wextra", "-Wshadow"]
    command += ["-Werror", "-DUSE_HOST", "-DOCEANREMOTE_ADDRESS_COUNT=1"]
    command += [*library.flags, f"-I{REPO}", f"-I{board}"]
    command += ["-o", str(target), *map(str, SOURCES), *library.link, "-lsodium"]
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr[-4000:]
    return target


@dataclass(frozen=True)
class Attempt:
    """What came of one dial."""

    result: str
    received: int
    passes: int
    longest_us: int
    peak_heap: int
    open_heap: int
    heap_left: int
    fed: int
    reason: str


@dataclass
class Driver:
    """The program, with what it trusts."""

    program: Path
    library: Library
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp()))

    def __enter__(self) -> Self:
        """Start it."""
        self.process = subprocess.Popen(
            [self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.trust()
        self.know_time()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(10) == 0

    def _say(self, *words: object) -> None:
        assert self.process.stdin is not None
        print(*words, file=self.process.stdin, flush=True)

    def trust(
        self,
        *roots: Identity,
        pins: tuple[bytes, ...] = (),
        verify: bool = True,
        size: int = 16384,
    ) -> None:
        """Say whom to believe from now on."""
        table = bytearray()
        for root in roots:
            for part in (
                root.certificate.subject.public_bytes(),
                root.der if self.library is Library.OPENSSL else root.key_info,
            ):
                table += len(part).to_bytes(2, "big") + part
        self.folder.joinpath("anchors").write_bytes(table)
        self.folder.joinpath("pins").write_bytes(b"".join(pins))
        anchors = self.folder / "anchors" if roots else "-"
        pinned = self.folder / "pins" if pins else "-"
        self._say("trust", "verify" if verify else "none", size, anchors, pinned)

    def wake(self) -> None:
        """Wake up from deep sleep, which only little memory outlives."""
        self._say("wake")

    def know_time(self, lower_bound: float = 0, heard: float = 0) -> None:
        """Say what time it is at least, and by the hub's clock."""
        self._say("clock", int(lower_bound), int(heard))

    def dial(
        self, host: str, port: int, *, limit: int = -1, end: str = "open"
    ) -> Attempt:
        """Dial; `end` (stall, reset) comes once `limit` bytes have been received."""
        self._say("dial", host, port, limit, end)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the driver ended with {self.process.wait(10)}"
        result, *numbers, reason = line.rstrip("\n").split("|")
        return Attempt(result, *map(int, numbers), reason)


def now() -> float:
    """Return the real time."""
    return time.time()
