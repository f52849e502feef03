"""Which devices the actions offer: those that they can act on, and no others."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.selector import selector
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.oceanremote.challenge.protocol import Mode
from custom_components.oceanremote.common.const import (
    CONF_ENROLMENT_ID,
    DOMAIN,
    SUBENTRY_CHALLENGE_DEVICE,
)

from .challenge_support import CLASSIC, STRICT, add_challenge_device, data_of
from .runtime_support import make_subentry

SERVICES: dict[str, Any] = yaml.safe_load(
    (
        Path(__file__).parents[2] / "custom_components" / DOMAIN / "services.yaml"
    ).read_text()
)
PICKERS = {
    name: selector(service["fields"]["device_id"]["selector"]).config
    for name, service in SERVICES.items()
    if "device_id" in service.get("fields", {})
}


def meets(wanted: Iterable[Mapping[str, Any]], **found: Any) -> bool:
    """Tell whether something meets one of several filters; lists name alternatives."""

    def one(value: Any, actual: Any) -> bool:
        return actual in value if isinstance(value, list) else actual == value

    return any(
        all(one(value, found[name]) for name, value in each.items()) for each in wanted
    )


def offered(hass: HomeAssistant, entry: MockConfigEntry, action: str) -> set[str]:
    """Return the names of the devices that the frontend shows for an action."""
    picker = PICKERS[action]
    registry = er.async_get(hass)
    return {
        str(device.name)
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
        if meets(picker["filter"], integration=DOMAIN, model=device.model)
        and (
            "entity" not in picker
            or any(
                meets(
                    picker["entity"],
                    integration=entity.platform,
                    domain=entity.domain,
                    device_class=entity.device_class or entity.original_device_class,
                )
                for entity in er.async_entries_for_device(registry, device.id)
            )
        )
    }


@pytest.fixture
async def house(hass: HomeAssistant, hub_entry: MockConfigEntry) -> None:
    """Have a hub, two devices that never connected, two challenge devices."""
    hass.config_entries.async_add_subentry(hub_entry, make_subentry(1, "Lamp"))
    assert set(Mode) == {Mode.STRICT, Mode.CLASSIC}
    await add_challenge_device(hass, hub_entry, data_of(STRICT, 1))
    hass.config_entries.async_add_subentry(
        hub_entry,
        ConfigSubentry(
            data=MappingProxyType(
                {**data_of(CLASSIC, 2), CONF_ENROLMENT_ID: "another"}
            ),
            subentry_type=SUBENTRY_CHALLENGE_DEVICE,
            title="Door",
            unique_id=None,
        ),
    )
    await hass.async_block_till_done()


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("action", sorted(PICKERS))
async def test_an_action_offers_the_devices_that_it_is_for(
    hass: HomeAssistant, hub_entry: MockConfigEntry, action: str
) -> None:
    """Never the hub; challenge devices for their own action alone.

    And for firmware none that has not said that it takes any.
    """
    expected = {
        "send_challenge_command": {"Garage", "Door"},
        "update_firmware": set(),
    }.get(action, {"Garden pump", "Lamp"})
    assert offered(hass, hub_entry, action) == expected
