"""Every tab in light and dark, wide and narrow, and for those who have a keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window, unfold_settings
from tests.browser.screenshots import SIZES, select
from tests.browser.style_helpers import put, tiny  # noqa: F401
from vision.ui import load_tabs
from vision.ui.text import words

pytestmark = pytest.mark.browser
TABS = [tab.name for tab in load_tabs()]
SEEN = {"gan": "#gan-result img", "pruning": "#pruning-head"}  # of results too high
PRESSES = 80  # of the tabulator, at most
SMALLEST = 14  # pixels of a letter, formulas aside
LETTERS = """least => [...document.querySelectorAll("body *")]
  .filter(each => each.checkVisibility() && !each.closest(".katex, sub, sup")
    && [...each.childNodes].some(part => part.nodeType === 3 && part.textContent.trim()))
  .map(each => [parseFloat(getComputedStyle(each).fontSize) * (each.getScreenCTM?.()?.a ?? 1),
                each.textContent.trim()])
  .filter(([size]) => size > 0 && size < least - 0.05)
  .map(([size, text]) => `letters of ${size} pixels: ${text.slice(0, 40)}`)"""


@pytest.fixture(scope="module", autouse=True)
def _as_first_opened(window: Window) -> None:
    """Let these tests begin with a page on which nothing has been done."""
    window.stale = True


def reach(page: Page, place: str) -> None:
    """Press the tabulator until the focus is at a place."""
    for _ in range(PRESSES):
        if page.evaluate("place => document.activeElement.matches(place)", place):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the tabulator does not lead to {place}")


def result(page: Page, tab: str) -> None:
    """Wait for what a tab's main action shows."""
    expect(page.locator(f"#{tab}-result img").first).to_be_visible()


def more(page: Page, tab: str) -> None:
    """Show what a tab has besides: many devices, many cut channels, a film."""
    if tab == "infrared":
        rows = page.locator("#infrared-result tbody tr")
        few = rows.count()
        page.locator("#infrared-threshold input[type=number]").fill("0.05")
        page.wait_for_function("few => document.querySelectorAll('#infrared-result tbody tr')"
                               ".length > few", arg=few)
        expect(page.locator("#infrared-profile .lab-plots")).to_be_visible()
    elif tab == "pruning":
        page.locator("#pruning-ratio input[type=range]").fill("0.9")
        page.locator("#pruning-go").click()
        expect(page.locator("#pruning-result .lab-table tbody tr")).to_have_count(10)
    elif tab == "style":
        expect(page.locator("#style-film")).to_be_visible()


@pytest.mark.parametrize("tab", TABS)
def test_the_keyboard_alone_runs_a_tab_and_everybody_can_read_it(page: Page, tab: str) -> None:
    page.locator("#app-title").click()  # the tabulator goes on from here
    reach(page, f"button[role=tab][data-tab-id={tab}]")
    page.keyboard.press("Enter")
    if tab == "style":
        unfold_settings(page)
        put(page, "size", "64")
        put(page, "steps", "6")
    if tab != "pruning":  # which opens with a plan
        result(page, tab)
    reach(page, f"#{tab}-go")
    with page.expect_request(lambda request: request.url.endswith("/queue/join?")):
        page.keyboard.press("Enter")
    result(page, tab)
    expect(page.locator(SEEN.get(tab, f"#{tab}-result")).first).to_be_in_viewport(ratio=0.6)
    more(page, tab)
    assert [f"{size} {theme}: {finding}" for size, (width, height) in SIZES.items()
            for theme in ("light", "dark")
            for finding in bad(page, width, height, theme)] == []


def bad(page: Page, width: int, height: int, theme: str) -> list[str]:
    """Return what axe finds that keeps people out, pale letters too, and what is too wide."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    expect(page.locator("body.dark")).to_have_count(int(theme == "dark"))
    for pale in (".pending", "[data-stale]"):  # what is still awaited, or awaits its new result
        expect(page.locator(pale)).to_have_count(0)
    page.evaluate("document.getAnimations().forEach(change => change.finish())")
    wide = page.evaluate("document.documentElement.scrollWidth")
    broken = Axe().run(page).response["violations"]
    found = [f"{rule['id']}: {node['html'][:160]}" for rule in broken
             if rule["impact"] in ("serious", "critical") for node in rule["nodes"]]
    found += page.evaluate(LETTERS, SMALLEST)
    return found + [f"{wide} pixels wide"] * (wide > width)


@pytest.mark.parametrize("language, catalog", [
    ("en-US", "en"), ("zh-CN", "zh-CN"), ("zh-TW", "zh-CN"), ("pt-BR", "pt-BR"),
])
def test_a_phone_speaks_the_visitors_language_and_shows_everything(
        open_page: Callable[..., Page], language: str, catalog: str) -> None:
    page = open_page(width=390, height=844, language=language)
    for tab in TABS:
        expect(page.locator(f"#app-tabs [role=tab][data-tab-id='{tab}']")).to_be_in_viewport()
    expect(page.locator("#app-tabs > .tab-wrapper .overflow-menu:visible")).to_have_count(0)
    for tab in TABS:
        select(page, tab)
        expect(page.locator(f"#{tab}-go")).to_have_text(words(catalog)[f"{tab}.go"])
        if language == catalog:  # what else is said is the same in zh-TW; in English see above
            run(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert "__i18n__" not in page.inner_text("body")


def run(page: Page, tab: str) -> None:
    """Run a tab's main action, as small as may be."""
    if tab == "style":
        expect(page.locator("#style-paintings button.thumbnail-item")).to_have_count(12)
        unfold_settings(page)
        put(page, "size", "64")
        put(page, "steps", "6")
    page.locator(f"#{tab}-go").click()
    result(page, tab)
    expect(page.locator(SEEN.get(tab, f"#{tab}-result")).first).to_be_in_viewport(ratio=0.99)
    more(page, tab)
