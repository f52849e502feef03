"""Core's integration adds a board that it cannot reach, through a port of ours."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.oceanremote.policy.tunnels import TunnelRule
from custom_components.oceanremote.protocol import TunnelService
from custom_components.oceanremote.protocol.keys import hub_key_text
from lab.firmware import Device, compile_firmware
from lab.network import HOST, free_ports
from lab.paths import ESPHOME_COMPONENTS
from tests.integration.runtime_support import load, make_entry, only_coordinator
from tests.integration.tunnel_support import allow

from .board import NAME, add_to_core, listening, load_core

PATIENCE = 60.0
# A board is compiled first, on a machine that others may keep busy.
pytestmark = pytest.mark.timeout(2400)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the condition is anybody's
            await asyncio.sleep(0.05)


async def _shown(hass: HomeAssistant, entity_id: str, state: str) -> None:
    def is_shown() -> bool:
        now = hass.states.get(entity_id)
        return now is not None and now.state == state

    await _until(is_shown)


def _switches(hass: HomeAssistant, entry: ConfigEntry) -> list[str]:
    registry = er.async_get(hass)
    entries = er.async_entries_for_config_entry(registry, entry.entry_id)
    return [one.entity_id for one in entries if one.domain == "switch"]


async def test_core_adds_commands_and_finds_it_again(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    ours = await make_entry(hass, NAME)
    hub = await load(hass, ours)
    coordinator = only_coordinator(hub)
    tunnel_port, api_port = free_ports(2)
    # A port that stays, as core's integration needs it.
    await allow(hass, ours, api=TunnelRule(keep=True, port=tunnel_port))
    await load_core(hass)
    async with listening(hass) as port:
        token, _ = await hub.async_issue_registration_token(coordinator.subentry_id)
        program = await compile_firmware(
            Path(__file__).parent / "tunnelled.yaml",
            {
                "api_port": str(api_port),
                "url": f"ws://{HOST}:{port}",
                "hub_key": hub_key_text(hub.vault.hub_key.public),
                "registration_token": token,
                "components": str(ESPHOME_COMPONENTS),
            },
            build="compare-tunnelled",
        )
        device = Device("tunnelled", program, tmp_path)
        await device.start()
        try:
            await _until(lambda: coordinator.available)
            core = await add_to_core(hass, tunnel_port)
            await _until(lambda: bool(_switches(hass, core)))
            (pump,) = _switches(hass, core)
            await _shown(hass, pump, STATE_OFF)
            await hass.services.async_call(
                "switch", "turn_on", {"entity_id": pump}, blocking=True
            )
            await _shown(hass, pump, STATE_ON)

            # The board restarts: its streams end, the port stays, core comes back.
            await device.kill()
            await _shown(hass, pump, STATE_UNAVAILABLE)
            await device.start()
            await _shown(hass, pump, STATE_OFF)

            # What ends trust ends core's way to the board.
            await hub.security.trust.async_quarantine(coordinator, None)
            await _shown(hass, pump, STATE_UNAVAILABLE)
            tunnels = ours.runtime_data.tunnels.of(coordinator.subentry_id)
            assert tunnels.listeners == ()
            assert TunnelService.API in coordinator.facts.tunnels  # type: ignore[union-attr]
            await hass.config_entries.async_unload(core.entry_id)
        finally:
            await device.kill()
            await hass.config_entries.async_unload(ours.entry_id)
