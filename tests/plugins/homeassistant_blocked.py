"""Proves that the pure cores need no Home Assistant: importing it fails.

Loaded with `-p tests.plugins.homeassistant_blocked` for the tests of `protocol`
and `policy`, with the discovery of other plugins switched off, because some of
them import aiohttp.
"""

from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
import sys
from types import ModuleType

BLOCKED = frozenset({"homeassistant", "aiohttp", "voluptuous", "probatio"})
PACKAGE = "custom_components.oceanremote"


class Blocker(MetaPathFinder):
    """Answers for the blocked packages, with a refusal."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Raise ModuleNotFoundError for a blocked package; know nothing of others."""
        if fullname.partition(".")[0] in BLOCKED:
            message = f"{fullname} is out of reach of the pure cores"
            raise ModuleNotFoundError(message, name=fullname)
        return None


def stand_in(name: str, folder: Path) -> None:
    """Register a package that leads to its modules without running its __init__."""
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


# The integration's own __init__ belongs to Home Assistant; its cores must not need it.
stand_in(PACKAGE, Path(__file__).parents[2] / PACKAGE.replace(".", "/"))
sys.meta_path.insert(0, Blocker())
