"""ESPHome's own deep sleep on this machine: the board's sleep is the program's end.

Schema, code generation and class are the real ones, which ESPHome offers to no host;
only what a platform adds to them (`deep_sleep_host.cpp`) is of the tests.
"""

import importlib.util
from pathlib import Path

import esphome
import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.types import ConfigType

_COMPONENTS = Path(esphome.__file__).parent / "components"
_SPEC = importlib.util.spec_from_file_location(
    "real_deep_sleep", _COMPONENTS / "deep_sleep/__init__.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_real = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_real)

# All but the list of platforms.
_schema, _platforms, _check = _real.CONFIG_SCHEMA.validators
CONFIG_SCHEMA = cv.All(_schema, _check)


async def to_code(config: ConfigType) -> None:
    """Emit what the real one emits, and find the real one's sources."""
    cg.add_build_flag(f"-idirafter {_COMPONENTS}")
    await _real.to_code(config)
