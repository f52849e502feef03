"""Actions that a device's owner has defined, as actions of Home Assistant."""

from typing import Any

from homeassistant.core import Context, HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers.service import async_get_cached_service_description
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.oceanremote.common.const import CONF_ACTION_SLUG, DOMAIN
from custom_components.oceanremote.common.errors import (
    CommandRefusedError,
    DeviceOfflineError,
)
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import CommandStatus
from custom_components.oceanremote.protocol.user_actions import (
    Argument,
    ArgumentType,
    ResponseKind,
    UserAction,
)
from tests.support.device_driver import CallAnswer

from ..runtime_support import Device, come_online, only_coordinator

ALL_TYPES = tuple(Argument(kind.name.lower(), kind, "says") for kind in ArgumentType)
WATER = UserAction(
    key=1, name="water", arguments=ALL_TYPES, description="Waters the garden"
)
ASK = UserAction(key=2, name="ask", response=ResponseKind.ONLY)
MAYBE = UserAction(key=3, name="maybe", response=ResponseKind.OPTIONAL)
STATUS = UserAction(key=4, name="status", response=ResponseKind.STATUS)

GIVEN: dict[str, Any] = {
    "boolean": "on",
    "integer": "-3",
    "real": 2,
    "text": 5,
    "booleans": [True, "off"],
    "integers": [1, "2"],
    "reals": [1, 2.5],
    "texts": "one",
}
SENT = (True, -3, 2.0, "5", [True, False], [1, 2], [1.0, 2.5], ["one"])


@pytest.fixture
async def device(hass: HomeAssistant, hub: Hub, enrolled_device: Device) -> Device:
    """Return a connected device with actions."""
    enrolled_device.driver.actions = (WATER, ASK, MAYBE, STATUS)
    enrolled_device.driver.connect()
    return await come_online(hass, enrolled_device, only_coordinator(hub))


def _actions(hass: HomeAssistant) -> set[str]:
    return {
        name
        for name in hass.services.async_services_for_domain(DOMAIN)
        if name.startswith("garden_pump_")
    }


async def test_they_are_there_with_their_fields(
    hass: HomeAssistant, device: Device
) -> None:
    names = {"water", "ask", "maybe", "status"}
    assert _actions(hass) == {f"garden_pump_{name}" for name in names}
    described = async_get_cached_service_description(hass, DOMAIN, "garden_pump_water")
    assert described is not None
    assert described["description"] == "Waters the garden"
    assert set(described["fields"]) == {argument.name for argument in ALL_TYPES}
    assert described["fields"]["text"] == {
        "name": "text",
        "description": "says",
        "required": True,
        "selector": {"text": None},
    }
    supports = {
        name: hass.services.supports_response(DOMAIN, f"garden_pump_{name}")
        for name in names
    }
    assert supports == {
        "water": SupportsResponse.NONE,
        "ask": SupportsResponse.ONLY,
        "maybe": SupportsResponse.OPTIONAL,
        "status": SupportsResponse.NONE,
    }


async def test_a_call_reaches_the_device_with_its_values(
    hass: HomeAssistant, device: Device
) -> None:
    await hass.services.async_call(DOMAIN, "garden_pump_water", GIVEN, blocking=True)
    (call,) = device.driver.calls
    assert (call.key, call.values, call.wants_response) == (1, SENT, False)
    assert [type(value) for value in call.values] == [type(value) for value in SENT]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("integer", 2**31),
        ("integer", "many"),
        ("real", "nan"),
        ("real", 1e39),
        ("text", "x" * 1025),
        ("texts", ["x"] * 65),
        ("unknown", 1),
        ("text", None),
    ],
)
async def test_values_that_do_not_fit_are_refused_here(
    hass: HomeAssistant, device: Device, name: str, value: Any
) -> None:
    with pytest.raises(vol.Invalid):
        await hass.services.async_call(
            DOMAIN, "garden_pump_water", {**GIVEN, name: value}, blocking=True
        )
    assert device.driver.calls == []


async def test_responses_refusals_and_absence_are_told(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    async def call(name: str, response: bool = True) -> Any:
        return await hass.services.async_call(
            DOMAIN, name, {}, blocking=True, return_response=response
        )

    device.driver.call_answer = CallAnswer(data=(("litres", 2.5), ("mode", "eco")))
    assert await call("garden_pump_ask") == {"litres": 2.5, "mode": "eco"}
    assert await call("garden_pump_maybe") == {"litres": 2.5, "mode": "eco"}
    assert await call("garden_pump_maybe", response=False) is None
    device.driver.call_answer = CallAnswer(CommandStatus.REFUSED, "no water")
    with pytest.raises(CommandRefusedError, match="no water"):
        await call("garden_pump_ask")
    await device.hang_up()
    await device.until(lambda: not only_coordinator(hub).connected)
    assert "garden_pump_ask" in _actions(hass)
    with pytest.raises(DeviceOfflineError):
        await call("garden_pump_ask")


async def test_they_outlast_a_restart_and_a_new_name(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    before = _actions(hass)
    entry = hub.entry
    subentry = next(iter(entry.subentries.values()))
    assert subentry.data[CONF_ACTION_SLUG] == "garden_pump"
    hass.config_entries.async_update_subentry(entry, subentry, title="Well")
    await device.hang_up()
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert _actions(hass) == set()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert _actions(hass) == before


async def test_they_follow_the_description_and_go_with_the_device(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    await device.hang_up()
    device.driver.actions = (ASK,)
    await device.connect()
    await device.until(lambda: _actions(hass) == {"garden_pump_ask"})
    subentry_id = only_coordinator(hub).subentry_id
    hass.config_entries.async_remove_subentry(hub.entry, subentry_id)
    await hass.async_block_till_done()
    assert _actions(hass) == set()


async def test_none_shadows_one_of_ours_or_another_devices(
    hass: HomeAssistant,
    hub: Hub,
    enrolled_device: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    subentry = next(iter(hub.entry.subentries.values()))
    hass.config_entries.async_update_subentry(
        hub.entry, subentry, data={**subentry.data, CONF_ACTION_SLUG: "revoke"}
    )
    await hass.async_block_till_done()
    before = hass.services.async_services_for_domain(DOMAIN)["revoke_device"]
    enrolled_device.driver.actions = (
        UserAction(key=1, name="device"),
        UserAction(key=2, name="it"),
        UserAction(key=3, name="Über\nalles"),
    )
    enrolled_device.driver.connect()
    await come_online(hass, enrolled_device, only_coordinator(hub))
    services = hass.services.async_services_for_domain(DOMAIN)
    assert services["revoke_device"] is before
    assert "revoke_it" in services
    assert "is left out" in caplog.text
    assert "names that Home Assistant cannot" in caplog.text


async def test_it_takes_the_permission_that_the_device_takes(
    hass: HomeAssistant, device: Device
) -> None:
    nobody = MockUser(groups=[]).add_to_hass(hass)
    with pytest.raises((Unauthorized, HomeAssistantError)):
        await hass.services.async_call(
            DOMAIN,
            "garden_pump_water",
            GIVEN,
            blocking=True,
            context=Context(user_id=nobody.id),
        )
    assert device.driver.calls == []
