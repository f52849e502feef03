"""Render docs/assets/mark.svg into the integration's brand pictures.

Usage: .venv/bin/python script/lib/render_brand.py (needs chromium)

Icons are 256 px and 512 px squares, logos carry the name beside the mark; each for
light and for dark backgrounds, transparent, as Home Assistant's brand folder wants.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

REPO = Path(__file__).resolve().parents[2]
BRAND = REPO / "custom_components/oceanremote/brand"
MARK = (REPO / "docs/assets/mark.svg").read_text()

PAGE = """<!doctype html><html class="{theme}"><style>
html, body {{ margin: 0; background: transparent; }}
#icon {{ width: 256px; height: 256px; }}
#logo {{ display: inline-flex; align-items: center; gap: 36px; padding: 0 12px 0 0;
  font: 700 118px/1 "Lato", "Open Sans", "DejaVu Sans", sans-serif;
  letter-spacing: -2px; }}
#logo svg {{ width: 200px; height: 200px; }}
svg {{ display: block; }}
.ocean {{ color: {ocean}; }} .remote {{ color: {remote}; }}
</style>{body}</html>"""
LOGO = (
    f'<div id="logo">{MARK}<span><span class="ocean">Ocean</span>'
    '<span class="remote">Remote</span></span></div>'
)
THEMES = {
    "": {"theme": "", "ocean": "#0a5fa8", "remote": "#0f9fb8"},
    "dark_": {"theme": "dark", "ocean": "#7cc8ff", "remote": "#2ed3c6"},
}


def shoot(page: Page, html: str, selector: str, path: Path) -> None:
    """Write the picture of one element."""
    page.set_content(html)
    page.locator(selector).screenshot(path=str(path), omit_background=True)


def main() -> None:
    """Render every size, theme and shape."""
    BRAND.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        for suffix, scale in (("", 1), ("@2x", 2)):
            page = browser.new_page(
                viewport={"width": 1400, "height": 400}, device_scale_factor=scale
            )
            for prefix, theme in THEMES.items():
                icon = PAGE.format(body=f'<div id="icon">{MARK}</div>', **theme)
                shoot(page, icon, "#icon", BRAND / f"{prefix}icon{suffix}.png")
                logo = PAGE.format(body=LOGO, **theme)
                shoot(page, logo, "#logo", BRAND / f"{prefix}logo{suffix}.png")
        browser.close()


if __name__ == "__main__":
    main()
