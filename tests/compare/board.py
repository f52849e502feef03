"""One board that both integrations of one Home Assistant have."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp.test_utils import TestServer
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component

from custom_components.oceanremote.protocol.keys import hub_key_text
from lab.firmware import BUILDS, Device, compile_firmware
from lab.network import HOST, free_port
from lab.paths import ESPHOME_COMPONENTS
from tests.integration.runtime_support import load, make_entry, only_coordinator

from .family import FOLDER

NAME: Final = "Board"
PATIENCE: Final = 30.0
# What core's integration wants loaded and this board makes no use of.
_UNUSED: Final = frozenset({"assist_pipeline", "bluetooth", "intent"})


@dataclass(frozen=True)
class Board:
    """A running board, and how each integration knows it."""

    device: Device
    core: ConfigEntry
    ours: ConfigEntry

    @property
    def subentry_id(self) -> str:
        """Our subentry of it."""
        return only_coordinator(self.ours.runtime_data.hub).subentry_id


@asynccontextmanager
async def running_board(
    hass: HomeAssistant,
    families: Sequence[str],
    directory: Path,
) -> AsyncGenerator[Board]:
    """Compile the board of some families, run it, and add it to Home Assistant twice."""
    name = "-".join(families)
    ours = await make_entry(hass, NAME)
    hub = await load(hass, ours)
    # Before anything listens: its paths cannot be added later.
    await load_core(hass)
    async with listening(hass) as port:
        token, _ = await hub.async_issue_registration_token(
            only_coordinator(hub).subentry_id
        )
        api_port = free_port()
        program = await compile_firmware(
            _configuration(name, families),
            {
                "friendly_name": NAME,
                "api_port": str(api_port),
                "url": f"ws://{HOST}:{port}",
                "hub_key": hub_key_text(hub.vault.hub_key.public),
                "registration_token": token,
                "components": str(ESPHOME_COMPONENTS),
            },
            build=f"compare-{name}",
        )
        device = Device(name, program, directory)
        await device.start()
        try:
            core = await add_to_core(hass, api_port)
            yield Board(device, core, ours)
            await hass.config_entries.async_unload(core.entry_id)
        finally:
            await device.kill()
            await hass.config_entries.async_unload(ours.entry_id)


def _configuration(name: str, families: Sequence[str]) -> Path:
    """Write the YAML of a board that has all of these."""
    configuration = BUILDS / f"compare-{name}.yaml"
    configuration.parent.mkdir(parents=True, exist_ok=True)
    configuration.write_text(
        "packages:\n"
        + "".join(f"  {one}: !include {FOLDER / one}.yaml\n" for one in families)
    )
    return configuration


@asynccontextmanager
async def listening(hass: HomeAssistant) -> AsyncGenerator[int]:
    """Serve Home Assistant's web application on a real port."""
    server = TestServer(hass.http.app, host=HOST)
    await server.start_server()
    try:
        assert server.port is not None
        yield server.port
    finally:
        await server.close()


async def load_core(hass: HomeAssistant) -> None:
    """Load core's integration, without what no board here makes use of."""
    hass.config.components |= _UNUSED
    for component in ("camera", "media_player", "ffmpeg", "esphome"):
        assert await async_setup_component(hass, component, {})


async def add_to_core(hass: HomeAssistant, port: int) -> ConfigEntry:
    """Add the board by the dialog of core's integration, as a person does."""
    flows = hass.config_entries.flow
    asked = {CONF_HOST: HOST, CONF_PORT: port}
    async with asyncio.timeout(PATIENCE):
        while True:
            result = await flows.async_init(
                "esphome", context={"source": SOURCE_USER}, data=asked
            )
            if result["type"] is FlowResultType.CREATE_ENTRY:
                break
            flows.async_abort(result["flow_id"])
            await asyncio.sleep(0.1)
    await hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    return entry
