"""The parts of the segmentation tab as a visitor uses them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_part, press
from tests.browser.contrast import contrast_failures
from tests.browser.screenshots import select

pytestmark = pytest.mark.browser


def segment(page: Page) -> None:
    press(page, "#segmentation-go")
    open_part(page, "matrix")
    page.locator("#segmentation-matrix button[data-cell]").first.wait_for()


def test_a_click_and_a_key_on_the_matrix_light_pixels(page: Page) -> None:
    select(page, "segmentation")
    segment(page)
    expect(page.locator("#segmentation-matrix button[data-cell]")).to_have_count(121)
    page.locator("#segmentation-matrix button[data-cell='0,0']").click()
    expect(page.locator("#segmentation-cell")).to_contain_text("Sky")
    expect(page.locator("#segmentation-lit img")).to_be_visible()
    page.locator("#segmentation-matrix button[data-cell='3,3']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#segmentation-cell")).to_contain_text("Road")
    expect(page.locator("#segmentation-true input")).to_have_value("Road")


def test_the_playground_parts_metrics_and_keeps_contrast(page: Page) -> None:
    select(page, "segmentation")
    open_part(page, "play")
    page.locator("#segmentation-background").click()
    expect(page.locator("#segmentation-play-numbers")).to_contain_text("PA")
    page.mouse.move(0, 0)
    assert not contrast_failures(page)


def test_two_models_lie_exactly_over_one_another(page: Page) -> None:
    select(page, "segmentation")
    open_part(page, "compare")
    page.locator("#segmentation-compare").click()
    sides = page.locator("#segmentation-slider img")
    expect(sides).to_have_count(2)
    page.wait_for_function("""() => [...document.querySelectorAll("#segmentation-slider img")]
        .every(side => side.complete && side.naturalWidth === 480)""")
    left, right = sides.nth(0).bounding_box(), sides.nth(1).bounding_box()
    assert left == right
    frame = page.locator("#segmentation-slider").bounding_box()
    assert frame and left and left["y"] >= frame["y"]
    assert left["y"] + left["height"] <= frame["y"] + frame["height"]


def test_a_street_is_clicked_in_three_truths_and_a_set_is_looked_through(
        page: Page) -> None:
    select(page, "segmentation")
    open_part(page, "kinds")
    panoptic = page.locator("#segmentation-kind-panoptic img")
    expect(panoptic).to_be_visible()
    expect(page.locator("#segmentation-fused")).to_contain_text("PQ")
    panoptic.click(position={"x": 100, "y": 180})
    expect(page.locator("#segmentation-kinds-told")).to_contain_text("Semantic:")
    open_part(page, "failures")
    page.locator("#segmentation-fails-count input[type=number]").fill("5")
    page.locator("#segmentation-failures-go").click()
    worst = page.locator("#segmentation-wall button[data-picture]")
    expect(worst).to_have_count(5)
    worst.first.click()
    expect(page.locator("#segmentation-opened img")).to_have_count(6)
