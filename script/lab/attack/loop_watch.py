"""A component for the attacked Home Assistant that says how long its loop was blocked."""

import json
from pathlib import Path
import shutil
from typing import Any, Final

from ..client import Client
from ..home_assistant import HomeAssistant
from ..paths import REPO

DOMAIN: Final = "loop_watch"
_COMPONENT: Final = '''\
"""Watches the event loop of this Home Assistant."""

from homeassistant.core import ServiceCall, SupportsResponse

from .watch import LoopWatch


async def async_setup(hass, config):
    """Watch from now on; an action takes the longest block since it was last called."""
    watch = LoopWatch()
    watch.__enter__()

    async def take(call: ServiceCall):
        longest, watch.longest = watch.longest, 0.0
        return {
            "milliseconds": 1000 * longest,
            "collection": 1000 * watch.longest_collection,
        }

    hass.services.async_register(
        "loop_watch", "take", take, supports_response=SupportsResponse.ONLY
    )
    return True
'''


def install(home_assistant: HomeAssistant) -> None:
    """Put the component into a Home Assistant that has not been started."""
    # Or this repository's components would stand for those of the configuration.
    home_assistant.environment["PYTHONPATH"] = ""
    folder = home_assistant.config / "custom_components" / DOMAIN
    folder.mkdir()
    manifest = {
        "domain": DOMAIN,
        "name": "Loop watch",
        "codeowners": [],
        "documentation": "https://github.com/oceanremote/oceanremote",
        "iot_class": "calculated",
        "version": "1.0.0",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "__init__.py").write_text(_COMPONENT)
    shutil.copy(REPO / "tests/support/loop_watch.py", folder / "watch.py")
    configuration: Path = home_assistant.config / "configuration.yaml"
    configuration.write_text(f"{configuration.read_text()}{DOMAIN}:\n")


async def take(client: Client) -> tuple[float, float]:
    """Return the longest block in milliseconds since this was last asked.

    And the longest collection of garbage since the start, which is no part of it.
    """
    answer: dict[str, Any] = await client.call(f"{DOMAIN}.take", response=True)
    return float(answer["milliseconds"]), float(answer["collection"])
