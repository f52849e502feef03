"""Runs ESPHome's command line on the fixtures, with builds outside of the tree."""

from dataclasses import dataclass
import os
from pathlib import Path
import re
import subprocess

from lab.paths import ESPHOME

CONFIGS = Path(__file__).parent / "configs"
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
    """Run `esphome [-s name value]… command file`."""
    options = [part for pair in substitutions.items() for part in ("-s", *pair)]
    process = subprocess.run(
        [str(ESPHOME), *options, *command, str(file)],
        env={**os.environ, "ESPHOME_DATA_DIR": str(data), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return Outcome(process.returncode == 0, process.stdout)
