"""Builds for the boards' instruction sets, into `.cache/firmware-tests/boards/`."""

import csv
from functools import cache
import hashlib
from pathlib import Path
import subprocess

from lab import certificates
from tests.firmware import certificate_rows, core_build
from tests.firmware.core_build import BUILD, VECTORS
from tests.support.exclusive import exclusive

from . import signature_rows
from .toolchains import BEARSSL, LIBSODIUM, Target

SOURCES = Path(__file__).parent


@cache
def configure(target: Target) -> Path:
    """Let CMake prepare the folder of a target's builds; return it."""
    folder = BUILD / "boards" / target.name
    folder.mkdir(parents=True, exist_ok=True)
    toolchain = folder / "toolchain.cmake"
    text = _toolchain(target)
    if not toolchain.exists() or toolchain.read_text() != text:
        # CMake reads it into its cache once.
        (folder / "CMakeCache.txt").unlink(missing_ok=True)
        toolchain.write_text(text)
    files = ";".join(map(str, _embedded_files()))
    _run(
        *("cmake", "-S", SOURCES, "-B", folder, f"-DCMAKE_TOOLCHAIN_FILE={toolchain}"),
        *(f"-DLIBSODIUM_DIR={LIBSODIUM}", f"-DBEARSSL_DIR={BEARSSL}"),
        *(f"-DTARGET_LIBRARY={target.library}", f"-DTARGET_DEFINE={target.define}"),
        f"-DTARGET_RUNTIME={target.runtime}",
        *(f"-DTARGET_RUNS={target.runs}", f"-DEMBEDDED_FILES={files}"),
    )
    return folder


@cache
def build(target: Target, program: str) -> Path:
    """Build a program or library (again if a source has changed); return its path."""
    folder = configure(target)
    name = program.removeprefix("lib").removesuffix(".a")
    _run("cmake", "--build", folder, "--target", name, "--parallel", "2")
    return folder / program


def library_flags(target: Target) -> list[str]:
    """Return the flags by which a source finds the headers of its cryptography."""
    headers = LIBSODIUM / "src/libsodium/include"
    prepared = configure(target) / "include"
    folders = (headers, headers / "sodium", prepared)
    return [word for folder in folders for word in ("-isystem", str(folder))]


def run(target: Target, program: Path, *options: str) -> str:
    """Run a program on the emulated target; return what it prints.

    The same program prints the same, for it has no clock and draws nothing: one that
    ran well is not run again.
    """
    command = [*target.emulator, *options, "-kernel", str(program)]
    kept = program.with_name(f"{program.name}.{_key(command, program)}.printed")
    if not kept.exists():
        # qemu's semihosting writes to either.
        result = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1200,
            check=False,
        )
        assert result.returncode == 0, result.stdout
        for older in program.parent.glob(f"{program.name}.*.printed"):
            older.unlink()
        kept.write_text(result.stdout)
    return kept.read_text()


def _key(command: list[str], program: Path) -> str:
    version = subprocess.run(
        [command[0], "--version"], capture_output=True, check=True
    ).stdout
    digest = hashlib.sha256(version + repr(command).encode())
    digest.update(program.read_bytes())
    return digest.hexdigest()[:16]


def _embedded_files() -> list[Path]:
    """Return the vectors, written again only when their sources change.

    Some are made of keys that are drawn: the program would be another each time.
    """
    folder = BUILD / "boards" / "tables"
    modules = (core_build, certificate_rows, certificates, signature_rows)
    makers = [str(module.__file__) for module in modules]
    sources = [*map(Path, makers), *sorted(VECTORS.glob("*.json"))]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources))
    stamp = folder / "stamp"
    with exclusive(BUILD / "boards" / "tables"):
        if not stamp.exists() or stamp.read_text() != digest.hexdigest():
            core_build.write_tables(folder)
            with (folder / "signatures.csv").open("w", newline="") as file:
                rows = signature_rows.signature_rows()
                csv.writer(file, lineterminator="\n").writerows(rows)
            stamp.write_text(digest.hexdigest())
    return [VECTORS / "transcripts.txt", *sorted(folder.glob("*.csv"))]


def _toolchain(target: Target) -> str:
    lines = [
        "set(CMAKE_SYSTEM_NAME Generic)",
        "set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)",
    ]
    for language, compiler in {"C": "gcc", "CXX": "g++", "ASM": "gcc"}.items():
        flags = " ".join(target.compile_flags(language))
        lines += [
            f"set(CMAKE_{language}_COMPILER {target.tool(compiler)})",
            f'set(CMAKE_{language}_FLAGS_INIT "{flags}")',
        ]
    link = " ".join(["-nostdlib", "-Wl,--gc-sections", *target.link])
    libraries = f"-Wl,--start-group {' '.join(target.libraries)} -lgcc -Wl,--end-group"
    lines += [
        f'set(CMAKE_EXE_LINKER_FLAGS_INIT "{link}")',
        f'set(CMAKE_CXX_STANDARD_LIBRARIES_INIT "{libraries}")',
    ]
    return "\n".join(lines) + "\n"


def _run(*command: str | Path) -> None:
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=900, check=False
    )
    assert result.returncode == 0, result.stdout[-20000:] + result.stderr
