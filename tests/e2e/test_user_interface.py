"""A person adds the integration and a device, and switches it, in a browser.

The pictures that it takes are the README's; OCEANREMOTE_PICTURES names another folder
for them to go to than the run's own.
"""

from pathlib import Path

from playwright.async_api import Page, expect
import pytest

from lab.browser import (
    PHONE_HEIGHT,
    PHONE_WIDTH,
    PLAIN_HOST,
    browser_page,
    screenshot,
    shown_yaml,
)
from lab.firmware import Device, compile_firmware, save_with_local_component
from lab.house import House

from .walks import accept_loopback, begin_set_up, name_device

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


async def test_a_person_adds_a_device_and_switches_it(
    tmp_path: Path, pictures: Path
) -> None:
    """Add integration, add device, copy the YAML, flash, toggle, see the state."""
    house = House(tmp_path)
    try:
        await house.home_assistant.start()
        await house.client.onboard()
        async with browser_page(house.client) as page:
            await _walk(page, house, pictures)
    finally:
        await house.tear_down()


async def _walk(page: Page, house: House, pictures: Path) -> None:
    await begin_set_up(page, house, house.dial_url)
    await screenshot(page, pictures / "add-integration.png")
    await accept_loopback(page)
    # The hub is found there, though nothing of it is set up yet.
    await page.get_by_text("This Home Assistant answers").wait_for()
    await screenshot(page, pictures / "addresses.png")
    await page.get_by_text("Go on with these addresses").click()

    # The hub's set-up flows straight into the first device.
    await name_device(page, "Garden pump")
    await screenshot(page, pictures / "name-device.png")
    await page.get_by_role("button", name="Next").click()
    await page.get_by_text("ESPHome YAML for Garden pump").wait_for()
    yaml = await shown_yaml(page)
    assert "oc_reg_" in yaml
    await screenshot(page, pictures / "add-device.png")
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("link", name="Open its page").click()
    await page.wait_for_url("**/config/devices/device/*")
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


async def test_the_yaml_comes_off_a_phone_without_https(
    house: House, pictures: Path
) -> None:
    """Nothing is cut off at 390 px; copy and download give the whole text.

    A page without HTTPS has no clipboard of its own, and the link carries no login.
    """
    enrolment = await house.add_device("Boat", board="esp32")
    async with browser_page(
        house.client, width=PHONE_WIDTH, height=PHONE_HEIGHT, host=PLAIN_HOST
    ) as page:
        await page.goto("/config/integrations/integration/oceanremote")
        row = page.locator("ha-config-sub-entry-row", has_text="Boat").first
        await row.get_by_role("button", name="Show the YAML").click()
        await screenshot(page, pictures / "device-menu-phone.png")
        await page.get_by_text("Show the YAML", exact=True).click()
        assert await shown_yaml(page) == enrolment.yaml
        assert not await page.evaluate("isSecureContext || 'clipboard' in navigator")
        await screenshot(page, pictures / "yaml-phone.png")
        await _fits_the_screen(page)
        assert await _downloaded(page) == enrolment.yaml
        await page.get_by_role("button", name="Copy").click()
        await page.get_by_role("link", name="its page").click()
        await page.wait_for_url("**/config/devices/device/*")
        assert await _pasted(page) == enrolment.yaml


async def _fits_the_screen(page: Page) -> None:
    """Neither the page nor the editor in the dialog has to be moved sideways."""
    editor = page.locator("dialog-data-entry-flow ha-code-editor")
    for element in (page.locator("html"), editor.locator(".cm-scroller")):
        beyond = await element.evaluate("it => it.scrollWidth - it.clientWidth")
        assert beyond <= 0
    box = await editor.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE_WIDTH


async def _downloaded(page: Page) -> str:
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="boat.yaml").click()
    download = await begun.value
    assert download.suggested_filename == "boat.yaml"
    return (await download.path()).read_text(encoding="utf-8")


async def _pasted(page: Page) -> str:
    await page.set_content("<textarea></textarea>")
    await page.locator("textarea").press("Control+V")
    return await page.locator("textarea").input_value()
