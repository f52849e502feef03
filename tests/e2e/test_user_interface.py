"""A person adds the integration and a device, and switches it, in a browser.

The pictures that it takes are the README's; OCEANREMOTE_PICTURES names another folder
for them to go to than the run's own.
"""

import os
from pathlib import Path
import re

from playwright.async_api import Page, expect
import pytest

from lab.browser import browser_page, screenshot
from lab.firmware import Device, compile_firmware, save_with_local_component
from lab.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")

# What a person adds to the configuration that they copied.
OWN_ENTITIES = """
switch:
  - platform: template
    name: Pump
    icon: mdi:pump
    optimistic: true

sensor:
  - platform: template
    name: Flow
    unit_of_measurement: L/min
    device_class: volume_flow_rate
    state_class: measurement
    accuracy_decimals: 1
    update_interval: 1s
    lambda: "return 6.4f;"
"""


async def _add_integration(page: Page, house: House) -> None:
    await page.goto(f"{house.home_assistant.url}/config/integrations/dashboard")
    await page.get_by_role("button", name="Add integration").click()
    await page.get_by_placeholder("Search for a brand name").fill("OceanRemote")
    await page.get_by_text("OceanRemote", exact=True).last.click()
    await page.locator("input[name=address_local]").fill(house.dial_url)


async def _copied_yaml(page: Page) -> str:
    block = page.locator("dialog-data-entry-flow pre code, ha-markdown pre code").last
    await block.wait_for()
    return await block.inner_text()


async def test_a_person_adds_a_device_and_switches_it(tmp_path: Path) -> None:
    """Add integration, add device, copy the YAML, flash, toggle, see the state."""
    pictures = Path(os.environ.get("OCEANREMOTE_PICTURES", tmp_path / "pictures"))
    house = House(tmp_path)
    try:
        await house.home_assistant.start()
        await house.client.onboard()
        async with browser_page(house.client) as page:
            await _walk(page, house, pictures)
    finally:
        await house.tear_down()


async def _walk(page: Page, house: House, pictures: Path) -> None:
    await _add_integration(page, house)
    await screenshot(page, pictures / "add-integration.png")
    await page.get_by_role("button", name="Next").click()
    # The loopback address is warned about: devices elsewhere could not reach it.
    await page.get_by_text("leads each device to itself").wait_for()
    await page.locator("dialog-data-entry-flow ha-selector-boolean ha-switch").click()
    await page.get_by_role("button", name="Next").click()

    # The hub's set-up flows straight into the first device.
    await page.locator("input[name=name]").fill("Garden pump")
    await page.locator("dialog-data-entry-flow ha-picker-field").click()
    await page.locator("ha-dropdown-item", has_text=re.compile("Linux|host")).click()
    await screenshot(page, pictures / "name-device.png")
    await page.get_by_role("button", name="Submit").click()
    yaml = await _copied_yaml(page)
    assert "oc_reg_" in yaml
    await screenshot(page, pictures / "add-device.png")
    await page.get_by_role("button", name="Finish").click()

    await page.goto(f"{house.home_assistant.url}/config/devices/dashboard")
    await page.get_by_text("Garden pump").first.click()
    await page.get_by_text("Waiting for first connection").first.wait_for()
    await screenshot(page, pictures / "waiting.png")

    configuration = save_with_local_component(yaml + OWN_ENTITIES, "copied")
    device = Device("copied", await compile_firmware(configuration), house.directory)
    house.devices.append(device)
    await device.start()
    await device.wait_for_log("Registered with the hub")

    await page.get_by_text("Flow").first.wait_for()
    toggle = page.locator(
        "ha-entity-toggle ha-switch, ha-entity-toggle ha-control-switch"
    )
    await toggle.first.wait_for()
    mark = device.mark()
    await toggle.first.click()
    await device.wait_for_log(r"Command switch 'Pump' -> ON", since=mark)
    await house.client.wait_for_state("switch.garden_pump_pump", "on")
    await expect(page.get_by_text("6.4 L/min").first).to_be_visible()
    await page.mouse.move(5, 5)
    await screenshot(page, pictures / "device.png")
