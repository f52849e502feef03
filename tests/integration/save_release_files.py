"""Save what a home has on disk, for the release that comes after this one to load.

Run before a release, by name: `pytest tests/integration/save_release_files.py`. It
writes `tests/integration/release_files/`, which `test_release_files.py` loads.
"""

from collections.abc import Sequence
import json
from pathlib import Path
import shutil
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import DESCRIPTIONS_STORE
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from tests.support.device_driver import DeviceDriver

from .runtime_support import Device, describe, eventually, has_told_all, make_entry

FILES = Path(__file__).parent / "release_files"
KEPT = (
    ".storage/oceanremote.vault",
    ".storage/oceanremote.key",
    ".storage/oceanremote_audit",
    "oceanremote_anchor.log",
)
MACS = {
    "Garden pump": bytes.fromhex("a0b1c2d3e401"),
    "Boat": bytes.fromhex("a0b1c2d3e402"),
    "Shed": bytes.fromhex("a0b1c2d3e403"),
}
EVERYTHING = (
    describe(Domain.BINARY_SENSOR, "Door", device_class="door"),
    describe(Domain.SENSOR, "Flow", unit="L/min", accuracy_decimals=1, state_class=1),
    describe(Domain.TEXT_SENSOR, "Mood"),
    describe(Domain.SWITCH, "Pump", assumed_state=True),
    describe(Domain.BUTTON, "Beep"),
    describe(Domain.NUMBER, "Level", min_value=0.0, max_value=9.5, step=0.5),
    describe(Domain.SELECT, "Mode", options=("slow", "fast")),
    describe(
        Domain.LIGHT,
        "Lamp",
        color_modes=(1 | 2 | 8,),
        effects=("Rainbow",),
        min_mireds=153.0,
        max_mireds=500.0,
    ),
)


async def connected(
    client: ClientSessionGenerator,
    hub: Hub,
    name: str,
    entities: Sequence[EntityDescriptor],
) -> Device:
    """Register the board of a device and wait for its entities."""
    (coordinator,) = [c for c in hub.coordinators.values() if c.title == name]
    token, _ = await hub.async_issue_registration_token(coordinator.subentry_id)
    driver = DeviceDriver(hub.vault.hub_key.public, token, MACS[name], entities)
    device = Device(await client(), driver)
    await device.connect()
    await eventually(lambda: has_told_all(coordinator))
    await hub.hass.async_block_till_done()
    return device


def flash_of(device: Device) -> dict[str, object]:
    """Return what a board keeps, as JSON holds it."""
    flash = device.driver.flash
    identity = flash.identity
    assert identity.token is not None
    return {
        "private_key": identity.key.private.hex(),
        "mac": identity.mac.hex(),
        "hub_public": identity.hub_public.hex(),
        "generation": identity.generation,
        "token": identity.token.hex(),
        "counter": flash.counter,
    }


def entry_of(entry: MockConfigEntry) -> dict[str, object]:
    """Return a config entry as JSON holds it."""
    return {
        "entry_id": entry.entry_id,
        "data": dict(entry.data),
        "options": dict(entry.options),
        "version": [entry.version, entry.minor_version],
        "subentries": [
            {
                "subentry_id": subentry.subentry_id,
                "subentry_type": subentry.subentry_type,
                "title": subentry.title,
                "unique_id": subentry.unique_id,
                "data": dict(subentry.data),
            }
            for subentry in entry.subentries.values()
        ],
    }


def save(config: Path, home: dict[str, object]) -> None:
    """Write the files and what lies beside them in Home Assistant's own."""
    shutil.rmtree(FILES, ignore_errors=True)
    for name in KEPT:
        source, target = config / name, FILES / name.lstrip(".")
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    (FILES / "home.json").write_text(json.dumps(home, indent=2, sort_keys=True) + "\n")


@pytest.mark.usefixtures("enable_custom_integrations")
async def test_save_release_files(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    hass_storage: dict[str, Any],
) -> None:
    """A board with every domain, one in quarantine, one revoked, one not registered."""
    entry = await make_entry(hass, *MACS, "Attic")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    hub: Hub = entry.runtime_data.hub
    boards = {
        name: await connected(
            hass_client_no_auth,
            hub,
            name,
            EVERYTHING if name == "Garden pump" else EVERYTHING[:4],
        )
        for name in MACS
    }
    by_name = {c.title: c for c in hub.coordinators.values()}
    await hub.security.trust.async_quarantine(by_name["Boat"], None)
    await hub.async_issue_registration_token(by_name["Attic"].subentry_id)
    assert hass.config_entries.async_remove_subentry(entry, by_name["Shed"].subentry_id)
    await hass.async_block_till_done()
    flashes = {name: flash_of(boards[name]) for name in ("Garden pump", "Boat")}
    for board in boards.values():
        await board.hang_up()
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    entities = {found.unique_id: found.entity_id for found in registered}
    assert await hass.config_entries.async_unload(entry.entry_id)
    home = {
        "entry": entry_of(entry),
        "flashes": flashes,
        "entities": entities,
        "descriptions": hass_storage[DESCRIPTIONS_STORE],
    }
    await hass.async_add_executor_job(save, Path(hass.config.config_dir), home)
