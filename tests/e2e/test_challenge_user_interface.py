"""A person adds a challenge device in a browser and switches it."""

from pathlib import Path

from playwright.async_api import Page
import pytest

from lab.browser import PHONE_HEIGHT, PHONE_WIDTH, browser_page, screenshot
from lab.house import House
from lab.network import free_port
from tests.challenge.esphome_host import STRICT_SECRET, compile_host, running_host

from .walks import DIALOG, fits_the_phone

pytestmark = pytest.mark.asyncio(loop_scope="session")

BYTE_FIELDS = ("byte", "second_byte", "third_byte")


async def test_a_person_adds_a_challenge_device_and_switches_it(
    house: House, tmp_path: Path, pictures: Path
) -> None:
    program = compile_host("sha256", tmp_path / "program")
    async with (
        running_host(program, tmp_path) as device,
        browser_page(house.client) as page,
    ):
        await _say_where_it_is(
            page, house, "Garage", program.strict_port, STRICT_SECRET
        )
        await screenshot(page, pictures / "challenge-add.png")
        await page.get_by_role("button", name="Next").click()
        await _say_what_it_understands(page)
        await screenshot(page, pictures / "challenge-tables.png")
        await page.get_by_role("button", name="Next").click()
        await page.get_by_text("Flash and test").wait_for()
        await screenshot(page, pictures / "challenge-test.png")
        await page.get_by_role("button", name="Submit").click()

        relay = "switch.garage_relay"
        await house.client.wait_for_state(relay, "unknown")
        await page.goto(f"{house.home_assistant.url}/config/devices/dashboard")
        await page.get_by_text("Garage", exact=True).first.click()
        # An assumed state has a button for on and one for off.
        await page.locator("ha-entity-toggle ha-icon-button").last.click()
        await device.logged("executed strict 4f")
        await house.client.wait_for_state(relay, "on")
        assert device.executed("strict") == ["4f"]
        # A state that the device has proved has a toggle.
        await page.locator("ha-entity-toggle ha-switch, ha-control-switch").wait_for()
        await page.mouse.move(5, 5)
        await screenshot(page, pictures / "challenge-device.png")


async def test_a_person_adds_a_challenge_device_on_a_phone(
    house: House, pictures: Path
) -> None:
    """Nothing of the three pages is cut off at 390 px; that nobody answers is said."""
    async with browser_page(
        house.client, width=PHONE_WIDTH, height=PHONE_HEIGHT
    ) as page:
        await _say_where_it_is(
            page, house, "Cellar", free_port(), "another secret of many bytes"
        )
        await screenshot(page, pictures / "challenge-add-phone.png")
        await fits_the_phone(page)
        await page.get_by_role("button", name="Next").click()
        await _say_what_it_understands(page)
        await screenshot(page, pictures / "challenge-tables-phone.png")
        await fits_the_phone(page)
        await page.get_by_role("button", name="Next").click()
        await page.get_by_text("Flash and test").wait_for()
        await screenshot(page, pictures / "challenge-test-phone.png")
        await fits_the_phone(page)
        await page.get_by_role("button", name="Submit").click()
        await page.get_by_text("Nobody answers").wait_for()
        await screenshot(page, pictures / "challenge-error-phone.png")
        await fits_the_phone(page)


async def _say_where_it_is(
    page: Page, house: House, name: str, port: int, secret: str
) -> None:
    base = house.home_assistant.url
    await page.goto(f"{base}/config/integrations/integration/oceanremote")
    await page.get_by_role("button", name="Add challenge device").click()
    await page.locator(f"{DIALOG} input[name=name]").fill(name)
    await page.locator(f"{DIALOG} input[name=host]").fill("127.0.0.1")
    await page.locator(f"{DIALOG} input[type=number]").first.fill(str(port))
    await page.locator(f"{DIALOG} input[name=protocol_id]").fill(name.lower())
    await page.locator(f"{DIALOG} input[name=secret]").fill(secret)


async def _say_what_it_understands(page: Page) -> None:
    await page.get_by_text("Commands and responses").wait_for()
    await _add_row(page, 0, "Relay", "Switch", "'O'", "'C'")
    await _add_row(page, 1, "Opened", "Now on", "1")
    await _add_row(page, 1, "Closed", "Now off", "2")


async def _add_row(
    page: Page, table: int, name: str, choice: str, *values: str
) -> None:
    rows = page.locator(f"{DIALOG} ha-selector-object").nth(table)
    await rows.get_by_role("button", name="Add").click()
    form = page.locator("dialog-form")
    await form.locator("input[name=name]").fill(name)
    await form.locator("ha-picker-field").click()
    await page.locator("ha-dropdown-item", has_text=choice).click()
    for field, value in zip(BYTE_FIELDS, values, strict=False):
        await form.locator(f"input[name={field}]").fill(value)
    await form.get_by_role("button", name="Add", exact=True).click()
    await rows.get_by_text(name).wait_for()
