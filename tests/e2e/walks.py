"""Steps through Home Assistant's dialogs, as a person takes them in a browser."""

import re

from playwright.async_api import Page

from lab.browser import PHONE_WIDTH
from lab.house import House

DIALOG = "dialog-data-entry-flow"
# The boxes of everything that a dialog shows, through all shadow roots.
_BOXES = """dialog => {
    const inside = node => [...node.children, ...(node.shadowRoot?.children ?? [])]
        .flatMap(child => [child, ...inside(child)]);
    return inside(dialog)
        .map(each => each.getBoundingClientRect())
        .filter(box => box.width > 0 && box.height > 0)
        .map(box => [box.left, box.right]);
}"""


async def begin_set_up(page: Page, house: House, address: str) -> None:
    """Add the integration, and fill in the address at which devices reach the hub."""
    await page.goto(f"{house.home_assistant.url}/config/integrations/dashboard")
    await page.get_by_role("button", name="Add integration").click()
    await page.get_by_placeholder("Search for a brand name").fill("OceanRemote")
    await page.get_by_text("OceanRemote", exact=True).last.click()
    await page.locator("input[name=address_local]").fill(address)


async def accept_loopback(page: Page) -> None:
    """Go on with a loopback address: devices elsewhere could not reach it."""
    await page.get_by_role("button", name="Next").click()
    await page.get_by_text("leads each device to itself").wait_for()
    await page.locator("dialog-data-entry-flow ha-selector-boolean ha-switch").click()
    await page.get_by_role("button", name="Next").click()


async def name_device(page: Page, name: str) -> None:
    """Fill in what a device is called, and that it is a Linux program."""
    await page.locator("input[name=name]").fill(name)
    await page.locator("dialog-data-entry-flow ha-picker-field").click()
    await page.locator("ha-dropdown-item", has_text=re.compile("Linux|host")).click()


async def fits_the_phone(page: Page) -> None:
    """Check that nothing in the dialog reaches over the edges of a phone."""
    boxes = await page.locator(DIALOG).evaluate(_BOXES)
    assert boxes
    assert all(left >= 0 and right <= PHONE_WIDTH for left, right in boxes), boxes
