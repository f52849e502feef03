"""The boards' instruction sets: Debian's compilers, C libraries and emulators for them.

The C libraries lie in `.cache/boards/`, where the set-up has unpacked them; the C++
headers of all are those of libstdc++ for ARM, whose own settings fit each of them.
"""

from dataclasses import dataclass
from functools import cache
import os
from pathlib import Path
import subprocess

REPOSITORY = Path(__file__).parents[2]
PARTS = REPOSITORY / ".cache" / "boards"
LIBSODIUM = PARTS / "libsodium"
BEARSSL = PARTS / "bearssl"
RUNTIME = Path(__file__).parent / "runtime"

_NEWLIB_HEADERS = PARTS / "libnewlib-dev/usr/include/newlib"
_NEWLIB = PARTS / "libnewlib-arm-none-eabi/usr/lib/arm-none-eabi/newlib"
_PICOLIBC_RISCV = (
    PARTS / "picolibc-riscv64-unknown-elf/usr/lib/picolibc/riscv64-unknown-elf"
)
_PICOLIBC_LX106 = PARTS / "picolibc-xtensa-lx106-elf/usr/lib/xtensa-lx106-elf"
_ARM_BASELINE = ("-mcpu=cortex-m0plus", "-mthumb")


@dataclass(frozen=True)
class Target:
    """One instruction set: how to compile for it, and how to run what is compiled."""

    name: str
    boards: str
    prefix: str
    flags: tuple[str, ...]
    headers: Path
    # ESPHome's name for the boards, in the sources.
    define: str
    # The library of its cryptography, as cmake/ has it.
    library: str
    # The folder of `runtime/` with what this target needs of its own.
    runtime: str = ""
    link: tuple[str, ...] = ()
    # What is linked last, in the C library's own order.
    libraries: tuple[str, ...] = ()
    emulator: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether there is an emulator for it."""
        return bool(self.emulator)

    @property
    def measures_tls(self) -> bool:
        """Whether it runs, and its boards' TLS is BearSSL's."""
        return self.runs and self.library == "bearssl"

    def tool(self, name: str) -> str:
        """Return the name of one of its programs, such as `size`."""
        return f"{self.prefix}{name}"

    def compile_flags(self, language: str) -> list[str]:
        """Return the flags for `C`, `CXX` or `ASM`."""
        flags = list(self.flags)
        if language == "CXX":
            flags += ["-fno-rtti", "-fno-threadsafe-statics", "-nostdinc++"]
            # No library has what the headers would leave to it.
            flags += ["-D_GLIBCXX_EXTERN_TEMPLATE=0", "-D_GNU_SOURCE"]
            flags += [f"-isystem {folder}" for folder in cpp_headers()]
        return [*flags, f"-isystem {self.headers}"]


TARGETS = (
    Target(
        name="armv6m",
        boards="RP2040",
        prefix="arm-none-eabi-",
        flags=_ARM_BASELINE,
        headers=_NEWLIB_HEADERS,
        define="USE_RP2",
        library="bearssl",
        runtime="arm",
        link=(
            f"-T {RUNTIME / 'arm/mps2.ld'}",
            str(_NEWLIB / "thumb/v6-m/nofp/rdimon-crt0.o"),
        ),
        libraries=(
            str(_NEWLIB / "thumb/v6-m/nofp/libc.a"),
            str(_NEWLIB / "thumb/v6-m/nofp/libm.a"),
            str(_NEWLIB / "thumb/v6-m/nofp/librdimon.a"),
        ),
        emulator=(
            *("qemu-system-arm", "-M", "mps2-an385", "-nographic"),
            *("-semihosting-config", "enable=on,target=native"),
        ),
    ),
    Target(
        name="armv8m",
        boards="RP2350",
        prefix="arm-none-eabi-",
        flags=("-mcpu=cortex-m33", "-mthumb"),
        headers=_NEWLIB_HEADERS,
        define="USE_RP2",
        library="bearssl",
    ),
    Target(
        name="rv32imc",
        boards="ESP32-C3, ESP32-C6",
        prefix="riscv64-unknown-elf-",
        flags=("-march=rv32imc", "-mabi=ilp32"),
        headers=_PICOLIBC_RISCV / "include",
        define="USE_ESP32",
        library="sodium",
        link=(
            f"-T {_PICOLIBC_RISCV / 'lib/picolibc.ld'}",
            "-Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=4M",
            "-Wl,--defsym=__ram=0x80400000,--defsym=__ram_size=16M",
            "-Wl,--defsym=__stack_size=64k",
            str(_PICOLIBC_RISCV / "lib/rv32im/ilp32/crt0-hosted.o"),
        ),
        libraries=(
            str(_PICOLIBC_RISCV / "lib/rv32im/ilp32/libc.a"),
            str(_PICOLIBC_RISCV / "lib/rv32im/ilp32/libm.a"),
            str(_PICOLIBC_RISCV / "lib/rv32im/ilp32/libsemihost.a"),
        ),
        emulator=(
            *("qemu-system-riscv32", "-M", "virt", "-cpu", "rv32", "-bios", "none"),
            *("-nographic", "-semihosting-config", "enable=on,target=native"),
        ),
    ),
    Target(
        name="lx106",
        boards="ESP8266",
        prefix="xtensa-lx106-elf-",
        flags=("-mlongcalls", "-mtext-section-literals", "-falign-functions=4"),
        headers=_PICOLIBC_LX106 / "include",
        define="USE_ESP8266",
        library="bearssl",
        runtime="lx106",
        link=(f"-T {RUNTIME / 'lx106/sim.ld'}",),
        libraries=(
            str(_PICOLIBC_LX106 / "lib/libc.a"),
            str(_PICOLIBC_LX106 / "lib/libm.a"),
        ),
        emulator=(
            *("qemu-system-xtensa", "-M", "sim", "-cpu", "lx106", "-nographic"),
            *("-semihosting", "-monitor", "none"),
        ),
    ),
)
BY_NAME = {target.name: target for target in TARGETS}


@cache
def cpp_headers() -> tuple[Path, ...]:
    """Return the folders of C++ headers, in the order of ARM's own compiler."""
    command = ["arm-none-eabi-g++", *_ARM_BASELINE, "-E", "-v", "-x", "c++", os.devnull]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    folders = [line.strip() for line in text.splitlines() if line.startswith(" /")]
    found = [Path(folder).resolve() for folder in folders if "/c++/" in folder]
    assert found, text
    return tuple(found)
