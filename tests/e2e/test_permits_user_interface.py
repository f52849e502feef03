"""An administrator says in a browser what a device may ask of Home Assistant."""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Page, expect
import pytest
import pytest_asyncio

from lab.browser import PHONE_HEIGHT, PHONE_WIDTH, browser_page, screenshot
from lab.cycle import PERMITTED
from lab.house import House

from .support import Enrolled, enrol
from .walks import DIALOG, fits_the_phone

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAME = "Gatekeeper"
TOLD = "sensor.told"
(CALLED,) = PERMITTED["actions"]
(FIRED,) = PERMITTED["events"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def keeper(house: House) -> AsyncIterator[Enrolled]:
    """A device that has asked for a state; Home Assistant has come to rest."""
    await house.client.post(
        f"/api/states/{TOLD}",
        {"state": "all is well", "attributes": {"friendly_name": "Told"}},
    )
    keeper = await enrol(house, NAME, "02:00:00:0C:5F:12")
    await keeper.device.wait_for_log("does not let this device read sensor.told")
    await house.until_started()
    yield keeper
    await keeper.device.stop()


async def _open_offer(page: Page) -> None:
    await page.goto("/config/repairs")
    await page.get_by_text(f"{NAME} asked for something").click()
    await expect(page.get_by_text(f"May {NAME} do this?")).to_be_visible()


async def _open_list(page: Page) -> None:
    await page.goto("/config/integrations/integration/oceanremote")
    row = page.locator("ha-config-sub-entry-row", has_text=NAME).first
    await row.get_by_role("button", name="allow requests").click()
    await page.get_by_text("What this device may do", exact=True).click()
    await expect(page.get_by_text(f"What {NAME} may do")).to_be_visible()


async def test_a_refused_request_is_offered_and_allowed(
    house: House, keeper: Enrolled, pictures: Path
) -> None:
    """The repair says what a click allows; one click, and the device has it."""
    async with browser_page(
        house.client, width=PHONE_WIDTH, height=PHONE_HEIGHT
    ) as page:
        await _open_offer(page)
        await screenshot(page, pictures / "offer-phone.png")
        await fits_the_phone(page)
    async with browser_page(house.client) as page:
        await _open_offer(page)
        await expect(page.get_by_text(f"read: {TOLD}")).to_be_visible()
        await screenshot(page, pictures / "offer.png")
        await page.get_by_text("Allow it", exact=True).click()
        await page.get_by_role("button", name="Finish").click()
        await expect(page.get_by_text(f"{NAME} asked for something")).to_be_hidden()
    await keeper.device.wait_for_log("bench: told all is well")


async def test_what_is_refused_for_good_is_not_offered_again(
    house: House, keeper: Enrolled, pictures: Path
) -> None:
    """An action with its template stands there as it is; refusing it changes nothing."""
    ask = {"entity_id": keeper.entity("button-0-ask")}
    mark = keeper.device.mark()
    await house.client.call("button.press", **ask)
    await keeper.device.wait_for_log("no advice, not allowed", since=mark)
    async with browser_page(
        house.client, width=PHONE_WIDTH, height=PHONE_HEIGHT
    ) as page:
        await _open_offer(page)
        await expect(page.get_by_text(f"action: {CALLED['action']}")).to_be_visible()
        (template,) = CALLED["templates"]
        await expect(page.get_by_text(f"template: {template}")).to_be_visible()
        await screenshot(page, pictures / "offer-action-phone.png")
        await fits_the_phone(page)
        await page.get_by_text("Keep refusing it", exact=True).click()
        await page.get_by_role("button", name="Finish").click()
        await expect(page.get_by_text(f"{NAME} asked for something")).to_be_hidden()


async def test_an_administrator_fills_the_list(
    house: House, keeper: Enrolled, pictures: Path
) -> None:
    """What was allowed by the repair is there; an action and an event are added."""
    async with browser_page(house.client) as page:
        await _open_list(page)
        await expect(
            page.locator(DIALOG).get_by_text("Told", exact=True)
        ).to_be_visible()
        await _add_action(page, "homeassistant.restart")
        await page.get_by_role("button", name="Submit").click()
        never = page.get_by_text("No device may call homeassistant.restart")
        await expect(never).to_be_visible()
        await screenshot(page, pictures / "permits-never.png")
        rows = page.locator(f"{DIALOG} ha-selector-object")
        await rows.get_by_role("button", name="Delete").click()
        await _add_action(
            page,
            CALLED["action"],
            *CALLED["templates"],
            picture=pictures / "permits-action.png",
        )
        await page.get_by_role("button", name="Add Event", exact=True).click()
        await page.locator(f"{DIALOG} ha-input-multi input").first.fill(FIRED)
        await screenshot(page, pictures / "permits.png")
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_text("saved", exact=False).first).to_be_visible()
        await screenshot(page, pictures / "permits-saved.png")
    mark = keeper.device.mark()
    await house.client.call("button.press", entity_id=keeper.entity("button-0-ask"))
    await keeper.device.wait_for_log("bench: advice 24", since=mark)


async def _add_action(
    page: Page, action: str, *templates: str, picture: Path | None = None
) -> None:
    rows = page.locator(f"{DIALOG} ha-selector-object")
    await rows.get_by_role("button", name="Add").click()
    form = page.locator("dialog-form")
    await form.locator("input[name=action]").fill(action)
    for number, template in enumerate(templates):
        await form.get_by_role("button", name="Add Template").click()
        await form.locator("ha-input-multi input").nth(number).fill(template)
    if picture is not None:
        await screenshot(page, picture)
    await form.get_by_role("button", name="Add", exact=True).click()
    await rows.get_by_text(action).wait_for()


async def test_the_list_is_read_on_a_phone(
    house: House, keeper: Enrolled, pictures: Path
) -> None:
    async with browser_page(
        house.client, width=PHONE_WIDTH, height=PHONE_HEIGHT
    ) as page:
        await _open_list(page)
        await fits_the_phone(page)
        await page.get_by_text(CALLED["action"]).scroll_into_view_if_needed()
        await screenshot(page, pictures / "permits-phone.png")
