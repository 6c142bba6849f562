"""The page as a visitor uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import press, unfold
from tests.browser.screenshots import select

pytestmark = pytest.mark.browser


def segment(page: Page) -> None:
    with page.expect_response("**/run/*"):  # which only follows an answer
        press(page, "#segmentation-go")
    expect(page.locator("#segmentation-result img")).to_be_visible()
    expect(page.locator("#segmentation-legend tbody tr")).to_have_count(11)


def source(page: Page) -> str:
    return page.locator("#segmentation-result img").get_attribute("src") or ""


def test_the_first_click_shows_overlay_numbers_and_errors(fresh_page: Page) -> None:
    page = fresh_page
    assert page.title() == "Vision Lab"
    segment(page)
    expect(page.locator("#segmentation-numbers")).to_contain_text("mIoU")
    expect(page.locator("#segmentation-error-view img")).to_be_visible()
    before = source(page)
    unfold(page, "Settings")
    page.locator("#segmentation-opacity input[type=range]").fill("0")
    page.wait_for_function("old => document.querySelector('#segmentation-result img').src !== old",
                           arg=before)


def test_a_bad_picture_gets_a_sentence_and_good_ones_work_after_it(page: Page, tmp_path: Path
                                                                   ) -> None:
    select(page, "segmentation")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n not really")
    page.locator("#segmentation-picture button[aria-label='Remove Image']").click()
    page.locator("#segmentation-picture input[type=file]").set_input_files(tmp_path / "broken.png")
    page.locator("#segmentation-picture img").wait_for(state="attached")
    page.locator("#segmentation-go").click()
    expect(page.locator(".toast-wrap")).to_contain_text("not a picture")
    Image.new("RGB", (320, 200), (90, 120, 160)).save(tmp_path / "good.png")
    page.locator("#segmentation-picture button[aria-label='Remove Image']").click()
    page.locator("#segmentation-picture input[type=file]").set_input_files(tmp_path / "good.png")
    expect(page.locator("#segmentation-truth img")).to_have_count(0)
    segment(page)
    expect(page.locator("#segmentation-numbers")).to_contain_text("No ground truth")
    expect(page.locator("#segmentation-truth-view img")).to_be_hidden()
    page.locator("#segmentation-examples button.gallery-item").nth(0).click()  # runs at once
    expect(page.locator("#segmentation-truth-view img")).to_be_visible()
    expect(page.locator("#segmentation-numbers")).to_contain_text("mIoU")


def test_a_training_streams_stops_and_can_be_used(fresh_page: Page) -> None:
    page = fresh_page
    unfold(page, "Train your own")
    page.locator("#segmentation-train-steps input[type=number]").fill("1000")
    page.keyboard.press("Tab")
    expect(page.locator("#segmentation-train-steps input[type=range]")).to_have_value("1000")
    page.locator("#segmentation-train").click()
    expect(page.locator("#segmentation-train-status")).to_contain_text("of 1000")
    page.locator("#segmentation-train-stop").click()
    expect(page.locator("#segmentation-train-status")).to_contain_text("Done")
    expect(page.locator("#segmentation-train-plot .lab-plots")).to_be_visible()
    expect(page.locator("#segmentation-train-download")).to_be_visible()
    expect(page.locator("#segmentation-model input")).to_have_value("my own model")
    segment(page)
