"""Take the pictures of every tab: light and dark, desktop and phone, for README and for a look."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import FLAGS
from vision.ui import ASSETS, create_app, launch, load_tabs

FOLDER = ASSETS / "screenshots"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


def main() -> int:
    """Write `PART-SIZE-THEME.png` for every tab into assets/screenshots and list them."""
    app = launch(create_app(), prevent_thread_lock=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for size, (width, height) in SIZES.items():
            for theme in ("light", "dark"):
                page = browser.new_context(viewport={"width": width, "height": height},
                                           color_scheme=theme).new_page()  # type: ignore[arg-type]
                page.goto(app.local_url)
                page.locator("button[role=tab]:visible").first.wait_for()
                for tab in load_tabs():
                    print(shoot(page, tab.name, f"{size}-{theme}"))
        browser.close()
    app.close(verbose=False)
    return 0


def shoot(page: Page, part: str, name: str) -> Path:
    """Open a tab, run its main action, and write what is seen."""
    select(page, part)
    page.locator(f"#{part}-go").click()
    page.locator(f"#{part}-result img").first.wait_for()
    page.wait_for_timeout(1500)
    path = FOLDER / f"{part}-{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    return path


def select(page: Page, part: str) -> None:
    """Open a tab."""
    page.locator(f"button[role=tab][data-tab-id='{part}']:visible").first.click()


def chromium() -> str:
    """Return the path of a Chromium."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        sys.exit("Chromium is missing: install it with 'apt-get install chromium'.")
    return found


if __name__ == "__main__":
    sys.exit(main())
