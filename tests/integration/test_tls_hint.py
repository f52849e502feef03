"""Boards that speak TLS 1.2 at most, and a Home Assistant that speaks 1.3 only."""

from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import CONF_URLS
from custom_components.oceanremote.hub import Hub

from .flow_support import answer, shown_yaml, start_device_flow

SECURE = ["ws://192.168.1.10:8123", "wss://home.example.com"]


@pytest.mark.parametrize(
    ("board", "profile", "urls", "warned"),
    [
        ("esp8266", "modern_v6", SECURE, True),
        ("rp2", "modern_v6", SECURE, True),
        ("esp32", "modern_v6", SECURE, False),
        ("esp8266", "intermediate_v6", SECURE, False),
        ("esp8266", "modern", SECURE, False),
        ("esp8266", "modern_v6", SECURE[:1], False),
    ],
)
async def test_a_board_that_cannot_speak_to_this_server_is_warned_about(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    board: str,
    profile: str,
    urls: list[str],
    warned: bool,
) -> None:
    """With the YAML, which is shown all the same: the profile can be changed."""
    assert await async_setup_component(hass, "http", {})
    options = {**hub_entry.options, CONF_URLS: urls}
    hass.config_entries.async_update_entry(hub_entry, options=options)
    await hass.async_block_till_done()
    with (
        patch.object(hass.http, "ssl_certificate", "/ssl/fullchain.pem"),
        patch.object(hass.http, "ssl_profile", profile),
    ):
        page = await answer(
            hass, await start_device_flow(hass, hub_entry), name="Pump", board=board
        )
    assert page["step_id"] == "show_yaml"
    hint: Any = page["description_placeholders"]["hint"]
    assert ("TLS 1.3 only" in hint) is warned
    assert all(f'"{url}"' in shown_yaml(page) for url in urls)
