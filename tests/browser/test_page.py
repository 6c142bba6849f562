"""The page as a visitor uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.contrast import contrast_failures
from vision.ui import load_tabs

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]


def segment(page: Page) -> None:
    page.locator("#segmentation-go").click()
    expect(page.locator("#segmentation-result img")).to_be_visible(timeout=30_000)
    expect(page.locator("#segmentation-legend tbody tr")).to_have_count(11)


def source(page: Page) -> str:
    return page.locator("#segmentation-result img").get_attribute("src") or ""


def test_the_first_click_shows_overlay_numbers_and_errors(open_page: OpenPage) -> None:
    page = open_page()
    assert page.title() == "Vision Lab"
    segment(page)
    expect(page.locator("#segmentation-numbers")).to_contain_text("mIoU")
    expect(page.locator("#segmentation-error-view img")).to_be_visible()
    before = source(page)
    page.locator("#segmentation-opacity input[type=range]").fill("0")
    page.wait_for_function("old => document.querySelector('#segmentation-result img').src !== old",
                           arg=before)


def test_an_example_runs_at_a_click(open_page: OpenPage) -> None:
    page = open_page()
    page.locator("#segmentation-examples button.gallery-item").nth(2).click()
    expect(page.locator("#segmentation-result img")).to_be_visible(timeout=30_000)
    expect(page.locator("#segmentation-truth-view img")).to_be_visible()


def test_a_bad_picture_gets_a_sentence_and_a_good_one_works_after_it(
        open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n not really")
    page.locator("#segmentation-picture button[aria-label='Remove Image']").click()
    page.locator("#segmentation-picture input[type=file]").set_input_files(tmp_path / "broken.png")
    page.wait_for_timeout(500)
    page.locator("#segmentation-go").click()
    expect(page.locator(".toast-wrap")).to_contain_text("not a picture", timeout=15_000)
    Image.new("RGB", (320, 200), (90, 120, 160)).save(tmp_path / "good.png")
    page.locator("#segmentation-picture button[aria-label='Remove Image']").click()
    page.locator("#segmentation-picture input[type=file]").set_input_files(tmp_path / "good.png")
    expect(page.locator("#segmentation-truth img")).to_have_count(0)
    segment(page)
    expect(page.locator("#segmentation-numbers")).to_contain_text("No ground truth")


@pytest.mark.parametrize("language, words", [
    ("en-US", "Segment"), ("zh-CN", "开始分割"), ("zh-TW", "开始分割"), ("pt-BR", "Segmentar"),
])
def test_the_page_speaks_the_visitors_language(open_page: OpenPage, language: str, words: str
                                               ) -> None:
    page = open_page(language=language)
    expect(page.locator("#segmentation-go")).to_have_text(words)
    assert "__i18n__" not in page.inner_text("body")


def test_a_phone_shows_everything_without_scrolling_sideways(open_page: OpenPage) -> None:
    page = open_page(width=390, height=844)
    segment(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-CN"])
def test_a_phone_shows_all_tabs(open_page: OpenPage, language: str) -> None:
    page = open_page(width=390, height=844, language=language)
    for tab in load_tabs():
        expect(page.locator(f"#app-tabs [role=tab][data-tab-id='{tab.name}']")).to_be_in_viewport()
    expect(page.locator("#app-tabs > .tab-wrapper .overflow-menu:visible")).to_have_count(0)


def test_the_keyboard_alone_can_segment(open_page: OpenPage) -> None:
    page = open_page()
    page.locator("#segmentation-go").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#segmentation-result img")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_contrast_fails(open_page: OpenPage, theme: str) -> None:
    page = open_page(theme=theme)
    segment(page)
    assert not contrast_failures(page)


def test_a_training_streams_stops_and_can_be_used(open_page: OpenPage) -> None:
    page = open_page()
    page.locator("button.label-wrap", has_text="Train your own").click()
    page.locator("#segmentation-train-steps input[type=number]").fill("1000")
    page.keyboard.press("Tab")
    expect(page.locator("#segmentation-train-steps input[type=range]")).to_have_value("1000")
    page.locator("#segmentation-train").click()
    expect(page.locator("#segmentation-train-status")).to_contain_text("of 1000", timeout=60_000)
    page.locator("#segmentation-train-stop").click()
    expect(page.locator("#segmentation-train-status")).to_contain_text("Done", timeout=60_000)
    expect(page.locator("#segmentation-train-plot img")).to_be_visible()
    expect(page.locator("#segmentation-train-download")).to_be_visible()
    expect(page.locator("#segmentation-model input")).to_have_value("my own model")
    segment(page)
