"""Real ESPHome firmware, compiled for the host platform and run as a process."""

import asyncio
import base64
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
import fcntl
import hashlib
import os
from pathlib import Path
import re
import shutil
from urllib.parse import urlsplit

from .paths import CACHE, ESPHOME, ESPHOME_COMPONENTS, FAKETIME
from .process import LoggedProcess

BUILDS = CACHE / "lab-firmware"
# On a busy machine; alone it takes half a minute.
COMPILE_SECONDS = 540.0
# What `lab_board` reads.
_MAC = "OCEANREMOTE_LAB_MAC"
_ADDRESS = "OCEANREMOTE_LAB_ADDRESS"
_HUB_KEY = "OCEANREMOTE_LAB_HUB_KEY"
_TOKEN = "OCEANREMOTE_LAB_TOKEN"
# What is compiled into a program that learns better when it starts, and such programs.
_NOBODY = {
    "hub_url": "ws://127.0.0.1:1",
    "hub_key": "oc_hub_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8CegF",
    "registration_token": "oc_reg_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoMbD6q",
}
_ANY_BOARDS: dict[tuple[Path, frozenset[tuple[str, str]]], Path] = {}
_EXTERNAL = re.compile(r"(?m)^external_components:\n(?:[ \t]+.*\n|\n)+")


class CompileFailed(Exception):
    """ESPHome refused a configuration or could not compile it."""


def with_local_components(yaml: str) -> str:
    """Replace a configuration's released component by the one of this repository."""
    local = (
        "external_components:\n"
        f"  - source:\n      type: local\n      path: {ESPHOME_COMPONENTS}\n\n"
    )
    if _EXTERNAL.search(yaml):
        return _EXTERNAL.sub(lambda _: local, yaml, count=1)
    return local + yaml


async def run_esphome(*arguments: str, data: Path) -> str:
    """Run the ESPHome command line with its build files under `data`.

    Raises CompileFailed with the end of its output.
    """
    process = await asyncio.create_subprocess_exec(
        str(ESPHOME),
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "ESPHOME_DATA_DIR": str(data)},
    )
    output, _ = await asyncio.wait_for(process.communicate(), COMPILE_SECONDS)
    text = output.decode(errors="replace")
    if process.returncode:
        raise CompileFailed(text[-6000:])
    return text


def is_any_board(configuration: Path) -> bool:
    """Tell whether a program learns who it is when it starts (`lab_board`)."""
    return "\nlab_board:" in configuration.read_text()


def _raw_key(text: str) -> str:
    """Return the 32 bytes of a hub key or a registration token, in hexadecimal."""
    *_, body = text.split("_", 2)
    return base64.urlsafe_b64decode(f"{body}=")[:32].hex()


async def compile_firmware(
    configuration: Path,
    substitutions: Mapping[str, str] | None = None,
    *,
    build: str = "",
) -> Path:
    """Compile a complete host configuration; return the program.

    One build folder per configuration, or of the name `build`, is kept, so that a
    second compilation with another token takes a second or two. Who compiles the same
    one meanwhile waits.
    """
    data = BUILDS / (build or configuration.stem)
    data.mkdir(parents=True, exist_ok=True)
    values = substitutions or {}
    arguments = [part for item in values.items() for part in ("-s", *item)]
    async with _alone_in(data):
        command = (*arguments, "compile", str(configuration))
        await run_esphome(*command, data=data)
        return _keep_program(data, configuration.name)


async def compile_any_board(
    configuration: Path, substitutions: Mapping[str, str]
) -> Path:
    """Return the program of a configuration with `lab_board`, compiled once a run.

    It is nobody's until it is told whose it is (`Device.wear`, `Device.enrol`).
    """
    key = (configuration, frozenset(substitutions.items()))
    if key not in _ANY_BOARDS:
        values = {**_NOBODY, **substitutions}
        _ANY_BOARDS[key] = await compile_firmware(configuration, values)
    return _ANY_BOARDS[key]


@asynccontextmanager
async def _alone_in(folder: Path) -> AsyncGenerator[None]:
    """Hold a build folder against other processes; they end, and it is free."""
    with (folder / "lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield


def _keep_program(data: Path, name: str) -> Path:
    """Copy what was compiled to a name of its own: the next one has another token."""
    programs = [path for path in data.rglob("program") if path.is_file()]
    if len(programs) != 1:
        raise CompileFailed(f"{len(programs)} programs for {name}")
    content = programs[0].read_bytes()
    target = data / f"program-{hashlib.sha256(content).hexdigest()[:12]}"
    if not target.exists():
        shutil.copy2(programs[0], target)
    return target


def save_with_local_component(yaml: str, name: str) -> Path:
    """Save a YAML as a person does, with this repository's component in it."""
    path = BUILDS / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(with_local_components(yaml))
    return path


class Device(LoggedProcess):
    """One firmware process with its own flash (a folder)."""

    def __init__(self, name: str, program: Path, directory: Path) -> None:
        """Prepare a device; its log and flash lie under `directory`."""
        self.program = program
        self.flash = directory / f"{name}-flash"
        self.flash.mkdir(parents=True, exist_ok=True)
        self._clock = directory / f"{name}.clock"
        super().__init__(
            name,
            [str(program)],
            directory / f"{name}.log",
            {"ESPHOME_PREFDIR": str(self.flash)},
            directory=self.flash,
        )

    def own_program(self) -> None:
        """Run from a copy of the program, whose place an update may take."""
        own = self.flash.with_name(f"{self.name}-program")
        self.program = Path(shutil.copy2(self.program, own))
        self._command = [str(own)]

    def wear(self, mac: str) -> None:
        """Be the board with this MAC address, where `lab_board` is compiled in."""
        self.environment |= {_MAC: mac}

    def enrol(self, hub_url: str, hub_key: str, registration_token: str) -> None:
        """Be this device of this hub, where `lab_board` is compiled in."""
        self.environment |= {
            _ADDRESS: urlsplit(hub_url).netloc,
            _HUB_KEY: _raw_key(hub_key),
            _TOKEN: _raw_key(registration_token),
        }

    def hasten(self, times: int) -> None:
        """Let the next start live so many times as fast as this machine."""
        self.environment |= {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"+0 x{times}"}

    def keep_own_clock(self) -> None:
        """Let the next start have a clock that `pass_time` moves."""
        self._write_clock(0)
        self.environment |= {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_NO_CACHE": "1",
        }

    def pass_time(self, seconds: int) -> None:
        """Let so much time pass at once, for every clock that the program reads."""
        self._write_clock(int(self._clock.read_text()) + seconds)

    def _write_clock(self, seconds: int) -> None:
        # Renamed, so that the program never reads half of it.
        new = self._clock.with_suffix(".new")
        new.write_text(f"{seconds:+d}")
        new.replace(self._clock)

    def erase(self) -> None:
        """Forget everything, as a board after a full flash erase."""
        shutil.rmtree(self.flash)
        self.flash.mkdir()

    def copy_flash_of(self, other: Device) -> None:
        """Become a clone of another device, which may go on running meanwhile."""
        for name in (_MAC, _ADDRESS, _HUB_KEY, _TOKEN):
            if (own := other.environment.get(name)) is not None:
                self.environment[name] = own
        # A record being written has another name until it is whole.
        unfinished = shutil.ignore_patterns("*.new")
        shutil.copytree(other.flash, self.flash, ignore=unfinished, dirs_exist_ok=True)
