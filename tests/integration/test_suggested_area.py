"""`esphome: area`: a suggestion for a device that nobody has put anywhere."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import RegistrationToken
from tests.support.device_driver import FACTS

from .runtime_support import Device, another_board, eventually, only_coordinator


class Page:
    """The device's page, as far as its area goes."""

    def __init__(self, hass: HomeAssistant, hub: Hub) -> None:
        """Look at the one device of a hub."""
        self._hass = hass
        self._hub = hub

    @property
    def device(self) -> dr.DeviceEntry:
        """Return the device as it is now."""
        identifier = (DOMAIN, only_coordinator(self._hub).subentry_id)
        registry = dr.async_get(self._hass)
        device = registry.async_get_device_by_identifier(
            identifier, self._hub.entry.entry_id
        )
        assert device is not None
        return device

    @property
    def area(self) -> str | None:
        """Return the name of its area."""
        if self.device.area_id is None:
            return None
        area = ar.async_get(self._hass).async_get_area(self.device.area_id)
        assert area is not None
        return area.name

    def choose(self, name: str | None) -> None:
        """Choose an area, or none, as a person does."""
        areas = ar.async_get(self._hass)
        area_id = None if name is None else areas.async_get_or_create(name).id
        dr.async_get(self._hass).async_update_device(self.device.id, area_id=area_id)


@pytest.fixture
def page(hass: HomeAssistant, hub: Hub) -> Page:
    """Return the page of the one device."""
    return Page(hass, hub)


async def _connect(board: Device, page: Page, area: str | None) -> None:
    """Connect, and return when the page shows what this start of the board says."""
    version = ascii(area)
    board.driver.facts = replace(FACTS, area=area, esphome_version=version)
    await board.connect()
    await eventually(lambda: page.device.sw_version == f"1.0.0 (ESPHome {version})")


async def test_a_new_device_is_put_where_its_yaml_says(
    hass: HomeAssistant,
    enrolled_device: Device,
    page: Page,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Into the area of that name if there is one, whatever its capitals."""
    area = ar.async_get(hass).async_create("garden")
    await _connect(enrolled_device, page, "Garden")
    assert page.device.area_id == area.id
    assert "deprecated" not in caplog.text


async def test_an_area_that_is_new_is_made(enrolled_device: Device, page: Page) -> None:
    await _connect(enrolled_device, page, "Garden")
    assert page.area == "Garden"


@pytest.mark.parametrize("area", [None, "", "  "])
async def test_no_area_is_no_suggestion(
    hass: HomeAssistant, enrolled_device: Device, page: Page, area: str | None
) -> None:
    await _connect(enrolled_device, page, area)
    assert page.area is None
    assert not list(ar.async_get(hass).async_list_areas())


async def test_a_choice_made_before_the_first_connection_stands(
    hass: HomeAssistant, enrolled_device: Device, page: Page
) -> None:
    """And no area is made for a suggestion that is not taken."""
    page.choose("Cellar")
    await _connect(enrolled_device, page, "Garden")
    assert page.area == "Cellar"
    assert ar.async_get(hass).async_get_area_by_name("Garden") is None


@pytest.mark.parametrize("chosen", ["Cellar", None])
async def test_a_choice_made_later_stands(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    enrolled_device: Device,
    page: Page,
    chosen: str | None,
) -> None:
    """Also that it is in no area; through new sessions and a restart of the hub."""
    await _connect(enrolled_device, page, "Garden")
    page.choose(chosen)
    await enrolled_device.hang_up()
    await _connect(enrolled_device, page, "Attic")
    assert page.area == chosen
    await enrolled_device.hang_up()
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    page._hub = hub_entry.runtime_data.hub
    await _connect(enrolled_device, page, "Shed")
    assert page.area == chosen


async def test_a_replaced_board_suggests_nothing(
    hub: Hub, enrolled_device: Device, page: Page
) -> None:
    """The device is known by then; that its owner left it out is a choice."""
    await _connect(enrolled_device, page, None)
    await enrolled_device.hang_up()
    subentry_id = only_coordinator(hub).subentry_id
    token, _ = await hub.async_issue_registration_token(subentry_id)
    board = another_board(enrolled_device, registration=RegistrationToken.parse(token))
    await _connect(board, page, "Garden")
    assert page.area is None
    await board.hang_up()


async def test_what_a_board_calls_its_area_is_one_line(
    enrolled_device: Device, page: Page
) -> None:
    await _connect(enrolled_device, page, "Gar\x1b[2Jden\n\u202e")
    assert page.area == "Gar\N{REPLACEMENT CHARACTER}[2Jden" + (
        "\N{REPLACEMENT CHARACTER}" * 2
    )
