"""Whether a device keeps new addresses and keys by itself, or needs a person for them."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from tests.support.device_driver import FACTS

from .runtime_support import Device, entity_id_of, only_coordinator


@pytest.mark.parametrize(
    ("small_store", "state", "words"),
    [(True, "no_room", "flash it again when"), (False, "room", "Room for new")],
)
async def test_the_device_page_says_who_must_be_flashed_again(
    hass: HomeAssistant,
    hub: Hub,
    enrolled_device: Device,
    small_store: bool,
    state: str,
    words: str,
) -> None:
    """From the first session on, and while the device is away."""
    storage = entity_id_of(hass, "sensor", only_coordinator(hub), "own-storage")
    before = hass.states.get(storage)
    assert before is not None
    assert before.state == "unknown"

    enrolled_device.driver.facts = replace(FACTS, small_store=small_store)
    await enrolled_device.connect()
    await hass.async_block_till_done()
    assert hass.states.get(storage).state == state
    await enrolled_device.hang_up()
    await hass.async_block_till_done()
    assert hass.states.get(storage).state == state

    texts = await async_get_translations(hass, "en", "entity", {DOMAIN})
    assert words in texts[f"component.{DOMAIN}.entity.sensor.storage.state.{state}"]
