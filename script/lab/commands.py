"""ESPHome's own commands for a device that only dials out: what to type, and a try."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import shlex

from .firmware import Device
from .flows import Enrolment
from .house import House
from .network import HOST, free_port
from .paths import ESPHOME, LAB

YAML = LAB / "yaml" / "far" / "garden-pump.far.yaml"
UPLOAD_SECONDS = 120.0
LOGS_SECONDS = 60.0


class CommandFailed(Exception):
    """A command that a person was told to try has not done what it should."""


@dataclass(frozen=True)
class Commands:
    """Two lines to be copied into a shell."""

    upload: str
    logs: str


def far_values(enrolment: Enrolment) -> dict[str, str]:
    """Return the substitutions of `YAML` for a board, which has a port of its own."""
    return {
        "upload_port": enrolment.upload_port,
        "upload_password": enrolment.upload_password,
        "api_port": str(free_port()),
    }


async def prepare_commands(
    house: House, enrolment: Enrolment, device: Device, mac: str
) -> Commands:
    """Allow what the commands need, and write the YAML that they are given.

    On another machine than the hub's, the board would have the port that the YAML says.
    """
    port = free_port()
    await house.allow_tunnels(enrolment, api=True, api_keep=True, api_port=port)
    yaml = house.directory / f"{device.name}.yaml"
    yaml.write_text(
        _configuration(
            {
                **far_values(enrolment),
                "api_port": str(port),
                "mac_address": mac,
                "hub_url": house.dial_url,
                "hub_key": enrolment.hub_key,
                "registration_token": enrolment.registration_token,
            }
        )
    )
    return Commands(
        _line("upload", yaml, "--file", device.program), _line("logs", yaml)
    )


def _configuration(substitutions: Mapping[str, str]) -> str:
    values = "".join(
        f"  {name}: {json.dumps(value)}\n" for name, value in substitutions.items()
    )
    return f"substitutions:\n{values}\npackages:\n  pump: !include {YAML}\n"


def _line(command: str, yaml: Path, *more: str | Path) -> str:
    parts = (ESPHOME, command, yaml, "--device", HOST, *more)
    return shlex.join(str(part) for part in parts)


async def try_commands(commands: Commands, device: Device, proved: str) -> int:
    """Type both; return how many have done what they should.

    Raises CommandFailed for the first that has not.
    """
    mark = device.mark()
    await _expect(commands.upload, "OTA successful", UPLOAD_SECONDS)
    await device.wait_for_log(proved, since=mark)
    await _expect(commands.logs, "[oceanremote:", LOGS_SECONDS)
    return 2


async def _expect(line: str, words: str, seconds: float) -> None:
    """Run a command until it says something; nobody else ends `esphome logs`."""
    process = await asyncio.create_subprocess_shell(
        f"exec {line}",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        async with asyncio.timeout(seconds):
            async for output in process.stdout:
                said.append(output.decode(errors="replace"))
                if words in said[-1]:
                    return
    except TimeoutError:
        said.append(f"nothing more in {seconds:.0f} s")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    raise CommandFailed(f"{line}: no {words!r} in\n{''.join(said)}")
