"""The slimming tab as a visitor uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import unfold, unfold_settings
from tests.browser.contrast import contrast_failures
from tests.browser.screenshots import select
from vision.checkpoints import FOLDER
from vision.ui.tabs.pruning.shared import MODELS

pytestmark = [pytest.mark.browser,
              pytest.mark.skipif(MODELS.first() is None, reason="nothing ships")]


def opened(page: Page) -> Page:
    """Open the tab."""
    select(page, "pruning")
    expect(page.locator("#pruning-plan svg[data-most]")).to_be_visible()
    unfold_settings(page)
    return page


def cut(page: Page) -> None:
    page.locator("#pruning-go").click()
    expect(page.locator("#pruning-result .lab-table tbody tr")).to_have_count(10)


def ratio(page: Page) -> float:
    return float(page.locator("#pruning-ratio input[type=range]").input_value())


def test_the_plan_follows_the_slider_the_threshold_and_the_pointer(page: Page) -> None:
    opened(page)
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


def test_what_an_event_outside_the_queue_refuses_is_told(page: Page) -> None:
    opened(page)
    layers = page.locator("#pruning-protected input")
    told = page.get_by_role("alert").filter(has_text="no layer called 'conv 44'")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        expect(page.locator("body.dark")).to_have_count(int(theme == "dark"))
        layers.fill("conv 44")
        layers.press("Enter")
        expect(told).to_contain_text("did you mean 'conv 4'?")
        assert not contrast_failures(page)
        told.click()
        expect(told).to_have_count(0)
    layers.fill("")  # for the tests after this one
    layers.press("Enter")


def test_an_example_runs_at_a_click(page: Page) -> None:
    opened(page)
    page.locator("#pruning-examples button.gallery-item").nth(2).click()
    picture = page.locator("#pruning-result img")
    expect(picture).to_be_visible()
    before = picture.get_attribute("src") or ""
    page.locator("#pruning-examples button.gallery-item").nth(3).click()
    expect(picture).not_to_have_attribute("src", before)


def test_the_curve_stands_beside_the_papers(page: Page) -> None:
    opened(page)
    expect(page.locator("#pruning-cliff .lab-plots")).to_be_visible()
    expect(page.locator("#pruning-cliff-text")).to_contain_text("1708.06519")


def test_a_cut_shows_what_it_costs_and_a_new_one_takes_the_onnx_file_of_the_old_away(
        fresh_page: Page) -> None:
    page = opened(fresh_page)
    cut(page)
    expect(page.locator("#pruning-result")).to_contain_text("batch 64")
    expect(page.locator("#pruning-result img")).to_be_visible()
    with page.expect_download() as saved:
        page.locator("#pruning-download").click()
    assert saved.value.suggested_filename.endswith(".safetensors")
    assert Path(saved.value.path()).stat().st_size > 10**5
    page.locator("#pruning-onnx-go").click()
    expect(page.locator("#pruning-onnx")).to_be_visible()
    expect(page.locator("#pruning-snippet")).to_contain_text("onnxruntime")
    channels = page.locator("#pruning-plan .lab-tile").first
    for name in ("vgg16-drawings", "vgg16-cut-70"):
        before = channels.inner_text()
        page.locator("input[type=file][accept='.safetensors']").set_input_files(
            FOLDER / "pruning" / f"{name}.safetensors")
        expect(page.locator("#pruning-model input")).to_have_value("my own network")
        expect(channels).not_to_have_text(before)
    page.locator("#pruning-go").click()
    expect(page.locator("#pruning-onnx")).not_to_be_visible()
    expect(page.locator("#pruning-snippet")).not_to_be_visible()


def test_a_sparse_training_streams_and_stops(fresh_page: Page) -> None:
    page = opened(fresh_page)
    unfold(page, "Train your own")
    page.locator("#pruning-train").click()
    expect(page.locator("#pruning-train-scales svg")).to_be_visible()
    page.locator("#pruning-train-stop").click()
    expect(page.locator("#pruning-train-status")).to_contain_text("Done")
    expect(page.locator("#pruning-model input")).to_have_value("my own network")
    expect(page.locator("#pruning-train-download")).to_be_visible()
