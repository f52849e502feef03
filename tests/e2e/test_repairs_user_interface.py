"""An administrator settles a quarantine in a browser."""

from collections.abc import AsyncIterator
import json
from pathlib import Path
import re

from playwright.async_api import Locator, Page, expect
import pytest
import pytest_asyncio

from lab.browser import browser_page, screenshot, shown_yaml
from lab.firmware import Device
from lab.house import House

from .support import Enrolled, enrol

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAME = "Garden gate"
MAC = "02:00:00:0C:E8:01"


async def quarantine(house: House, gate: Enrolled) -> None:
    """Let a copy of the device's flash connect, and go."""
    thief = Device("copied-gate", gate.device.program, house.directory)
    house.devices.append(thief)
    thief.copy_flash_of(gate.device)
    await thief.start()
    await house.client.wait_for_state(gate.entity("own-status"), "quarantined")
    await thief.stop()


async def released_by(house: House) -> str | None:
    """Return the user whom the audit log names for the last release."""
    answer = await house.client.call("oceanremote.export_audit", response=True)
    records = [json.loads(line) for line in answer["lines"]]
    releases = [record for record in records if record["kind"] == "released"]
    user: str | None = releases[-1]["actor"]["user"]
    return user


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gate(house: House) -> AsyncIterator[Enrolled]:
    """A device that runs; Home Assistant has come to rest."""
    gate = await enrol(house, NAME, MAC)
    await house.until_started()
    yield gate
    await gate.device.stop()


async def open_issue(page: Page, house: House) -> Locator:
    """Open the device's issue among the repairs; return its row."""
    await page.goto(f"{house.home_assistant.url}/config/repairs")
    row = page.get_by_text(f"{NAME} is quarantined")
    await row.click()
    await expect(page.get_by_text(f"Is there a copy of {NAME}?")).to_be_visible()
    return row


async def test_an_administrator_releases_a_device(
    house: House, gate: Enrolled, pictures: Path
) -> None:
    """Settings → Repairs: the issue is read, "release" is chosen, commands pass again."""
    await quarantine(house, gate)
    async with browser_page(house.client) as page:
        row = await open_issue(page, house)
        release = page.get_by_text("I know the reason: release it")
        await expect(release).to_be_visible()
        await screenshot(page, pictures / "quarantined.png")
        await release.click()
        await page.get_by_role("button", name="Finish").click()
        await expect(row).to_be_hidden()
    await house.client.wait_for_state(gate.entity("own-status"), "online")
    mark = gate.device.mark()
    await gate.set_relay(True)
    await gate.device.wait_for_log(r"Command switch 'Relay' -> ON", since=mark)
    me = await house.client.command("auth/current_user")
    assert await released_by(house) == me["id"]


async def test_an_administrator_is_led_to_a_new_registration(
    house: House, gate: Enrolled, pictures: Path
) -> None:
    """Who knows no reason gets YAML with a new token; the quarantine stays till then."""
    registry_id = await house.registry_id(gate.enrolment.subentry_id)
    await house.client.call("oceanremote.quarantine_device", {"device_id": registry_id})
    async with browser_page(house.client) as page:
        row = await open_issue(page, house)
        await page.get_by_text("I don't know: register it again").click()
        await page.get_by_text("Register the same board again").click()
        await page.get_by_role("button", name="Issue a new token").click()
        tokens = re.findall(r"oc_reg_[A-Za-z0-9_-]+", await shown_yaml(page))
        assert len(tokens) == 1
        assert tokens[0] != gate.enrolment.registration_token
        await screenshot(page, pictures / "register-again.png")
        await page.get_by_role("button", name="Done").click()
        await expect(row).to_be_visible()
    assert await house.client.state(gate.entity("own-status")) == "quarantined"
