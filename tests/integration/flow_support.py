"""Short cuts through the flows, and a check that every text they use is there."""

import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant
import yaml

from custom_components.oceanremote.common.const import DOMAIN, SUBENTRY_DEVICE

LOCAL = "ws://192.168.1.10:8123"
TRANSLATIONS: dict[str, Any] = json.loads(
    (
        Path(__file__).parents[2]
        / "custom_components"
        / DOMAIN
        / "translations/en.json"
    ).read_text()
)


class _Loader(yaml.SafeLoader):
    """Reads `!secret` as text."""


_Loader.add_constructor("!secret", lambda loader, node: f"secret {node.value}")


def load_yaml(text: str) -> dict[str, Any]:
    """Read a device's YAML, `!secret` aside."""
    loaded: dict[str, Any] = yaml.load(text, Loader=_Loader)
    return loaded


def shown_yaml(flow: dict[str, Any]) -> str:
    """Return the text in the editor of a page; fails where the page has none."""
    (field,) = (key for key in flow["data_schema"].schema if key == "yaml")
    text = field.default()
    assert isinstance(text, str)
    return text


def text_at(*path: str) -> str:
    """Return a translated text; fails where there is none."""
    found: Any = TRANSLATIONS
    for step in path:
        found = found[step]
    assert isinstance(found, str)
    return found


async def start_hub_flow(hass: HomeAssistant) -> dict[str, Any]:
    """Begin to set the hub up."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )


async def start_device_flow(
    hass: HomeAssistant, entry: ConfigEntry, subentry_id: str | None = None
) -> dict[str, Any]:
    """Begin to add a device, or to reconfigure one."""
    context: dict[str, Any] = {"source": SOURCE_USER}
    if subentry_id is not None:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id}
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_DEVICE), context=context
    )


async def answer(
    hass: HomeAssistant, flow: dict[str, Any], **user_input: Any
) -> dict[str, Any]:
    """Fill in the present form of a subentry flow."""
    return await hass.config_entries.subentries.async_configure(
        flow["flow_id"], user_input
    )


async def choose(
    hass: HomeAssistant, flow: dict[str, Any], option: str
) -> dict[str, Any]:
    """Choose from the present menu of a subentry flow."""
    return await answer(hass, flow, next_step_id=option)
