"""Runs ESPHome's command line on the fixtures, with builds outside of the tree."""

from dataclasses import dataclass
from functools import cache
import json
import os
from pathlib import Path
import re
import subprocess
import tempfile
import threading

from lab.paths import ESPHOME

CONFIGS = Path(__file__).parent / "configs"
SERVER = Path(__file__).parent / "esphome_server.py"
# On a busy machine; alone it takes half a minute.
SECONDS = 540

HUB_KEY = "oc_hub_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8CegF"
TOKEN = "oc_reg_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoMbD6q"


@dataclass(frozen=True)
class Outcome:
    """What ESPHome said and whether it was content."""

    accepted: bool
    text: str

    @property
    def words(self) -> str:
        """The text without its line breaks: ESPHome wraps what is long."""
        return " ".join(self.text.split())

    @property
    def warnings(self) -> list[str]:
        """The lines in which ESPHome warned."""
        return re.findall(r"(?m)^WARNING (.*)$", self.text)


def run_esphome(*command: str, file: Path, data: Path, **substitutions: str) -> Outcome:
    """Run `esphome [-s name value]… command file`.

    What compiles nothing runs in a fork of an ESPHome that is imported already: to
    import it takes longer than to read a configuration.
    """
    options = [part for pair in substitutions.items() for part in ("-s", *pair)]
    arguments = [*options, *command, str(file)]
    environment = {**os.environ, "ESPHOME_DATA_DIR": str(data), "NO_COLOR": "1"}
    if command[0] == "config" or "--only-generate" in command:
        return _server().run(arguments, environment)
    process = subprocess.run(
        [str(ESPHOME), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return Outcome(process.returncode == 0, process.stdout)


class _Server:
    """An ESPHome that forks for each command, one at a time."""

    def __init__(self) -> None:
        """Start it; it ends with this process."""
        self._process = subprocess.Popen(
            [ESPHOME.with_name("python"), SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lock = threading.Lock()

    def run(self, arguments: list[str], environment: dict[str, str]) -> Outcome:
        """Return what a command comes to; raises OSError where the server is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock, tempfile.NamedTemporaryFile("r", errors="replace") as output:
            request = {
                "arguments": arguments,
                "environment": environment,
                "output": output.name,
            }
            print(json.dumps(request), file=self._process.stdin, flush=True)
            if not (code := self._process.stdout.readline()):
                raise ConnectionResetError("ESPHome's server has ended")
            return Outcome(int(code) == 0, output.read())


@cache
def _server() -> _Server:
    return _Server()
