"""What the release before has left on disk: this one loads it, and nobody is lost."""

from base64 import b64decode
from collections.abc import AsyncGenerator
import json
from pathlib import Path
import shutil
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import DESCRIPTIONS_STORE, DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import Domain, KeyPair, RegistrationToken
from tests.support.device import DeviceIdentity
from tests.support.device_driver import DeviceDriver, Flash

from .runtime_support import PUMP, Device, entity_id_of, eventually, state_of
from .save_release_files import FILES, KEPT

# Of no meaning: a board that is registered shows none.
ANY_TOKEN = RegistrationToken.generate(bytes)


@pytest.fixture(scope="module")
def home() -> dict[str, Any]:
    """What Home Assistant and the boards had kept."""
    saved: dict[str, Any] = json.loads((FILES / "home.json").read_text())
    return saved


def put_back(config: Path) -> None:
    """Lay the files where Home Assistant had them."""
    for name in KEPT:
        source, target = FILES / name.lstrip("."), config / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)


@pytest.fixture
async def hub(
    hass: HomeAssistant, hass_storage: dict[str, Any], home: dict[str, Any]
) -> Hub:
    """Return a hub that starts on the files."""
    await hass.async_add_executor_job(put_back, Path(hass.config.config_dir))
    hass_storage[DESCRIPTIONS_STORE] = home["descriptions"]
    saved = home["entry"]
    version, minor_version = saved["version"]
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="OceanRemote",
        entry_id=saved["entry_id"],
        version=version,
        minor_version=minor_version,
        data=saved["data"],
        options=saved["options"],
        subentries_data=[ConfigSubentryData(**part) for part in saved["subentries"]],
    )
    entry.add_to_hass(hass)
    registry = er.async_get(hass)
    for unique_id, entity_id in home["entities"].items():
        domain, object_id = entity_id.split(".")
        owner = unique_id.partition("-")[0]
        registry.async_get_or_create(
            domain,
            DOMAIN,
            unique_id,
            suggested_object_id=object_id,
            config_entry=entry,
            config_subentry_id=owner if owner in entry.subentries else None,
        )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    loaded: Hub = entry.runtime_data.hub
    return loaded


@pytest.fixture
async def boards(
    hass_client_no_auth: ClientSessionGenerator, home: dict[str, Any], hub: Hub
) -> AsyncGenerator[dict[str, Device]]:
    """Return the boards with the flash that they had, by their devices' names."""
    described = home["descriptions"]["data"]
    boards = {}
    for name, flash in home["flashes"].items():
        driver = DeviceDriver(
            bytes.fromhex(flash["hub_public"]), ANY_TOKEN, bytes.fromhex(flash["mac"])
        )
        driver.flash = Flash(
            DeviceIdentity(
                key=KeyPair.from_private(bytes.fromhex(flash["private_key"])),
                mac=bytes.fromhex(flash["mac"]),
                hub_public=bytes.fromhex(flash["hub_public"]),
                generation=flash["generation"],
                token=bytes.fromhex(flash["token"]),
            ),
            flash["counter"],
        )
        driver.description_tail = b64decode(described[of_name(hub, name).subentry_id])
        boards[name] = Device(await hass_client_no_auth(), driver)
    yield boards
    for board in boards.values():
        await board.hang_up()


def of_name(hub: Hub, name: str) -> DeviceCoordinator:
    """Return a device by its name."""
    (found,) = [each for each in hub.coordinators.values() if each.title == name]
    return found


def statuses(hass: HomeAssistant, hub: Hub) -> dict[str, str]:
    """Return what Home Assistant shows of every device."""
    return {
        each.title: state_of(hass, "sensor", each, "own-status")
        for each in hub.coordinators.values()
    }


async def test_every_device_has_the_standing_it_had(
    hass: HomeAssistant, hub: Hub
) -> None:
    assert statuses(hass, hub) == {
        "Garden pump": "offline",
        "Boat": "quarantined",
        "Attic": "waiting_for_first_connection",
    }


async def test_every_entity_keeps_its_id_before_a_device_has_dialled(
    hass: HomeAssistant, hub: Hub, home: dict[str, Any]
) -> None:
    """Automations name entities by their ids; what was described is there at once."""
    registry = er.async_get(hass)
    found = er.async_entries_for_config_entry(registry, hub.entry.entry_id)
    ids = {each.unique_id: each.entity_id for each in found}
    assert home["entities"].items() <= ids.items()
    # A release may add some of the hub's own, and none that a device described.
    assert all("-own-" in unique for unique in ids.keys() - home["entities"].keys())
    assert {each.entity_id for each in found if each.disabled_by is None} == set(
        hass.states.async_entity_ids()
    )


async def test_an_active_board_is_back_and_obeys(
    hass: HomeAssistant, hub: Hub, boards: dict[str, Device]
) -> None:
    """Its keys, its token and its counter are those of the release before."""
    board, coordinator = boards["Garden pump"], of_name(hub, "Garden pump")
    await board.connect()
    relay = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    await board.report(PUMP, value=False)
    await eventually(lambda: hass.states.is_state(relay, "off"))
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": relay}, blocking=True
    )
    assert [command.address.domain for command in board.driver.commands] == [
        Domain.SWITCH
    ]


async def test_a_quarantined_board_waits_as_before(
    hass: HomeAssistant, hub: Hub, boards: dict[str, Device]
) -> None:
    await boards["Boat"].connect()
    coordinator = of_name(hub, "Boat")
    await eventually(lambda: coordinator.link is not None)
    assert not coordinator.available
    assert statuses(hass, hub)["Boat"] == "quarantined"


async def test_the_audit_chain_goes_on_from_where_it_was(hub: Hub) -> None:
    """One chain from the old release's first record to this one's last."""
    anchor = json.loads((FILES / "oceanremote_anchor.log").read_text())
    hub.log.note(AuditKind.TOKEN_ISSUED, "a record of this release")
    await hub.security.trail.log.flush()
    report = await hub.security.trail.log.verify()
    assert report.intact
    assert report.head.seq > anchor["head"]["seq"]
