"""Decoys: they open nothing, and whoever uses one has given himself away."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.common.errors import StorageFailedError
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import RegistrationToken
from tests.support.device_driver import DeviceDriver

from .http_support import audited
from .runtime_support import OTHER_MAC, PUMP, Device

MOST = 16


async def create(hass: HomeAssistant) -> dict[str, str]:
    """Lay out a decoy, as an automation does."""
    made = await hass.services.async_call(
        DOMAIN, "create_decoy", {}, blocking=True, return_response=True
    )
    assert made is not None
    return {name: str(value) for name, value in made.items()}


@pytest.mark.parametrize("reloaded", [False, True])
async def test_decoy_token_alarms_on_the_wire(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
    reloaded: bool,
) -> None:
    """It looks like any other token, is refused like any other, and is noticed."""
    decoy = await create(hass)
    if reloaded:
        assert await hass.config_entries.async_reload(hub_entry.entry_id)
    hub: Hub = hub_entry.runtime_data.hub
    devices = dict(hub.vault.devices)
    client = await hass_client_no_auth()
    key = hub.vault.hub_key.public
    thief = Device(
        client, DeviceDriver(key, decoy["registration_token"], OTHER_MAC, [PUMP])
    )
    await thief.dial()
    assert await thief.wait_closed() is not None
    (record,) = await audited(hub, "decoy")
    assert record["actor"]["address"] is not None
    assert dict(hub.vault.devices) == devices


async def test_decoy_device_id_alarms_when_a_board_registers_under_it(
    hass: HomeAssistant, hub: Hub, enrolled_device: Device
) -> None:
    """Even with a token that is good: the board is refused, the token stays unused."""
    mac = bytes.fromhex((await create(hass))["device_id"])
    flash = enrolled_device.driver.flash
    true_mac = flash.identity.mac
    flash.identity = replace(flash.identity, mac=mac)
    await enrolled_device.dial()
    assert await enrolled_device.wait_closed() is not None
    assert not enrolled_device.driver.registered
    (record,) = await audited(hub, "decoy")
    assert record["detail"]["what"] == "a device id"
    assert record["actor"]["address"] is not None
    flash.identity = replace(flash.identity, mac=true_mac)
    await enrolled_device.connect()
    assert enrolled_device.driver.registered


async def test_decoy_device_id_alarms_when_a_board_dials_under_it(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Keys of a device, MAC of a decoy: who joins what he has found here and there."""
    mac = bytes.fromhex((await create(hass))["device_id"])
    await connected_device.hang_up()
    flash = connected_device.driver.flash
    flash.identity = replace(flash.identity, mac=mac)
    await connected_device.dial()
    assert await connected_device.wait_closed() is not None
    (record,) = await audited(hub, "decoy")
    assert record["detail"]["what"] == "a device id"
    (refusal, *_) = await audited(hub, "refused")
    assert "unknown_key" in refusal["detail"]["what"]


async def test_other_wrong_tokens_are_no_alarm(
    hass: HomeAssistant, hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """Guessing is not stealing."""
    await create(hass)
    client = await hass_client_no_auth()
    guessed = RegistrationToken.generate(lambda size: b"\x5a" * size).text
    board = Device(
        client, DeviceDriver(hub.vault.hub_key.public, guessed, OTHER_MAC, [PUMP])
    )
    await board.dial()
    assert await board.wait_closed() is not None
    assert not await audited(hub, "decoy")


async def test_no_more_than_the_vault_takes(hass: HomeAssistant, hub: Hub) -> None:
    """Their number has a bound, and who reaches it is told."""
    for _ in range(MOST // 2):
        await create(hass)
    with pytest.raises(StorageFailedError):
        await create(hass)
