"""Runs one TLS library of the firmware, compiled for this machine, against a server."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
import subprocess
import tempfile
import time
from typing import Self

from lab.certificates import Identity
from lab.paths import CACHE, ESPHOME_COMPONENTS, MULTIARCH, REPO

COMPONENT = ESPHOME_COMPONENTS / "oceanremote"
CORE = ESPHOME_COMPONENTS / "oceanremote_core"
BUILD = CACHE / "firmware-tests" / "tls"
# What script/setup unpacks: a library of another release, and one that has no other use.
UNPACKED = CACHE / "tls" / "usr"
SOURCES = [
    Path(__file__).parent / "tls" / "driver.cpp",
    *sorted(COMPONENT.glob("stream_tls*.cpp")),
    COMPONENT / "bearssl_chain.cpp",
    *(
        CORE / f"{name}.cpp"
        for name in (
            "certificate", "crypto", "entropy", "errors", "ip_address",
            "primitives_sodium", "tls_records", "tls_trust",
        )
    ),
]  # fmt: skip


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
        BUILD.mkdir(parents=True, exist_ok=True)
        # What a linker takes for an archive.
        (BUILD / "libmbedtls-whole.a").write_text(f"GROUP({' '.join(map(str, parts))})")
        return BUILD

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
        return [f"-DOCEANREMOTE_TLS_{self}", "-isystem", str(UNPACKED / "include")]


def build_driver(library: Library) -> Path:
    """Compile the driver with a library, if anything has changed since."""
    target = BUILD / f"driver-{library.lower()}"
    newest = max(
        path.stat().st_mtime
        for folder in (COMPONENT, CORE, SOURCES[0].parent)
        for path in folder.iterdir()
    )
    if target.exists() and target.stat().st_mtime > newest:
        return target
    BUILD.mkdir(parents=True, exist_ok=True)
    board = Path(__file__).parent / "core" / "board"
    command = ["g++", "-std=gnu++20", "-g", "-O1", "-Wall", "-Wextra", "-Wshadow"]
    command += ["-Werror", "-DUSE_HOST", *library.flags, f"-I{REPO}", f"-I{board}"]
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
