"""An administrator says in a browser which of a board's services may be reached."""

from pathlib import Path

from playwright.async_api import Page, expect
import pytest

from lab.browser import PHONE_HEIGHT, PHONE_WIDTH, browser_page, screenshot
from lab.house import House

from .support import enrol
from .walks import fits_the_phone

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAME = "Greenhouse"


async def _open_page(page: Page) -> None:
    await page.goto("/config/integrations/integration/oceanremote")
    row = page.locator("ha-config-sub-entry-row", has_text=NAME).first
    await row.get_by_role("button", name="Show the YAML").click()
    await page.get_by_text("Reach the board's own pages", exact=True).click()
    await expect(page.get_by_text("Native API (logs, Bluetooth")).to_be_visible()


async def test_a_service_is_allowed_and_its_port_stays(
    house: House, pictures: Path
) -> None:
    """Without a port it cannot stay open; that is said beside its field."""
    await enrol(house, NAME, "02:00:00:0C:5F:31")
    await house.until_started()
    async with browser_page(
        house.client, width=PHONE_WIDTH, height=PHONE_HEIGHT
    ) as page:
        await _open_page(page)
        await screenshot(page, pictures / "tunnels-phone.png")
        await fits_the_phone(page)
    async with browser_page(house.client) as page:
        await _open_page(page)
        for name in ("Native API (logs, Bluetooth proxy, voice)", "Keep its port open"):
            await page.get_by_role("switch", name=name).first.press("Space")
        await page.get_by_role("button", name="Save", exact=True).click()
        refused = "A port that is kept open needs a number."
        await expect(page.get_by_text(refused)).to_be_visible()
        await screenshot(page, pictures / "tunnels.png")
        await page.get_by_role("spinbutton", name="Port of the native API").fill("6101")
        await page.get_by_role("button", name="Save", exact=True).click()
        saved = "Tunnels of this device follow these rules from now on."
        await expect(page.get_by_text(saved)).to_be_visible()
        await page.get_by_role("button", name="Close").first.click()
        await _open_page(page)
        kept = page.get_by_role("spinbutton", name="Port of the native API")
        await expect(kept).to_have_value("6101")
