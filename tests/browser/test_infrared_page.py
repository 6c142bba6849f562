"""The infrared tab as a visitor uses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, STARTED, open_part, open_step, unfold, unfold_settings
from tests.browser.screenshots import select
from vision.infrared.train import Config
from vision.ui.tabs.infrared.label import tune
from vision.ui.tabs.infrared.shared import EXAMPLES, MODELS

pytestmark = [pytest.mark.browser, pytest.mark.skipif(MODELS.first() is None,
                                                      reason="no detector ships")]
OpenPage = Callable[..., Page]
LOW_SCORE = "0.05"  # finds something whatever the detector has learnt


def opened(page: Page) -> Page:
    """Open the tab."""
    select(page, "infrared")
    page.locator("#infrared-picture img").wait_for()
    unfold_settings(page)
    return page


def detect(page: Page) -> None:
    """Lower the score, which detects at once, and wait for what is found."""
    stage = "#infrared-result .infrared-stage"
    score = page.locator("#infrared-threshold input[type=number]")
    expect(page.locator(stage)).to_be_visible()
    if score.input_value() != LOW_SCORE:
        page.evaluate("stage => { document.querySelector(stage).dataset.old = '' }", stage)
        score.fill(LOW_SCORE)
        expect(page.locator(f"{stage}[data-old]")).to_have_count(0)
    expect(page.locator("#infrared-result .infrared-stage g").first).to_be_attached()
    expect(page.locator("#infrared-profile .lab-plots")).to_be_visible()


def place(page: Page, board: str, x: float, y: float) -> tuple[float, float]:
    """Return where a share of a drawn picture's width and height is on the page."""
    box = page.locator(board).bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page: Page, board: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.locator(board).scroll_into_view_if_needed()
    page.mouse.move(*place(page, board, *start))
    page.mouse.down()
    page.mouse.move(*place(page, board, *((a + b) / 2 for a, b in zip(start, end, strict=True))))
    page.mouse.move(*place(page, board, *end))
    page.mouse.up()


def test_a_row_lights_up_its_device_and_a_click_explains_it(page: Page) -> None:
    opened(page)
    detect(page)
    rows = page.locator("#infrared-result tbody tr")
    last = rows.count() - 1
    rows.nth(last).hover()
    lit = page.locator("#infrared-result g.infrared-on")
    expect(lit).to_have_count(1)
    expect(lit).to_have_attribute("data-device", str(last))
    rows.nth(last).locator("button").click()
    expect(page.locator("#infrared-device h3")).to_contain_text(f"{last + 1} ")
    page.mouse.move(5, 5)
    expect(lit).to_have_attribute("data-device", str(last))
    for button in ("#infrared-marked", "#infrared-report"):
        with page.expect_download() as download:
            page.locator(button).click()
        assert Path(download.value.path()).stat().st_size > 1000


def test_a_line_over_the_picture_gives_its_profile(page: Page) -> None:
    opened(page)
    detect(page)
    drag(page, "#infrared-result .infrared-stage svg", (0.25, 0.5), (0.75, 0.5))
    expect(page.locator("#infrared-line-0 input")).to_have_value("96")
    expect(page.locator("#infrared-line-2 input")).to_have_value("288")
    assert page.locator("#infrared-line-1 input").input_value() == page.locator(
        "#infrared-line-3 input").input_value()


def test_classes_can_be_unticked(page: Page) -> None:
    opened(page)
    detect(page)
    groups = page.locator("#infrared-result .infrared-stage g")
    before = groups.count()
    page.locator("#infrared-classes input").first.uncheck()
    page.wait_for_function("most => document.querySelectorAll('#infrared-result .infrared-stage g')"
                           ".length < most", arg=before)
    page.locator("#infrared-classes input").first.check()
    expect(groups).to_have_count(before)


def test_wrong_ends_say_so_and_lose_nothing(page: Page) -> None:
    opened(page)
    detect(page)
    devices = page.locator("#infrared-result .infrared-stage g")
    high = page.locator("#infrared-high input").input_value()
    page.locator("#infrared-high input").fill("-99")
    page.locator("#infrared-go").click()
    expect(page.locator(".toast-body")).to_contain_text("a low end below the high end")
    expect(devices).not_to_have_count(0)
    expect(page.locator("#infrared-high input")).to_have_value("-99")
    page.locator("#infrared-high input").fill(high)


