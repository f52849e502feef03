"""Diagnostics tell what is going on, and not one secret."""

import asyncio
import base64
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.oceanremote import diagnostics
from custom_components.oceanremote.common.const import CONF_KEY_PATH, CONF_URLS, DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.tunnels import TunnelRule, parse_sources
from custom_components.oceanremote.protocol import TunnelService
from custom_components.oceanremote.vault import vault_path

from .flow_support import text_at
from .runtime_support import MAC, Device, come_online, only_coordinator
from .test_device_flow import add_device, yaml_of
from .tunnel_support import TunnelBoard, allow


async def collect(hass: HomeAssistant, entry: MockConfigEntry) -> list[dict[str, Any]]:
    """Return the diagnostics of the hub and of each device, as JSON has them."""
    found = [
        await diagnostics.async_get_config_entry_diagnostics(hass, entry),
        *[
            await diagnostics.async_get_device_diagnostics(hass, entry, device)
            for device in dr.async_entries_for_config_entry(
                dr.async_get(hass), entry.entry_id
            )
        ],
    ]
    return [json.loads(json_dumps(item)) for item in found]


def forms_of(secret: bytes) -> set[str]:
    """Return the ways in which bytes could show up in a text."""
    encoded = base64.b64encode(secret).decode()
    return {
        secret.hex(),
        secret.hex(":"),
        encoded.rstrip("="),
        base64.urlsafe_b64encode(secret).decode().rstrip("="),
        repr(secret)[2:-1],
        str(list(secret)),
    }


async def test_no_secret_is_in_any_diagnostics(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """Keys, tokens, passwords, MACs, addresses, file paths: none, in no form."""
    created = await add_device(hass, hub_entry, name="Sauna", board="esp32")
    await hass.async_block_till_done()
    await hub.async_issue_registration_token(only_first(hub).subentry_id)
    await hub.vault.rotate_token(only_first(hub).enrolment_id, bytes(range(100, 132)))
    text = json.dumps(await collect(hass, hub_entry))

    secrets: list[bytes] = [hub.vault.hub_key.private, hub.vault.hub_key.public, MAC]
    for record in hub.vault.devices.values():
        secrets += [
            item.secret
            for item in (record.current, record.previous, record.registration)
            if item is not None
        ]
        secrets += [item for item in (record.mac, record.device_key) if item]
        if record.registration is not None:
            secrets.append(record.registration.handle)
    assert len(secrets) > 8
    for secret in secrets:
        for form in forms_of(secret):
            assert form not in text
    config = yaml_of(created)
    for word in (
        config["wifi"]["ap"]["password"],
        config["ota"][0]["password"],
        config["oceanremote"]["registration_token"],
        config["oceanremote"]["hub_key"],
        *hub.urls,
        "Sauna",
        "Garden pump",
        "Pump",
    ):
        assert word not in text


def only_first(hub: Hub) -> Any:
    """Return the coordinator of the first device."""
    return next(iter(hub.coordinators.values()))


async def test_diagnostics_tell_what_is_going_on(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """Standing, session, firmware, entities; the hub's page for the hub's device."""
    whole, *devices = await collect(hass, hub_entry)
    assert whole["hub"]["addresses"] == len(hub.urls)
    assert whole["vault"]["generation"] == hub.vault.generation
    assert whole["vault"]["standings"]["active"] == 1
    assert whole["vault"]["key_outside"] is False
    (device,) = whole["devices"]
    assert device["status"] == "online"
    assert device["available"] is True
    assert device["session_expires_at"] is not None
    assert device["facts"]["platform"] == only_coordinator(hub).facts.platform
    assert device["vault"]["registration_token"]["used"] is True
    assert whole in devices
    own = next(item for item in devices if item != whole)
    assert own == {
        **device,
        "entities": own["entities"],
        "left_out": [],
        "not_understood": 0,
    }
    assert {item["domain"] for item in own["entities"]} == {"switch", "sensor"}


async def test_open_tunnels_are_told_without_who_uses_them(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    enrolled_device: Device,
    socket_enabled: None,
) -> None:
    """Which ports are open, whether to others, and what goes through them now."""
    sources = parse_sources(["192.0.2.77"])
    await allow(
        hass, hub_entry, api=TunnelRule(), web_server=TunnelRule(sources=sources)
    )
    board = TunnelBoard(enrolled_device)
    await come_online(hass, enrolled_device, only_coordinator(hub))
    tunnels = hub_entry.runtime_data.tunnels.of(only_coordinator(hub).subentry_id)
    whole, *_ = await collect(hass, hub_entry)
    assert whole["devices"][0]["tunnels"] == []

    async with board.serving():
        api = await tunnels.async_open(TunnelService.API, 60, "anna")
        await tunnels.async_open(TunnelService.WEB_SERVER, 60, "anna")
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        found = await collect(hass, hub_entry)
        writer.transport.abort()
    told, quiet = found[0]["devices"][0]["tunnels"]
    assert told == {
        "service": "api",
        "host": "127.0.0.1",
        "port": api.port,
        "kept_open": False,
        "sources": 0,
        "streams": 1,
        "bytes_to_device": 5,
        "bytes_from_device": 5,
    }
    assert (quiet["host"], quiet["sources"], quiet["streams"]) == ("0.0.0.0", 1, 0)
    for word in ("192.0.2.77", "anna"):
        assert word not in json.dumps(found)


async def test_diagnostics_of_a_device_that_never_connected(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """Neither record nor facts are needed."""
    whole, *_ = await collect(hass, hub_entry)
    (device,) = whole["devices"]
    assert device["facts"] is None
    assert device["vault"] is None
    await hub.async_issue_registration_token(only_coordinator(hub).subentry_id)
    whole, *_ = await collect(hass, hub_entry)
    (device,) = whole["devices"]
    assert device["vault"]["standing"] == "pending"
    assert device["vault"]["registration_token"]["used"] is False
    assert device["vault"]["token_generation"] is None


async def test_place_of_the_key_is_not_told(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """That it lies elsewhere is; where is not."""
    hass.config_entries.async_update_entry(
        hub_entry,
        data={CONF_KEY_PATH: "/media/stick/hub.key", CONF_URLS: ["ws://a"]},
    )
    whole, *_ = await collect(hass, hub_entry)
    assert whole["vault"]["key_outside"] is True
    assert "stick" not in json.dumps(whole)


async def test_diagnostics_of_a_hub_that_does_not_run(
    hass: HomeAssistant, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """They are asked for just then: the state and its reason, without a secret."""
    await hass.config_entries.async_unload(hub_entry.entry_id)
    vault_path(hass).write_bytes(b"damaged")
    assert not await hass.config_entries.async_setup(hub_entry.entry_id)
    whole, *devices = await collect(hass, hub_entry)
    assert whole == {
        "state": "setup_error",
        "reason": "vault_unusable",
        "vault": {"key_outside": False},
        "devices": 1,
        "challenge_devices": 0,
    }
    assert devices == [whole, whole]


async def test_system_health_counts(
    hass: HomeAssistant, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """Devices, devices online, writes; and no more than zero without a hub."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)
    assert (info["devices"], info["devices_online"]) == (1, 1)
    assert info["vault_generation"] > 1
    for key in info:
        assert text_at("system_health", "info", key)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    assert await get_system_health_info(hass, DOMAIN) == {"devices": 0}
