"""Adding a device, and giving it a new token or another board, as a person does it."""

import os
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.boards import Board
from custom_components.oceanremote.common.const import (
    CONF_BOARD,
    CONF_ENROLMENT_ID,
    CONF_NODE_NAME,
    DOMAIN,
)
from custom_components.oceanremote.flows.tokens import TokenOver
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.protocol.keys import RegistrationToken
from tests.support.device_driver import DeviceDriver

from .flow_support import (
    answer,
    choose,
    load_yaml,
    shown_yaml,
    start_device_flow,
    text_at,
)
from .runtime_support import MAC, OTHER_MAC, PUMP, Device, eventually, only_coordinator
from .vault_support import full_disk


def yaml_of(result: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration that a page shows."""
    return load_yaml(shown_yaml(result))


def token_of(result: dict[str, Any]) -> RegistrationToken:
    """Return the registration token that a page shows."""
    return RegistrationToken.parse(yaml_of(result)["oceanremote"]["registration_token"])


def titles(entry: MockConfigEntry) -> list[str]:
    """Return the names of the hub's devices."""
    return [subentry.title for subentry in entry.subentries.values()]


async def add_device(
    hass: HomeAssistant, entry: MockConfigEntry, **user_input: Any
) -> dict[str, Any]:
    """Walk through "Add device"."""
    flow = await start_device_flow(hass, entry)
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "user")
    return await answer(hass, flow, **user_input)


async def test_device_is_there_before_its_page_is_left(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """Token in force, subentry, device registry entry, coordinator waiting."""
    result = await add_device(hass, hub_entry, name="  Weather   station ", board="rp2")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "show_yaml")

    subentry_id, subentry = list(hub_entry.subentries.items())[-1]
    assert subentry.title == "Weather station"
    enrolment_id = subentry.data[CONF_ENROLMENT_ID]
    assert subentry.data[CONF_BOARD] == "rp2"
    assert subentry.data[CONF_NODE_NAME] == "weather-station"
    registration = hub.vault.devices[enrolment_id].registration
    assert registration.handle == token_of(result).handle
    assert registration.expected_mac is None
    assert (
        hub.coordinator_for(subentry_id).status.value == "waiting_for_first_connection"
    )
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, subentry_id), hub_entry.entry_id
    )
    page = f"/config/devices/device/{device.id}"
    assert result["description_placeholders"]["device_page"] == page

    done = await answer(hass, result)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "device_prepared")
    assert done["description_placeholders"]["device_page"] == page
    assert len(titles(hub_entry)) == 2


