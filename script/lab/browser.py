"""A person's eyes on Home Assistant: headless Chromium, logged in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import time

from playwright.async_api import Browser, Page, async_playwright

from .client import Client
from .network import HOST
from .paths import CHROMIUM

ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A browser trusts the loopback address as it trusts HTTPS; not this name for it.
    "--host-resolver-rules=MAP homeassistant.test 127.0.0.1",
]
WIDTH, HEIGHT = 1280, 860
PHONE_WIDTH, PHONE_HEIGHT = 390, 844
PLAIN_HOST = "homeassistant.test"


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=ARGUMENTS
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def browser_page(
    client: Client, *, width: int = WIDTH, height: int = HEIGHT, host: str = HOST
) -> AsyncIterator[Page]:
    """Open a page that is logged in as the client's user.

    As `PLAIN_HOST`, Home Assistant is a server of the network without HTTPS.
    """
    url = client.url.replace(HOST, host)
    tokens = {
        **client.tokens,
        "hassUrl": url,
        "clientId": f"{client.url}/",
        "expires": int((time.time() + client.tokens["expires_in"]) * 1000),
    }
    async with _browser() as browser:
        context = await browser.new_context(
            base_url=url,
            viewport={"width": width, "height": height},
            locale="en-GB",
        )
        await context.add_init_script(
            f"localStorage.hassTokens = {json.dumps(json.dumps(tokens))};"
        )
        yield await context.new_page()


@asynccontextmanager
async def stranger_page(
    address: str, *, width: int = WIDTH, height: int = HEIGHT, dark: bool = False
) -> AsyncIterator[Page]:
    """Open a page without a login, seen through a trusted proxy at `address`."""
    async with _browser() as browser:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            locale="en-GB",
            color_scheme="dark" if dark else "light",
            extra_http_headers={"X-Forwarded-For": address},
        )
        yield await context.new_page()


async def screenshot(page: Page, path: Path) -> None:
    """Save what the page shows, once it has come to rest.

    What Home Assistant says of its own start, across the foot of its pages, is left
    out; a page of ours forbids foreign styles, and says so where one is applied.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    await page.wait_for_timeout(700)
    theirs = await page.locator("notification-manager").count()
    style = "notification-manager { display: none }" if theirs else None
    await page.screenshot(path=path, style=style)


async def shown_yaml(page: Page) -> str:
    """Return the text in the editor of the dialog on the page."""
    editor = page.locator("dialog-data-entry-flow ha-code-editor")
    await editor.wait_for()
    return str(await editor.evaluate("editor => editor.value"))