def test_a_made_scene_can_be_used_above(page: Page) -> None:
    opened(page)
    open_part(page, "scene")
    page.locator("#infrared-scene-go").click()
    expect(page.locator("#infrared-scene img")).to_have_count(2)
    low = page.locator("#infrared-low input").input_value()
    page.locator("#infrared-scene-use").click()
    expect(page.locator("#infrared-low input")).not_to_have_value(low)
    expect(page.locator("#infrared-picture img")).to_have_attribute("src", re.compile("scene"))
    open_part(page, "details")
    stage = page.locator("#infrared-result .infrared-stage")
    before = stage.inner_html()
    page.locator("#infrared-go").click()
    page.wait_for_function("old => document.querySelector('#infrared-result .infrared-stage')"
                           ".innerHTML !== old", arg=before)


def test_a_new_picture_forgets_the_old_scale(page: Page) -> None:
    opened(page)
    expect(page.locator("#infrared-low input")).not_to_have_value("")
    page.locator("#infrared-picture button[aria-label='Remove Image']").click()
    page.locator("#infrared-picture input[type=file]").set_input_files(
        EXAMPLES / "thermogram-3.png")
    expect(page.locator("#infrared-low input")).to_have_value("")


def label(page: Page) -> None:
    """Mark a box and a polygon in the picture above."""
    unfold(page, "Train your own")
    page.locator("#infrared-label-above").click()
    board = "#infrared-board svg"
    page.locator(board).wait_for()
    drag(page, board, (0.2, 0.25), (0.35, 0.98))
    expect(page.locator(f"{board} g")).to_have_count(1)
    for x, y in ((0.75, 0.2), (0.95, 0.2), (0.95, 0.8), (0.75, 0.8), (0.75, 0.2)):
        page.mouse.click(*place(page, board, x, y))
    expect(page.locator(f"{board} g")).to_have_count(2)


@pytest.fixture
def small_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a detector learn from pictures of a quarter of the size at which it works."""
    config_for = tune.config_for

    def smaller(*settings: Any) -> Config:
        config = config_for(*settings)
        return replace(config, short_side=config.short_side // 2)

    monkeypatch.setattr(tune, "config_for", smaller)


@pytest.mark.usefixtures("small_lessons")
def test_labels_outlive_a_reload_are_learnt_and_the_result_is_used_at_once(open_page: OpenPage
                                                                            ) -> None:
    page = opened(open_page())
    label(page)
    board = "#infrared-board svg"
    for x, y in ((0.5, 0.05), (0.7, 0.05)):
        page.mouse.click(*place(page, board, x, y))
    page.reload()
    page.locator(STARTED).wait_for()
    opened(page)
    unfold(page, "Train your own")
    expect(page.locator(f"{board} g")).to_have_count(2)
    draft = page.locator(f"{board} .infrared-draft").get_attribute("d") or ""
    assert draft.count("L") == 1
    with page.expect_download() as download:
        page.locator("#infrared-label-coco").click()
    assert download.value.suggested_filename == "labels.json"
    page.locator("#infrared-train-steps input[type=number]").fill("4")
    page.locator("#infrared-train").click()
    expect(page.locator("#infrared-train-status")).to_contain_text("4 steps", timeout=2 * PATIENCE)
    expect(page.locator("#infrared-train-download")).to_be_visible()
    open_step(page, "measure")
    detect(page)
    unfold(page, "Detector and measurement")
    expect(page.locator("#infrared-model input")).to_have_value("my own detector")


def test_the_airs_temperature_stays_unknown_at_first_and_0_when_it_is_0(fresh_page: Page) -> None:
    """Gradio shows an empty number as 0, and 0 °C would be an air temperature that counts."""
    page = opened(fresh_page)
    air, settings = page.locator("#infrared-air textarea, #infrared-air input"), page.locator(
        "#infrared-physics > button")
    settings.click()
    expect(air).to_have_value("")
    air.fill("7.5")
    detect(page)
    expect(page.locator("#infrared-device")).to_contain_text("T₀ = 7.5 °C")
    air.fill("0")
    settings.click()
    expect(air).to_be_hidden()
    settings.click()
    page.wait_for_timeout(1000)  # what an event of the opening might still change
    expect(air).to_have_value("0")
    page.locator("#infrared-go").click()
    expect(page.locator("#infrared-device")).to_contain_text("T₀ = 0.0 °C")