async def test_closing_the_dialog_loses_no_device(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """Whoever has copied the YAML has a device that can register with it."""
    shown = await add_device(hass, hub_entry, name="Station", board="esp32")
    hass.config_entries.subentries.async_abort(shown["flow_id"])
    assert titles(hub_entry) == ["Garden pump", "Station"]
    assert token_of(shown).handle in {
        record.registration.handle
        for record in hub.vault.devices.values()
        if record.registration is not None
    }


async def test_board_registers_while_its_yaml_is_on_the_screen(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Nobody closes the dialog before flashing; and the last page knows of it."""
    shown = await add_device(hass, hub_entry, name="Station", board="esp32")
    subentry_id = list(hub_entry.subentries)[-1]
    driver = DeviceDriver(hub.vault.hub_key.public, token_of(shown), MAC, [PUMP])
    device = Device(await hass_client_no_auth(), driver)
    await device.connect()
    await eventually(lambda: hub.coordinator_for(subentry_id).available)
    done = await answer(hass, shown)
    await device.hang_up()
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "device_registered")


async def test_removed_device_has_no_yaml(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """Its open dialog says so."""
    shown = await add_device(hass, hub_entry, name="Station", board="esp32")
    hass.config_entries.async_remove_subentry(hub_entry, list(hub_entry.subentries)[-1])
    done = await answer(hass, shown)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "device_removed")


async def test_no_secret_is_in_the_config_entry(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """What Home Assistant stores in plain text holds no token and no password."""
    result = await add_device(hass, hub_entry, name="Station", board="esp32")
    config = yaml_of(result)
    stored = str(hub_entry.as_dict())
    for secret in (
        config["oceanremote"]["registration_token"],
        config["wifi"]["ap"]["password"],
        config["ota"][0]["password"],
    ):
        assert secret not in stored


async def test_expected_mac_binds_the_token(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """In any usual spelling."""
    await add_device(
        hass,
        hub_entry,
        name="Station",
        board="esp8266",
        advanced={"expected_mac": "A0-B1-C2-D3-E4-F5"},
    )
    record = list(hub.vault.devices.values())[-1]
    assert record.registration.expected_mac == MAC


@pytest.mark.parametrize(
    ("user_input", "errors"),
    [
        ({"name": " "}, {"name": "name_length"}),
        ({"name": "x" * 65}, {"name": "name_length"}),
        ({"name": "Garden pump"}, {"name": "name_exists"}),
        (
            {"name": "A", "advanced": {"expected_mac": "12:34"}},
            {"base": "mac_invalid"},
        ),
        (
            {"name": "A", "advanced": {"expected_mac": "00:00:00:00:00:00"}},
            {"base": "mac_invalid"},
        ),
        (
            {"name": "A", "advanced": {"expected_mac": "01:00:5e:00:00:01"}},
            {"base": "mac_invalid"},
        ),
    ],
)
async def test_wrong_input_is_explained(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    user_input: dict[str, Any],
    errors: dict[str, str],
) -> None:
    """The form stays, nothing is issued."""
    generation = hub.vault.generation
    flow = await add_device(hass, hub_entry, board="host", **user_input)
    assert flow["type"] is FlowResultType.FORM
    assert flow["errors"] == errors
    for key in errors.values():
        assert text_at("config_subentries", "device", "error", key)
    assert hub.vault.generation == generation
    assert titles(hub_entry) == ["Garden pump"]


async def test_names_that_a_network_cannot_tell_apart_are_refused(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """Two devices never get one ESPHome name."""
    await add_device(hass, hub_entry, name="Sauna 1", board="esp32")
    flow = await add_device(hass, hub_entry, name="sauna-1", board="esp32")
    assert flow["errors"] == {"name": "name_exists"}


async def test_unknown_board_is_refused(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """The form offers the families that the firmware runs on, no other."""
    with pytest.raises(InvalidData):
        await add_device(hass, hub_entry, name="A", board="avr")
    for board in Board:
        assert text_at("selector", "board", "options", board)


async def test_full_disk_leaves_nothing_behind(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """No subentry without a token on disk; the form can be sent again."""
    flow = await start_device_flow(hass, hub_entry)
    with full_disk():
        flow = await answer(hass, flow, name="Station", board="esp32")
    assert flow["errors"] == {"base": "vault_write_failed"}
    assert titles(hub_entry) == ["Garden pump"]
    result = await answer(hass, flow, name="Station", board="esp32")
    assert result["step_id"] == "show_yaml"


async def test_flows_need_a_loaded_hub(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """Else they say so and end."""
    (subentry_id,) = hub_entry.subentries
    open_flow = await start_device_flow(hass, hub_entry, subentry_id)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    for flow in (
        await start_device_flow(hass, hub_entry),
        await start_device_flow(hass, hub_entry, subentry_id),
        await choose(hass, open_flow, "new_token"),
    ):
        assert flow["type"] is FlowResultType.ABORT
        assert flow["reason"] == "hub_not_loaded"
    assert text_at("config_subentries", "device", "abort", "hub_not_loaded")


@pytest.mark.parametrize("step", ["show_yaml", "replace_board"])
async def test_open_pages_notice_that_the_hub_is_gone(
    hass: HomeAssistant, hub_entry: MockConfigEntry, step: str
) -> None:
    """A dialog that was left open changes nothing afterwards."""
    await add_device(hass, hub_entry, name="Station", board="esp32")
    await hass.async_block_till_done()
    subentry_id = list(hub_entry.subentries)[-1]
    flow = await start_device_flow(hass, hub_entry, subentry_id)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    flow = await choose(hass, flow, step)
    assert flow["reason"] == "hub_not_loaded"


async def test_yaml_is_shown_again_as_long_as_its_token_is_good(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """The same text, token, passwords and all; afterwards it is said why not."""
    created = await add_device(hass, hub_entry, name="Station", board="esp32")
    subentry_id, subentry = list(hub_entry.subentries.items())[-1]
    flow = await start_device_flow(hass, hub_entry, subentry_id)
    assert flow["type"] is FlowResultType.MENU
    assert flow["menu_options"] == [
        "show_yaml",
        "log",
        "permits",
        "waiting",
        "metered",
        "tunnels",
        "new_token",
        "replace_board",
    ]
    shown = await choose(hass, flow, "show_yaml")
    assert shown["step_id"] == "show_yaml"
    assert shown_yaml(shown) == shown_yaml(created)
    done = await answer(hass, shown)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "device_prepared")

    stale = await start_device_flow(hass, hub_entry, subentry_id)
    enrolment_id = subentry.data[CONF_ENROLMENT_ID]
    key = os.urandom(32)
    await hub.vault.store_pending(
        enrolment_id, MAC, key, os.urandom(32), handle=token_of(created).handle
    )
    await hub.vault.commit_registration(enrolment_id, MAC, key, 1)
    used = await choose(hass, stale, "show_yaml")
    assert (used["type"], used["step_id"]) == (FlowResultType.FORM, "token_used")
    again = await answer(hass, used)
    assert again["step_id"] == "show_yaml"
    assert token_of(again).handle != token_of(created).handle
    assert hub.vault.devices[enrolment_id].registration.expected_mac == MAC


async def test_expired_token_is_not_shown_again(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """A YAML that cannot register is not shown; a new one is a click away."""
    created = await add_device(hass, hub_entry, name="Station", board="esp32")
    flow = await start_device_flow(hass, hub_entry, list(hub_entry.subentries)[-1])
    with patch(
        "custom_components.oceanremote.flows.tokens.time.time", return_value=9e9
    ):
        flow = await choose(hass, flow, "show_yaml")
    assert flow["step_id"] == "token_expired"
    again = await answer(hass, flow)
    assert token_of(again).handle != token_of(created).handle
    assert yaml_of(again)["ota"] == yaml_of(created)["ota"]


async def test_withdrawn_token_is_not_shown_again(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """As after a revocation, or on a hub that was restored from a copy."""
    await add_device(hass, hub_entry, name="Station", board="esp32")
    subentry_id = list(hub_entry.subentries)[-1]
    await hub.async_revoke(subentry_id)
    flow = await start_device_flow(hass, hub_entry, subentry_id)
    flow = await choose(hass, flow, "show_yaml")
    assert flow["step_id"] == "token_missing"
    with full_disk():
        flow = await answer(hass, flow)
    assert (flow["step_id"], flow["errors"]) == (
        "token_missing",
        {"base": "vault_write_failed"},
    )
    assert (await answer(hass, flow))["step_id"] == "show_yaml"


async def test_new_token_is_for_the_board_that_is_registered(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """Its session goes on, its passwords stay, no other board may use the token."""
    (subentry_id,) = hub_entry.subentries
    coordinator = only_coordinator(hub)
    flow = await start_device_flow(hass, hub_entry, subentry_id)
    flow = await choose(hass, flow, "new_token")
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "new_token")
    shown = await answer(hass, flow)
    assert shown["step_id"] == "show_yaml"
    registration = hub.vault.devices[coordinator.enrolment_id].registration
    assert registration.handle == token_of(shown).handle
    assert registration.expected_mac == MAC
    assert coordinator.available
    assert (await answer(hass, shown))["reason"] == "device_prepared"


async def test_revoked_device_may_be_registered_anew_by_any_board(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """A revocation says nothing about the board that comes next."""
    (subentry_id,) = hub_entry.subentries
    await hub.async_revoke(subentry_id)
    flow = await start_device_flow(hass, hub_entry, subentry_id)
    flow = await choose(hass, flow, "new_token")
    await answer(hass, flow)
    record = hub.vault.devices[only_coordinator(hub).enrolment_id]
    assert record.standing is Standing.PENDING
    assert record.registration.expected_mac is None


async def test_another_board_is_prepared_beside_the_present_one(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """New family, new expected MAC; the present board works until then."""
    (subentry_id,) = hub_entry.subentries
    flow = await start_device_flow(hass, hub_entry, subentry_id)
    flow = await choose(hass, flow, "replace_board")
    wrong = await answer(
        hass, flow, board="esp32-c3", advanced={"expected_mac": "nonsense"}
    )
    assert wrong["errors"] == {"base": "mac_invalid"}
    with full_disk():
        failed = await answer(hass, wrong, board="esp32-c3")
    assert failed["errors"] == {"base": "vault_write_failed"}
    assert hub_entry.subentries[subentry_id].data[CONF_BOARD] == "host"
    shown = await answer(
        hass, failed, board="esp32-c3", advanced={"expected_mac": OTHER_MAC.hex()}
    )
    assert yaml_of(shown)["esp32"]["variant"] == "esp32c3"
    assert hub_entry.subentries[subentry_id].data[CONF_BOARD] == "esp32-c3"
    coordinator = only_coordinator(hub)
    record = hub.vault.devices[coordinator.enrolment_id]
    assert record.registration.expected_mac == OTHER_MAC
    assert record.mac == MAC
    assert coordinator.available


async def test_full_disk_issues_no_token(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """The old state holds, the page says so, and it can be tried again."""
    (subentry_id,) = hub_entry.subentries
    generation = hub.vault.generation
    flow = await start_device_flow(hass, hub_entry, subentry_id)
    flow = await choose(hass, flow, "new_token")
    with full_disk():
        failed = await answer(hass, flow)
    assert failed["errors"] == {"base": "vault_write_failed"}
    assert hub.vault.generation == generation
    assert (await answer(hass, failed))["step_id"] == "show_yaml"


async def test_passwords_that_cannot_be_kept_are_not_shown(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """An update over the air would never work with a password that was lost."""
    (subentry_id,) = hub_entry.subentries
    await hub.async_issue_registration_token(subentry_id)
    flow = await start_device_flow(hass, hub_entry, subentry_id)
    with full_disk():
        gone = await choose(hass, flow, "show_yaml")
    assert gone["reason"] == "vault_write_failed"


@pytest.mark.parametrize("which", ["hub", "device", "options"])
async def test_ordinary_users_cannot_begin_any_flow(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    hass_admin_user: MockUser,
    which: str,
) -> None:
    """Through the interface that browsers use; an administrator can."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()
    path, body = {
        "hub": ("flow", {"handler": DOMAIN}),
        "device": ("subentries/flow", {"handler": [hub_entry.entry_id, "device"]}),
        "options": ("options/flow", {"handler": hub_entry.entry_id}),
    }[which]
    url = f"/api/config/config_entries/{path}"
    allowed = await client.post(url, json=body)
    assert allowed.status == 200
    hass_admin_user.groups = []
    refused = await client.post(url, json=body)
    assert refused.status == 401


@pytest.mark.parametrize(
    "path",
    [
        ("abort", "device_prepared"),
        ("abort", "device_registered"),
        ("abort", "device_removed"),
        ("abort", "vault_write_failed"),
        ("error", "vault_write_failed"),
        ("step", "show_yaml", "title"),
        ("step", "show_yaml", "description"),
        ("step", "show_yaml", "data", "yaml"),
        ("step", "new_token", "description"),
        *(("step", over, "title") for over in TokenOver),
        *(("step", over, "description") for over in TokenOver),
        ("step", "replace_board", "description"),
        ("step", "reconfigure", "menu_options", "show_yaml"),
        ("step", "reconfigure", "menu_options", "log"),
        ("step", "reconfigure", "menu_options", "permits"),
        ("step", "reconfigure", "menu_options", "metered"),
        ("step", "reconfigure", "menu_options", "tunnels"),
        ("step", "reconfigure", "menu_options", "new_token"),
        ("step", "reconfigure", "menu_options", "replace_board"),
        ("initiate_flow", "user"),
        ("entry_type",),
    ],
)
def test_every_page_is_translated(path: tuple[str, ...]) -> None:
    """What the flows can show has words."""
    assert text_at("config_subentries", "device", *path)
