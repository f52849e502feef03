"""The action that sends a challenge command, and what diagnostics tell."""

from collections.abc import AsyncGenerator
import json
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.oceanremote.challenge.device import ChallengeDevice
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from custom_components.oceanremote.hub import Hub
from tests.challenge.device import Device, running_device

from .challenge_support import (
    OFF,
    ON,
    SECRET,
    STRICT,
    add_challenge_device,
    data_of,
    find_registered,
)
from .runtime_support import only_coordinator

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def board() -> AsyncGenerator[Device]:
    """Return the device's own end."""
    async with running_device(STRICT, SECRET, {ON: 0x81, OFF: 0x82}) as device:
        yield device


@pytest.fixture
async def garage(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> ChallengeDevice:
    """Return the hub's end of it."""
    return await add_challenge_device(hass, hub_entry, data_of(STRICT, board.port))


def registered(hass: HomeAssistant, subentry_id: str) -> dr.DeviceEntry:
    """Return the registered device of a subentry."""
    device = find_registered(hass, subentry_id)
    assert device is not None
    return device


async def send(
    hass: HomeAssistant,
    device_id: str,
    command: str | int,
    context: Context | None = None,
) -> dict[str, Any]:
    """Call the action; return its response."""
    response = await hass.services.async_call(
        DOMAIN,
        "send_challenge_command",
        {"device_id": device_id, "command": command},
        blocking=True,
        return_response=True,
        context=context,
    )
    assert response is not None
    return dict(response)


@pytest.mark.parametrize("command", ["0x4F", "'O'", "79", 79])
async def test_the_action_sends_and_returns_what_was_proved(
    hass: HomeAssistant, garage: ChallengeDevice, board: Device, command: str | int
) -> None:
    device = registered(hass, garage.subentry_id)
    assert await send(hass, device.id, command) == {
        "outcome": "confirmed",
        "response": "Done",
        "response_byte": 0x81,
    }
    assert board.executed == [ON]


async def test_the_action_says_when_nothing_is_confirmed(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    async with running_device(STRICT, SECRET, {ON: None}) as board:
        data = data_of(STRICT, board.port, responses=[])
        garage = await add_challenge_device(hass, hub_entry, data)
        device = registered(hass, garage.subentry_id)
        assert await send(hass, device.id, "0x4F") == {"outcome": "sent"}


async def test_a_refusal_is_an_error(
    hass: HomeAssistant, garage: ChallengeDevice, board: Device
) -> None:
    device = registered(hass, garage.subentry_id)
    with pytest.raises(HomeAssistantError) as caught:
        await send(hass, device.id, "0x43")
    assert caught.value.translation_key == "command_refused"


async def test_a_byte_that_is_not_in_the_table_is_not_sent(
    hass: HomeAssistant, garage: ChallengeDevice, board: Device
) -> None:
    device = registered(hass, garage.subentry_id)
    with pytest.raises(HomeAssistantError) as caught:
        await send(hass, device.id, "0x99")
    assert caught.value.translation_key == "challenge_command_unknown"
    assert board.events == []


@pytest.mark.parametrize("command", ["O", "256", "", "two"])
async def test_what_is_no_byte_is_refused(
    hass: HomeAssistant, garage: ChallengeDevice, command: str
) -> None:
    device = registered(hass, garage.subentry_id)
    with pytest.raises(vol.Invalid):
        await send(hass, device.id, command)


async def test_the_action_is_for_those_who_may_control_the_device(
    hass: HomeAssistant,
    garage: ChallengeDevice,
    board: Device,
    hass_read_only_user: User,
) -> None:
    device = registered(hass, garage.subentry_id)
    with pytest.raises(Unauthorized):
        await send(hass, device.id, "0x4F", Context(user_id=hass_read_only_user.id))
    assert board.events == []


async def test_other_devices_are_refused(
    hass: HomeAssistant, hub: Hub, garage: ChallengeDevice
) -> None:
    ordinary = registered(hass, only_coordinator(hub).subentry_id)
    for device_id in (ordinary.id, "no such device"):
        with pytest.raises(ServiceValidationError) as caught:
            await send(hass, device_id, "0x4F")
        assert caught.value.translation_key == "not_a_challenge_device"


async def test_a_device_that_the_hub_does_not_know_yet_is_refused(
    hass: HomeAssistant, hub: Hub, garage: ChallengeDevice
) -> None:
    """Its subentry is there; the hub has not followed, or it could not."""
    device = registered(hass, garage.subentry_id)
    hub.entry.runtime_data.challenges._devices.pop(garage.subentry_id)
    with pytest.raises(ServiceValidationError) as caught:
        await send(hass, device.id, "0x4F")
    assert caught.value.translation_key == "not_a_challenge_device"


async def test_a_hub_that_is_not_loaded_is_said_so(
    hass: HomeAssistant, hub: Hub, garage: ChallengeDevice
) -> None:
    device = registered(hass, garage.subentry_id)
    assert await hass.config_entries.async_unload(hub.entry.entry_id)
    with pytest.raises(ServiceValidationError) as caught:
        await send(hass, device.id, "0x4F")
    assert caught.value.translation_key == "hub_not_loaded"


async def test_diagnostics_tell_neither_secret_nor_place_nor_names(
    hass: HomeAssistant, hub: Hub, garage: ChallengeDevice
) -> None:
    device = registered(hass, garage.subentry_id)
    of_device = await async_get_device_diagnostics(hass, hub.entry, device)
    of_hub = await async_get_config_entry_diagnostics(hass, hub.entry)
    assert of_hub["challenge_devices"] == [of_device]
    assert of_device["mode"] == "strict"
    text = json.dumps(of_hub)
    for word in (
        SECRET.decode(),
        SECRET.hex(),
        "127.0.0.1",
        "garage",
        "Garage",
        "Light",
    ):
        assert word not in text
