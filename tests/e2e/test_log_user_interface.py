"""An administrator watches a device's log from its page."""

import asyncio
from pathlib import Path

from playwright.async_api import Page, expect
import pytest

from lab.browser import PHONE_HEIGHT, PHONE_WIDTH, browser_page, screenshot, shown_yaml
from lab.house import House

from .support import Enrolled, enrol

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def open_log(page: Page, house: House, name: str) -> None:
    """Go to the log as a person does."""
    await page.goto(
        f"{house.home_assistant.url}/config/integrations/integration/oceanremote"
    )
    row = page.locator("ha-config-sub-entry-row", has_text=name).first
    await row.get_by_role("button", name="Show the YAML").click()
    await page.get_by_text("Show the log", exact=True).click()
    await expect(page.get_by_text(f"The log of {name}")).to_be_visible()


async def log_something(page: Page, enrolled: Enrolled) -> str:
    """Let the device log, and refresh until the page shows it; return its text."""
    async with asyncio.timeout(60):
        on = False
        while "[oceanremote] Command switch" not in (text := await shown_yaml(page)):
            on = not on
            await enrolled.set_relay(on)
            await page.get_by_role("button", name="Refresh").click()
            await page.wait_for_timeout(500)
    return text


async def test_the_log_is_shown_while_its_page_is_open(
    house: House, pictures: Path
) -> None:
    enrolled = await enrol(house, "Weather mast", "02:00:00:0C:EF:71")
    async with browser_page(house.client) as page:
        await open_log(page, house, "Weather mast")
        text = await log_something(page, enrolled)
        assert "\x1b" not in text
        await screenshot(page, pictures / "log.png")
    async with browser_page(
        house.client, width=PHONE_WIDTH, height=PHONE_HEIGHT
    ) as page:
        await open_log(page, house, "Weather mast")
        await log_something(page, enrolled)
        await screenshot(page, pictures / "log-phone.png")
        editor = page.locator("dialog-data-entry-flow ha-code-editor")
        beyond = await editor.locator(".cm-scroller").evaluate(
            "it => it.scrollWidth - it.clientWidth"
        )
        assert beyond <= 0
