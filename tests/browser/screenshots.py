"""Take the pictures of every tab, as it opens and after its main action, for README and for a look.

All sizes, themes and languages by default; `--sizes phone --themes dark --languages en` takes some.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS
from tests.chromium import find_chromium
from vision.ui import ASSETS, create_app, launch, load_tabs
from vision.ui.text import LANGUAGES

FOLDER = ASSETS / "screenshots"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
THEMES = ("light", "dark")
LONGEST = 180_000  # milliseconds that an action may take
WORKS = ".pending, .generating, #style-stop:enabled"  # what is there as long as an action goes on
WAIT = {"opened": 1500, "done": 4000}  # milliseconds until what follows is there, too


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures into assets/screenshots and list them."""
    asked = options().parse_args(arguments)
    app = launch(create_app(), prevent_thread_lock=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for size in asked.sizes:
            for theme in asked.themes:
                for language in asked.languages:
                    shoot_all(browser, app.local_url, size, theme, language)
        browser.close()
    app.close(verbose=False)
    return 0


def options() -> argparse.ArgumentParser:
    """Return what may be asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, known in (("sizes", SIZES), ("themes", THEMES), ("languages", LANGUAGES)):
        parser.add_argument(f"--{name}", nargs="+", choices=[*known], default=[*known])
    return parser


def shoot_all(browser: Browser, address: str, size: str, theme: str, language: str) -> None:
    """Take the pictures of all tabs in one look and language."""
    width, height = SIZES[size]
    page = browser.new_context(viewport={"width": width, "height": height}, locale=language,
                               color_scheme=theme).new_page()  # type: ignore[arg-type]
    page.goto(address)
    page.locator("button[role=tab]:visible").first.wait_for()
    for tab in load_tabs():
        for moment in ("opened", "done"):
            print(shoot(page, tab.name, moment, place(tab.name, size, theme, language, moment)))
    page.context.close()


def place(part: str, size: str, theme: str, language: str, moment: str) -> Path:
    """Return where a picture goes: `PART-SIZE-THEME.png` are README's, all others are for a look.
    """
    if (language, moment) == ("en", "done"):
        return FOLDER / f"{part}-{size}-{theme}.png"
    return FOLDER / "all" / f"{part}-{size}-{theme}-{language}-{moment}.png"


def shoot(page: Page, part: str, moment: str, path: Path) -> Path:
    """Open a tab, run its main action if that is the moment, and write what is seen."""
    select(page, part)
    if moment == "done":
        page.locator(f"#{part}-go").click()
        page.wait_for_timeout(500)  # until it is asked for
    shown = f"#{part}-result img" if moment == "done" or part != "pruning" else f"#{part}-plan svg"
    page.locator(shown).first.wait_for()
    page.wait_for_function("works => !document.querySelector(works)", arg=WORKS, timeout=LONGEST)
    page.wait_for_timeout(WAIT[moment])
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    return path


def select(page: Page, part: str) -> None:
    """Open a tab."""
    page.locator(f"button[role=tab][data-tab-id='{part}']:visible").first.click()


def chromium() -> str:
    """Return the path of a Chromium."""
    found = find_chromium()
    if not found:
        sys.exit("Chromium is missing: install it with 'apt-get install chromium'.")
    return found


if __name__ == "__main__":
    sys.exit(main())
