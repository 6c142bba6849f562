"""Every tab in light and dark, wide and narrow, and for those who have a keyboard alone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.screenshots import SIZES, select
from tests.browser.style_helpers import tiny  # noqa: F401
from vision.ui import load_tabs

pytestmark = pytest.mark.browser
TABS = [tab.name for tab in load_tabs()]
SLOW = 90_000
PRESSES = 80  # of the tabulator, at most


def reach(page: Page, place: str) -> None:
    """Press the tabulator until the focus is at a place."""
    for _ in range(PRESSES):
        if page.evaluate("place => document.activeElement.matches(place)", place):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the tabulator does not lead to {place}")


def result(page: Page, tab: str) -> None:
    """Wait for what a tab's main action shows."""
    expect(page.locator(f"#{tab}-result img").first).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize("tab", TABS)
def test_the_keyboard_alone_runs_the_main_action(one_page: Page, tab: str) -> None:
    one_page.reload()
    one_page.locator("#segmentation-picture img").wait_for(timeout=SLOW)
    for place in (f"button[role=tab][data-tab-id={tab}]", f"#{tab}-go"):
        reach(one_page, place)
        one_page.keyboard.press("Enter")
    result(one_page, tab)


@pytest.mark.parametrize("tab", TABS)
def test_axe_finds_nothing_serious(one_page: Page, tab: str) -> None:
    one_page.set_viewport_size({"width": 1280, "height": 900})
    one_page.locator(f"button[role=tab][data-tab-id={tab}]:visible").first.wait_for()
    select(one_page, tab)
    if not one_page.locator(f"#{tab}-result img").count():
        one_page.locator(f"#{tab}-go").click()
        result(one_page, tab)
    assert [f"{size} {theme}: {finding}" for size, (width, height) in SIZES.items()
            for theme in ("light", "dark")
            for finding in serious(one_page, width, height, theme)] == []


def serious(page: Page, width: int, height: int, theme: str) -> list[str]:
    """Return what axe finds that keeps people out."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    expect(page.locator("body.dark")).to_have_count(int(theme == "dark"))
    page.evaluate("document.getAnimations().forEach(change => change.finish())")
    return [f"{rule['id']}: {node['html'][:160]}" for rule in Axe().run(page).response["violations"]
            if rule["impact"] in ("serious", "critical") for node in rule["nodes"]]
