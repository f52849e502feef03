"""An administrator decides about devices that Home Assistant's list has lost."""

from collections.abc import AsyncIterator
import json
from pathlib import Path

from playwright.async_api import Page, expect
import pytest
import pytest_asyncio

from lab.browser import PHONE_HEIGHT, PHONE_WIDTH, browser_page, screenshot
from lab.house import House

from .dialers import Devices

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAMES = ("Beehive scale at the far end of the orchard", "Garden gate", "Well pump")
TITLE = "Devices that Home Assistant has lost"
# What can be done about them.
ADOPT, REVOKE = "Adopt: they are mine", "Revoke: they are not mine"


@pytest_asyncio.fixture(loop_scope="session")
async def found(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[House, Devices]]:
    """A house whose list of entries is older than its vault; every device is away."""
    house = House(tmp_path_factory.mktemp("found"))
    devices = Devices(house)
    try:
        house.home_assistant.trust_this_machine()
        await house.build()
        for name in NAMES:
            await devices.enrol(name)
            await devices.hang_up(name)
        await house.until_started()
        await house.home_assistant.stop()
        lose_the_devices(house.home_assistant.config)
        await house.restart()
        await house.until_started()
        yield house, devices
    finally:
        await devices.close()
        await house.tear_down()


def lose_the_devices(config: Path) -> None:
    """Put an older list of entries in the place of Home Assistant's."""
    path = config / ".storage" / "core.config_entries"
    content = json.loads(path.read_text())
    for entry in content["data"]["entries"]:
        if entry["domain"] == "oceanremote":
            entry["subentries"] = []
    path.write_text(json.dumps(content))


async def open_dialog(page: Page, house: House, choice: str) -> None:
    """Open the one issue among the repairs, and choose what to do."""
    await page.goto(f"{house.home_assistant.url}/config/repairs")
    await page.get_by_text(TITLE).click()
    await page.locator("dialog-data-entry-flow").get_by_text(choice).click()
    await expect(
        page.locator("dialog-data-entry-flow ha-checkbox").first
    ).to_be_visible()


async def names(house: House) -> list[str]:
    """Return the devices on Home Assistant's list."""
    subentries = await house.client.command(
        "config_entries/subentries/list", entry_id=house.entry_id
    )
    return sorted(subentry["title"] for subentry in subentries)


async def test_an_administrator_adopts_one_and_revokes_the_rest(
    found: tuple[House, Devices], pictures: Path
) -> None:
    """Nothing is ticked at first; the issue stays until each is decided."""
    house, devices = found
    client = house.client
    assert await names(house) == []
    async with browser_page(client, width=PHONE_WIDTH, height=PHONE_HEIGHT) as page:
        await page.goto(f"{house.home_assistant.url}/config/repairs")
        await page.get_by_text(TITLE).click()
        await expect(page.get_by_text(ADOPT)).to_be_visible()
        await screenshot(page, pictures / "found-menu-phone.png")
        await open_dialog(page, house, ADOPT)
        await screenshot(page, pictures / "found-phone.png")
    async with browser_page(client) as page:
        await open_dialog(page, house, ADOPT)
        boxes = page.locator("dialog-data-entry-flow ha-checkbox")
        await expect(boxes).to_have_count(len(NAMES))
        ticked = await boxes.evaluate_all("boxes => boxes.map(box => box.checked)")
        assert ticked == [False] * len(NAMES)
        await screenshot(page, pictures / "found.png")
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_text("Tick at least one device")).to_be_visible()
        await page.get_by_text("Well pump:").click()
        await page.get_by_role("button", name="Submit").click()
        await screenshot(page, pictures / "found-some-wait.png")
        await page.get_by_role("button", name="Close").last.click()
    assert await names(house) == ["Well pump"]
    await devices.dial("Well pump")
    async with browser_page(client) as page:
        await open_dialog(page, house, REVOKE)
        await screenshot(page, pictures / "found-revoke.png")
        await page.locator("dialog-data-entry-flow ha-switch").click()
        await page.get_by_role("button", name="Submit").click()
        await page.get_by_role("button", name="Finish").click()
        await expect(page.get_by_text(TITLE)).to_be_hidden()
    assert await names(house) == ["Well pump"]
