"""Camera files, surfaces by brush and a kept inspection, as a visitor uses them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.contrast import contrast_failures
from tests.browser.screenshots import select
from tests.browser.test_infrared_page import SLOW, detect, drag
from tests.infrared.thermogram.cameras import encoders as made
from vision.infrared.scenes import make_scene
from vision.ui.tabs.infrared.shared import MODELS

pytestmark = [pytest.mark.browser, pytest.mark.skipif(MODELS.first() is None,
                                                      reason="no detector ships")]
OpenPage = Callable[..., Page]


def field() -> np.ndarray:
    return make_scene(3).temperature.astype(float).clip(-30, None)


@pytest.fixture
def opened(open_page: OpenPage) -> OpenPage:
    def go(**settings: object) -> Page:
        page = open_page(**settings)
        page.set_default_timeout(SLOW)
        select(page, "infrared")
        page.locator("#infrared-picture img").wait_for()
        return page

    return go


def choose(page: Page, button: str, file: Path) -> None:
    """Choose a file with a button that asks for one."""
    with page.expect_file_chooser() as chooser:
        page.locator(button).click()
    chooser.value.set_files(file)


def show_part(page: Page, name: str) -> None:
    """Open one of the parts below the result."""
    page.locator("#infrared-parts button[role=tab]", has_text=name).click()


def test_a_file_that_is_no_picture_sets_everything_and_is_kept_over_a_reload(
        opened: OpenPage, tmp_path: Path) -> None:
    file = tmp_path / "bay3.is2"
    file.write_bytes(made.fluke(field()))
    page = opened()
    choose(page, "#infrared-camera-file", file)
    expect(page.locator("#infrared-camera")).to_contain_text("Fluke Ti480P", timeout=SLOW)
    expect(page.locator("#infrared-low input")).not_to_have_value("")
    detect(page)
    expect(page.locator("#infrared-photograph")).to_be_visible(timeout=SLOW)
    page.locator("#infrared-photograph input[type=range]").fill("0.5")
    expect(page.locator("img.infrared-photograph")).to_have_css("opacity", "0.5")
    assert not contrast_failures(page)
    show_part(page, "Inspection")
    page.locator("#infrared-inspection-keep").click()
    expect(page.locator("#infrared-inspection-list")).to_contain_text("bay3.is2", timeout=SLOW)
    page.locator("#infrared-inspection-files").click()
    with page.expect_download() as download:
        page.locator("#infrared-inspection-report").click()
    assert "bay3.is2" in Path(download.value.path()).read_text("utf-8")
    page.reload()
    page.locator("#segmentation-picture img").wait_for()
    select(page, "infrared")
    show_part(page, "Inspection")
    expect(page.locator("#infrared-inspection-list")).to_contain_text("bay3.is2", timeout=SLOW)


def test_a_brush_gives_pixels_a_surface_and_a_line_stays_a_line(opened: OpenPage) -> None:
    page = opened()
    detect(page)
    page.locator("#infrared-surfaces > button").click()
    page.locator("#infrared-brush input").check()
    stage = "#infrared-result .infrared-stage svg"
    drag(page, stage, (0.3, 0.3), (0.6, 0.6))
    expect(page.locator("#infrared-surfaces-set")).to_contain_text("1 (ε 0.60)", timeout=SLOW)
    expect(page.locator(".infrared-stroke")).to_have_attribute("d", "", timeout=SLOW)  # new picture
    page.locator("#infrared-brush input").uncheck()
    drag(page, stage, (0.25, 0.5), (0.75, 0.5))
    expect(page.locator("#infrared-line-0 input")).to_have_value("96", timeout=SLOW)
    expect(page.locator("#infrared-surfaces-set")).to_contain_text("1 (ε 0.60)")


def test_a_broken_file_is_shown_with_the_sentence_beside_it(opened: OpenPage, tmp_path: Path
                                                            ) -> None:
    file = tmp_path / "IR_1.jpg"
    fake = made.with_segments(made.jpeg((288, 384)), (0xE1, b"FLIR\0\x01\0\0" + b"nothing"))
    file.write_bytes(fake)
    page = opened(width=390, height=844, theme="dark")
    page.locator("#infrared-picture .icon-button-wrapper button").last.click()
    page.locator("#infrared-picture input[type=file]").set_input_files(file)
    expect(page.locator("#infrared-camera")).to_contain_text("cannot be read", timeout=SLOW)
    expect(page.locator("#infrared-picture img")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not contrast_failures(page)
