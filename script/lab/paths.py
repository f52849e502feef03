"""Where the laboratory finds things in the repository."""

from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
CACHE = REPO / ".cache"
COMPONENT = REPO / "custom_components" / "oceanremote"
ESPHOME_COMPONENTS = REPO / "esphome" / "components"
EXAMPLES = REPO / "esphome" / "examples"
HASS = CACHE / "venv-ha" / "bin" / "hass"
ESPHOME = CACHE / "venv-esphome" / "bin" / "esphome"
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
CHROMIUM = Path("/usr/bin/chromium")
