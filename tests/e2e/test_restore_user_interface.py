"""An administrator confirms the devices of a hub that was restored, in a browser."""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Page, expect
import pytest
import pytest_asyncio

from lab.browser import PHONE_HEIGHT, PHONE_WIDTH, browser_page, screenshot
from lab.house import House

from .dialers import Devices

pytestmark = pytest.mark.asyncio(loop_scope="session")

AWAY = ("Beehive scale at the far end of the orchard", "Garden gate", "Greenhouse")
HERE = "Well pump"
TITLE = "Which of these devices are yours?"


@pytest_asyncio.fixture(loop_scope="session")
async def restored(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[House, Devices]]:
    """A house on another machine: what backups leave out is not there."""
    house = House(tmp_path_factory.mktemp("restored"))
    devices = Devices(house)
    try:
        house.home_assistant.trust_this_machine()
        await house.build()
        for name in (*AWAY, HERE):
            await devices.enrol(name)
        for name in AWAY:
            await devices.hang_up(name)
        await house.until_started()
        await house.home_assistant.stop()
        (house.home_assistant.config / "oceanremote_anchor.log").unlink()
        await house.restart()
        await house.until_started()
        yield house, devices
    finally:
        await devices.close()
        await house.tear_down()


async def open_dialog(page: Page, house: House) -> None:
    """Open the hub's one issue among the repairs."""
    await page.goto(f"{house.home_assistant.url}/config/repairs")
    await page.get_by_text("Restored from a backup of").click()
    await expect(page.get_by_text(TITLE)).to_be_visible()


async def statuses(house: House) -> dict[str, str]:
    """Return the status of each device."""
    states = await house.client.get("/api/states")
    return {
        state["entity_id"].removeprefix("sensor.").removesuffix("_status"): state[
            "state"
        ]
        for state in states
        if state["entity_id"].endswith("_status")
    }


async def test_an_administrator_confirms_the_devices_of_a_restored_hub(
    restored: tuple[House, Devices], pictures: Path
) -> None:
    """Each has a tick of its own, on a phone too; the rest is asked about again."""
    house, _ = restored
    assert set((await statuses(house)).values()) == {"waiting_for_approval"}
    client = house.client
    async with browser_page(client, width=PHONE_WIDTH, height=PHONE_HEIGHT) as page:
        await open_dialog(page, house)
        await screenshot(page, pictures / "restored-phone.png")
    async with browser_page(client) as page:
        await open_dialog(page, house)
        boxes = page.locator("dialog-data-entry-flow ha-checkbox")
        await expect(boxes).to_have_count(len(AWAY) + 1)
        ticked = await boxes.evaluate_all("boxes => boxes.map(box => box.checked)")
        assert ticked == [False] * (len(AWAY) + 1)
        await screenshot(page, pictures / "restored.png")
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_text("Tick at least one device")).to_be_visible()
        await screenshot(page, pictures / "restored-nothing-ticked.png")
        await page.get_by_text("Garden gate:").click()
        await page.get_by_text(f"{HERE}:").click()
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_text("Waiting: 2")).to_be_visible()
        await screenshot(page, pictures / "restored-some-wait.png")
        await page.get_by_role("button", name="Close").last.click()
    found = await statuses(house)
    assert found["garden_gate"] == "offline"
    assert found["well_pump"] == "online"
    assert found["greenhouse"] == "waiting_for_approval"
    async with browser_page(client) as page:
        await open_dialog(page, house)
        await page.locator("dialog-data-entry-flow ha-switch").click()
        await page.get_by_role("button", name="Submit").click()
        await page.get_by_role("button", name="Finish").click()
        await expect(page.get_by_text("Restored from a backup of")).to_be_hidden()
    assert "waiting_for_approval" not in (await statuses(house)).values()
