"""The parts of the segmentation tab as a visitor uses them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.contrast import contrast_failures

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
SLOW = 90_000


def segment(page: Page) -> None:
    page.locator("#segmentation-go").click()
    page.locator("#segmentation-matrix button[data-cell]").first.wait_for(timeout=60_000)


def test_a_click_and_a_key_on_the_matrix_light_pixels(open_page: OpenPage) -> None:
    page = open_page()
    segment(page)
    expect(page.locator("#segmentation-matrix button[data-cell]")).to_have_count(121)
    page.locator("#segmentation-matrix button[data-cell='0,0']").click()
    expect(page.locator("#segmentation-cell")).to_contain_text("Sky", timeout=15_000)
    expect(page.locator("#segmentation-lit img")).to_be_visible()
    page.locator("#segmentation-matrix button[data-cell='3,3']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#segmentation-cell")).to_contain_text("Road", timeout=15_000)
    expect(page.locator("#segmentation-true input")).to_have_value("Road")


@pytest.mark.parametrize("theme, width", [("light", 1280), ("dark", 390)])
def test_the_playground_parts_metrics_and_keeps_contrast(open_page: OpenPage, theme: str,
                                                         width: int) -> None:
    page = open_page(theme=theme, width=width)
    segment(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not contrast_failures(page)
    if width == 1280:
        page.get_by_role("tab", name="Metric playground").click()
        page.locator("#segmentation-background").click()
        numbers = page.locator("#segmentation-play-numbers")
        expect(numbers).to_contain_text("PA", timeout=30_000)
        page.mouse.move(0, 0)
        assert not contrast_failures(page)


def test_two_models_lie_exactly_over_one_another(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("tab", name="Compare").click()
    page.locator("#segmentation-compare").click()
    sides = page.locator("#segmentation-slider img")
    expect(sides).to_have_count(2, timeout=60_000)
    page.wait_for_function("""() => [...document.querySelectorAll("#segmentation-slider img")]
        .every(side => side.complete && side.naturalWidth === 480)""")
    left, right = sides.nth(0).bounding_box(), sides.nth(1).bounding_box()
    assert left == right
    frame = page.locator("#segmentation-slider").bounding_box()
    assert frame and left and left["y"] >= frame["y"]
    assert left["y"] + left["height"] <= frame["y"] + frame["height"]


def test_a_street_is_clicked_in_three_truths_and_a_set_is_looked_through(
        open_page: OpenPage) -> None:
    page = open_page()
    page.locator("button[role=tab][data-tab-id='kinds']:visible").click()
    panoptic = page.locator("#segmentation-kind-panoptic img")
    expect(panoptic).to_be_visible(timeout=SLOW)
    expect(page.locator("#segmentation-fused")).to_contain_text("PQ", timeout=SLOW)
    panoptic.click(position={"x": 100, "y": 180})
    expect(page.locator("#segmentation-kinds-told")).to_contain_text("Semantic:", timeout=SLOW)
    page.locator("button[role=tab][data-tab-id='failures']:visible").click()
    page.locator("#segmentation-fails-count input[type=number]").fill("5")
    page.locator("#segmentation-failures-go").click()
    worst = page.locator("#segmentation-wall button[data-picture]")
    expect(worst).to_have_count(5, timeout=SLOW)
    worst.first.click()
    expect(page.locator("#segmentation-opened img")).to_have_count(6, timeout=SLOW)
