"""A person whose network was banned finds the way out, in a browser.

The browser comes by way of a trusted proxy that names its address. Every test has an
address of its own, for each has its own limits.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Page, Route, expect
import pytest
import pytest_asyncio

from lab.browser import browser_page, screenshot, stranger_page
from lab.client import PASSWORD, USER, Client
from lab.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")

API = "/api/oceanremote/self-unban"
LIFTED = "The ban is lifted."
LOG_IN = "Log in and lift the ban"
PHONE = 360
REQUESTS_OF_A_MINUTE = 20


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house behind a reverse proxy."""
    house = House(tmp_path_factory.mktemp("proxied"))
    house.home_assistant.trust_this_machine()
    try:
        await house.build()
        yield house
    finally:
        await house.tear_down()


class Complaints:
    """What a page complains about: exceptions, and what its policy has forbidden."""

    def __init__(self, page: Page) -> None:
        """Listen from now on, on every page that is opened in this tab."""
        self.heard: list[str] = []
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("console", lambda message: self._listen(message.text))

    def _listen(self, text: str) -> None:
        if "Content Security Policy" in text or "Uncaught" in text:
            self.heard.append(text)


async def banned(house: House) -> set[str]:
    """Return the banned addresses."""
    answer = await house.client.call("oceanremote.list_bans", response=True)
    return {ban["address"] for ban in answer["bans"]}


async def logins(house: House) -> set[str]:
    """Return the ids of the person's logins that are open."""
    tokens: list[dict[str, Any]] = await house.client.command("auth/refresh_tokens")
    return {token["id"] for token in tokens}


async def walk_into_the_honeypot(page: Page, house: House, address: str) -> None:
    """Ask for what only scanners ask for."""
    answer = await page.goto(f"{house.home_assistant.url}/wp-admin")
    assert answer is not None
    assert answer.status == HTTPStatus.NOT_FOUND
    assert address in await banned(house)


async def open_page(page: Page, house: House, query: str = "") -> int:
    """Open the page; return the status."""
    answer = await page.goto(f"{house.home_assistant.url}/self-unban/{query}")
    assert answer is not None
    return answer.status


async def log_in(page: Page) -> None:
    """Fill Home Assistant's own login page and leave it."""
    await page.locator("input[name=username]").fill(USER)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/self-unban/*")


def result(page: Page) -> Any:
    """Return where the page says what came of it."""
    return page.get_by_role("status")


async def assert_nothing_is_left(page: Page, house: House) -> None:
    """No code in the address bar, no token or state in the browser's storage."""
    await page.wait_for_url(f"{house.home_assistant.url}/self-unban/")
    kept = await page.evaluate(
        "() => JSON.stringify([{...sessionStorage}, {...localStorage}])"
    )
    assert kept == "[{},{}]"
    assert await page.context.cookies() == []


async def test_a_banned_person_logs_in_and_is_free(
    house: House, pictures: Path
) -> None:
    """By keyboard alone, on Home Assistant's own login page; the login is given back."""
    address = "203.0.113.9"
    async with stranger_page(address, width=640, height=620) as page:
        complaints = Complaints(page)
        await walk_into_the_honeypot(page, house, address)
        before = await logins(house)
        assert await open_page(page, house) == HTTPStatus.OK
        assert await page.locator("html").get_attribute("lang") == "en"
        await screenshot(page, pictures / "self-unban.png")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name=LOG_IN)).to_be_focused()
        await page.keyboard.press("Enter")
        await log_in(page)
        await expect(result(page)).to_have_text(LIFTED)
        await expect(result(page)).to_be_focused()
        await screenshot(page, pictures / "self-unban-lifted.png")
        await assert_nothing_is_left(page, house)
        assert complaints.heard == []
    assert address not in await banned(house)
    assert await logins(house) == before


async def test_a_login_that_was_not_begun_here_lifts_nothing(house: House) -> None:
    """Who is sent here with somebody's code does not use it: the state is another."""
    address = "203.0.113.20"
    async with stranger_page(address) as page:
        await walk_into_the_honeypot(page, house, address)
        before = await logins(house)
        await open_page(page, house)
        await page.get_by_role("button", name=LOG_IN).click()
        await page.wait_for_url("**/auth/authorize?*")
        forged = re.sub(r"(?<=[?&]state=)[^&]*", "forged", page.url)
        assert forged != page.url
        await page.goto(forged)
        await log_in(page)
        await expect(result(page)).to_contain_text("was not started on this page")
        await expect(page.get_by_role("button", name=LOG_IN)).to_be_visible()
        await assert_nothing_is_left(page, house)
    assert address in await banned(house)
    assert await logins(house) == before


async def test_a_stale_code_is_said_not_to_work(house: House) -> None:
    """The page loaded a second time with the code that the first time has used."""
    address = "203.0.113.21"
    async with stranger_page(address) as page:
        await walk_into_the_honeypot(page, house, address)
        await open_page(page, house)
        begun: list[str] = []
        page.on("framenavigated", lambda frame: begun.append(frame.url))
        kept = await begin(page)
        await log_in(page)
        await expect(result(page)).to_have_text(LIFTED)
        (used,) = [url for url in begun if "code=" in url]
        await walk_into_the_honeypot(page, house, address)
        await page.evaluate("kept => sessionStorage.oceanremote_login = kept", kept)
        await page.goto(used)
        await expect(result(page)).to_contain_text("The login did not work.")
        await expect(page.get_by_role("button", name=LOG_IN)).to_be_visible()
        await assert_nothing_is_left(page, house)
    assert address in await banned(house)


