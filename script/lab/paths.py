"""Where the laboratory finds things in the repository."""

from pathlib import Path
import sysconfig

REPO = Path(__file__).resolve().parents[2]
LAB = Path(__file__).resolve().parent
CACHE = REPO / ".cache"
COMPONENT = REPO / "custom_components" / "oceanremote"
ESPHOME_COMPONENTS = REPO / "esphome" / "components"
EXAMPLES = REPO / "esphome" / "examples"
HASS = CACHE / "venv-ha" / "bin" / "hass"
ESPHOME = CACHE / "venv-esphome" / "bin" / "esphome"
DEVICE_BUILDER = ESPHOME.with_name("esphome-device-builder")
# Debian's name of this machine's kind, of which every native library's folder is named.
MULTIARCH = sysconfig.get_config_var("MULTIARCH")
FAKETIME = Path(f"/usr/lib/{MULTIARCH}/faketime/libfaketime.so.1")
CHROMIUM = Path("/usr/bin/chromium")
