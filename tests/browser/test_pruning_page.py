"""The slimming tab as a visitor uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.contrast import contrast_failures
from tests.browser.screenshots import select
from vision.checkpoints import FOLDER
from vision.ui.tabs.pruning.shared import MODELS

pytestmark = [pytest.mark.browser,
              pytest.mark.skipif(MODELS.first() is None, reason="nothing ships")]
OpenPage = Callable[..., Page]
SLOW = 60_000


@pytest.fixture
def opened(open_page: OpenPage) -> OpenPage:
    def go(**settings: object) -> Page:
        page = open_page(**settings)
        select(page, "pruning")
        expect(page.locator("#pruning-plan svg")).to_have_count(3, timeout=SLOW)
        return page

    return go


def cut(page: Page) -> None:
    page.locator("#pruning-go").click()
    expect(page.locator("#pruning-result .lab-table tbody tr")).to_have_count(10, timeout=SLOW)


def ratio(page: Page) -> float:
    return float(page.locator("#pruning-ratio input[type=range]").input_value())


def test_the_plan_follows_the_slider_the_threshold_and_the_pointer(opened: OpenPage) -> None:
    page = opened()
    channels = page.locator("#pruning-plan .lab-tile b").first
    half = channels.inner_text()
    page.locator("#pruning-ratio input[type=range]").fill("0.8")
    expect(channels).not_to_have_text(half)
    threshold = page.locator("#pruning-threshold input")
    expect(threshold).not_to_have_value("")
    chart = page.locator("#pruning-plan svg[data-most]")
    most = float(chart.get_attribute("data-most") or 0)
    box = chart.bounding_box()
    assert box
    chart.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    page.wait_for_function("most => Math.abs(document.querySelector('#pruning-threshold input')"
                           ".value / most - 0.25) < 0.05", arg=most)
    clicked = ratio(page)
    threshold.fill(str(most / 10))
    threshold.press("Enter")
    page.wait_for_function(
        "old => document.querySelector('#pruning-ratio input[type=range]').value < old",
        arg=clicked)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_an_event_outside_the_queue_refuses_is_told(opened: OpenPage, theme: str) -> None:
    page = opened(theme=theme)
    layers = page.locator("#pruning-protected input")
    layers.fill("conv 44")
    layers.press("Enter")
    told = page.get_by_role("alert").filter(has_text="no layer called 'conv 44'")
    expect(told).to_contain_text("did you mean 'conv 4'?")
    assert not contrast_failures(page)
    told.click()
    expect(told).to_have_count(0)


def test_a_cut_shows_what_it_costs_and_can_be_downloaded(opened: OpenPage) -> None:
    page = opened()
    cut(page)
    expect(page.locator("#pruning-result")).to_contain_text("batch 64", timeout=SLOW)
    expect(page.locator("#pruning-result img")).to_be_visible()
    with page.expect_download(timeout=SLOW) as saved:
        page.locator("#pruning-download").click()
    assert saved.value.suggested_filename.endswith(".safetensors")
    assert Path(saved.value.path()).stat().st_size > 10**6


def test_a_new_cut_takes_the_old_onnx_file_away_and_a_second_network_is_shown(
        opened: OpenPage) -> None:
    page = opened()
    cut(page)
    page.locator("#pruning-onnx-go").click()
    expect(page.locator("#pruning-onnx")).to_be_visible(timeout=SLOW)
    expect(page.locator("#pruning-snippet")).to_contain_text("onnxruntime")
    channels = page.locator("#pruning-plan .lab-tile").first
    for name in ("vgg16-drawings", "vgg16-cut-70"):
        before = channels.inner_text()
        page.locator("input[type=file][accept='.safetensors']").set_input_files(
            FOLDER / "pruning" / f"{name}.safetensors")
        expect(page.locator("#pruning-model input")).to_have_value("my own network", timeout=SLOW)
        expect(channels).not_to_have_text(before, timeout=SLOW)
    page.locator("#pruning-go").click()  # the first cut may still be at its clocks
    expect(page.locator("#pruning-onnx")).not_to_be_visible(timeout=2 * SLOW)
    expect(page.locator("#pruning-snippet")).not_to_be_visible()


def test_an_example_runs_at_a_click(opened: OpenPage) -> None:
    page = opened()
    page.locator("#pruning-examples button.gallery-item").nth(3).click()
    expect(page.locator("#pruning-result img")).to_be_visible(timeout=SLOW)


def test_the_curve_stands_beside_the_papers(opened: OpenPage) -> None:
    page = opened()
    expect(page.locator("#pruning-cliff img")).to_be_visible(timeout=SLOW)
    expect(page.locator("#pruning-cliff-text")).to_contain_text("1708.06519")


def test_a_sparse_training_streams_and_stops(opened: OpenPage) -> None:
    page = opened()
    page.locator("button.label-wrap:visible", has_text="Train your own").click()
    page.locator("#pruning-train").click()
    expect(page.locator("#pruning-train-scales svg")).to_be_visible(timeout=2 * SLOW)
    page.locator("#pruning-train-stop").click()
    expect(page.locator("#pruning-train-status")).to_contain_text("Done", timeout=SLOW)
    expect(page.locator("#pruning-model input")).to_have_value("my own network")
    expect(page.locator("#pruning-train-download")).to_be_visible()


@pytest.mark.parametrize("language, words", [
    ("en-US", "Cut"), ("zh-CN", "剪枝"), ("pt-BR", "Cortar"),
])
def test_a_phone_shows_everything_in_every_language(opened: OpenPage, language: str, words: str
                                                    ) -> None:
    page = opened(width=390, height=844, language=language)
    expect(page.locator("#pruning-go")).to_have_text(words)
    cut(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert "__i18n__" not in page.inner_text("body")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_contrast_fails(opened: OpenPage, theme: str) -> None:
    page = opened(theme=theme)
    page.locator("#pruning-ratio input[type=range]").fill("0.9")
    expect(page.locator("#pruning-plan svg text").first).to_be_visible()
    cut(page)
    assert not contrast_failures(page)