async def begin(page: Page) -> str:
    """Press the button; return what the tab keeps until the login comes back."""
    await page.get_by_role("button", name=LOG_IN).click()
    await page.wait_for_url("**/auth/authorize?*")
    query = parse_qs(urlsplit(page.url).query)
    assert query["code_challenge_method"] == ["S256"]
    kept: str = await page.evaluate("() => sessionStorage.oceanremote_login")
    assert json.loads(kept)["state"] == query["state"][0]
    return kept


async def exhaust(house: House) -> None:
    """Ask in the person's name until the hub has had enough."""
    status: int = HTTPStatus.OK
    while status != HTTPStatus.TOO_MANY_REQUESTS:
        status, _ = await house.client.request("POST", API)


async def switch_off(house: House, *, off: bool = True) -> None:
    """Disable the integration, or enable it again."""
    await house.client.command(
        "config_entries/disable",
        entry_id=house.entry_id,
        disabled_by="user" if off else None,
    )


@pytest.mark.parametrize(
    ("address", "trouble", "sentence"),
    [
        ("203.0.113.30", exhaust, r"That was too often\. Wait \d+ seconds"),
        ("203.0.113.31", switch_off, "OceanRemote is not running"),
    ],
)
async def test_what_the_hub_refuses_is_said_in_a_sentence(
    house: House,
    address: str,
    trouble: Callable[[House], Awaitable[None]],
    sentence: str,
) -> None:
    """429 and 503 arrive after the login: the login is given back all the same."""
    async with stranger_page(address) as page:
        complaints = Complaints(page)
        await walk_into_the_honeypot(page, house, address)
        before = await logins(house)
        await open_page(page, house)
        await begin(page)

        async def in_trouble(route: Route) -> None:
            await trouble(house)
            await route.continue_()

        await page.route(f"**{API}", in_trouble)
        try:
            await log_in(page)
            await expect(result(page)).to_have_text(re.compile(sentence))
        finally:
            await switch_off(house, off=False)
        await expect(page.get_by_role("button", name=LOG_IN)).to_be_visible()
        await assert_nothing_is_left(page, house)
        assert complaints.heard == []
    assert address in await banned(house)
    assert await logins(house) == before


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_page_is_legible_on_a_phone(
    house: House, pictures: Path, dark: bool
) -> None:
    """Nothing is cut off, the button is for thumbs, text stands out (WCAG 2.2 AA)."""
    address = f"203.0.113.{41 if dark else 40}"
    async with stranger_page(address, width=PHONE, dark=dark) as page:
        await open_page(page, house)
        button = page.get_by_role("button", name=LOG_IN)
        await expect(button).to_be_visible()
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert await contrast(page, "main", "p") >= 4.5
        assert await contrast(page, "#login", "#login") >= 4.5
        await screenshot(
            page, pictures / f"self-unban-{'dark' if dark else 'phone'}.png"
        )


async def contrast(page: Page, behind: str, before: str) -> float:
    """Return the ratio of luminances (WCAG 2.2, 1.4.3) of a background and a text."""
    colours = await page.evaluate(
        """([behind, before]) => [
            getComputedStyle(document.querySelector(behind)).backgroundColor,
            getComputedStyle(document.querySelector(before)).color,
        ]""",
        [behind, before],
    )
    dim, bright = sorted(luminance(colour) for colour in colours)
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of "rgb(r, g, b)"."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)]
    assert len(parts) == 3, colour
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def test_who_loads_it_too_often_is_told_how_long_to_wait(
    house: House, pictures: Path
) -> None:
    """The page refused, or only its script: a sentence in both cases."""
    async with stranger_page("203.0.113.50", width=PHONE) as page:
        await page.route("**/page.js", lambda route: route.abort())
        await open_page(page, house)
        await expect(page.get_by_text("wait a minute")).to_be_visible()
        for _ in range(REQUESTS_OF_A_MINUTE):
            status = await open_page(page, house)
            if status != HTTPStatus.OK:
                break
        assert status == HTTPStatus.TOO_MANY_REQUESTS
        await expect(page.get_by_text("Not now")).to_be_visible()
        await expect(page.get_by_text("Wait a minute")).to_be_visible()
        await screenshot(page, pictures / "self-unban-too-often.png")


async def test_the_frontends_service_worker_keeps_no_code_and_no_script(
    house: House,
) -> None:
    """Where Home Assistant's worker runs, an update still brings a new script."""
    async with Client(f"http://localhost:{house.home_assistant.port}") as client:
        await client.login()
        async with browser_page(client) as page:
            await page.goto(client.url)
            await page.wait_for_function("() => navigator.serviceWorker.controller")
            await page.goto(f"{client.url}/self-unban/")
            assert await page.evaluate("() => !!navigator.serviceWorker.controller")
            await begin(page)
            await log_in(page)
            await expect(result(page)).to_have_text("This network is not banned.")
            kept = await page.evaluate(
                """async () => {
                    const names = await caches.keys();
                    const opened = await Promise.all(names.map((n) => caches.open(n)));
                    const keys = await Promise.all(opened.map((c) => c.keys()));
                    return keys.flat().map((request) => request.url);
                }"""
            )
    ours = [url for url in kept if "unban" in url]
    assert ours == [f"{client.url}/self-unban/"]
    assert kept != ours
