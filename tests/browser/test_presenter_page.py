"""Presenter mode as a teacher uses it at a projector."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.contrast import contrast_failures
from tests.browser.screenshots import select

pytestmark = pytest.mark.browser
GONE = ("#app-title", "#app-line", "footer", "#gan-model .info-text", "#gan-link-copy")


def size(page: Page, place: str) -> float:
    """Return the size of a place's letters in pixels."""
    return float(page.locator(place).first.evaluate(
        "element => parseFloat(getComputedStyle(element).fontSize)"))


def until(page: Page, true: Callable[[], bool]) -> None:
    """Wait for what a transition leads to; fail if it does not come within half a minute."""
    for _ in range(300):
        if true():
            return
        page.wait_for_timeout(100)
    assert true()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_mode_enlarges_hides_and_is_left_by_escape(page: Page, theme: str) -> None:
    select(page, "segmentation")
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    expect(page.locator("body.dark")).to_have_count(int(theme == "dark"))
    before = {place: size(page, place) for place in ("#segmentation-go", "#segmentation-model")}
    page.locator("#app-present").click()
    for place, small in before.items():
        until(page, lambda place=place, small=small: size(page, place) > 1.2 * small)
    select(page, "gan")
    expect(page.locator("#gan-go")).to_be_visible()
    for place in GONE:
        expect(page.locator(place).first).to_be_hidden()
    expect(page.locator("button.label-wrap:visible", has_text="How it works")).to_have_count(0)
    expect(page.locator("#app-present")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert not contrast_failures(page)
    page.keyboard.press("Escape")
    for place in GONE:
        expect(page.locator(place).first).to_be_visible()
    select(page, "segmentation")
    until(page, lambda: {place: size(page, place) for place in before} == before)


def test_a_tablet_presents_without_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 768, "height": 1024})
    page.locator("#app-present").click()
    expect(page.locator("#app-title")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 768
    page.keyboard.press("Escape")
    expect(page.locator("#app-title")).to_be_visible()
