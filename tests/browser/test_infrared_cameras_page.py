"""Camera files, surfaces by brush and a kept inspection, as a visitor uses them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import STARTED, open_part
from tests.browser.contrast import contrast_failures
from tests.browser.test_infrared_page import detect, drag, opened
from tests.infrared.thermogram.cameras import encoders as made
from vision.infrared.scenes import make_scene
from vision.ui.tabs.infrared.shared import MODELS

pytestmark = [pytest.mark.browser, pytest.mark.skipif(MODELS.first() is None,
                                                      reason="no detector ships")]
OpenPage = Callable[..., Page]


def field() -> np.ndarray:
    return make_scene(3).temperature.astype(float).clip(-30, None)


def choose(page: Page, button: str, file: Path) -> None:
    """Choose a file with a button that asks for one."""
    with page.expect_file_chooser() as chooser:
        page.locator(button).click()
    chooser.value.set_files(file)


def show_part(page: Page, name: str) -> None:
    """Open one of the parts below the result."""
    open_part(page, name)


def test_a_file_that_is_no_picture_sets_everything_and_is_kept_over_a_reload(
        open_page: OpenPage, tmp_path: Path) -> None:
    file = tmp_path / "bay3.is2"
    file.write_bytes(made.fluke(field()))
    page = opened(open_page())
    choose(page, "#infrared-camera-file", file)
    expect(page.locator("#infrared-camera")).to_contain_text("Fluke Ti480P")
    expect(page.locator("#infrared-low input")).not_to_have_value("")
    detect(page)
    expect(page.locator("#infrared-photograph")).to_be_visible()
    page.locator("#infrared-photograph input[type=range]").fill("0.5")
    expect(page.locator("img.infrared-photograph")).to_have_css("opacity", "0.5")
    assert not contrast_failures(page)
    show_part(page, "Inspection")
    page.locator("#infrared-inspection-keep").click()
    expect(page.locator("#infrared-inspection-list")).to_contain_text("bay3.is2")
    page.locator("#infrared-inspection-files").click()
    with page.expect_download() as download:
        page.locator("#infrared-inspection-report").click()
    assert "bay3.is2" in Path(download.value.path()).read_text("utf-8")
    page.reload()
    page.locator(STARTED).wait_for()
    opened(page)
    show_part(page, "Inspection")
    expect(page.locator("#infrared-inspection-list")).to_contain_text("bay3.is2")


def test_a_brush_gives_pixels_a_surface_and_a_line_stays_a_line(fresh_page: Page) -> None:
    page = opened(fresh_page)
    detect(page)
    page.locator("#infrared-surfaces > button").click()
    page.locator("#infrared-brush input").check()
    stage = "#infrared-result .infrared-stage svg"
    drag(page, stage, (0.3, 0.3), (0.6, 0.6))
    expect(page.locator("#infrared-surfaces-set")).to_contain_text("1 (ε 0.60)")
    expect(page.locator(".infrared-stroke")).to_have_attribute("d", "")  # new picture
    page.locator("#infrared-brush input").uncheck()
    drag(page, stage, (0.25, 0.5), (0.75, 0.5))
    expect(page.locator("#infrared-line-0 input")).to_have_value("96")
    expect(page.locator("#infrared-surfaces-set")).to_contain_text("1 (ε 0.60)")


def test_a_broken_file_is_shown_with_the_sentence_beside_it(fresh_page: Page, tmp_path: Path
                                                            ) -> None:
    file = tmp_path / "IR_1.jpg"
    fake = made.with_segments(made.jpeg((288, 384)), (0xE1, b"FLIR\0\x01\0\0" + b"nothing"))
    file.write_bytes(fake)
    page = opened(fresh_page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body.dark")).to_have_count(1)
    page.locator("#infrared-picture .icon-button-wrapper button").last.click()
    page.locator("#infrared-picture input[type=file]").set_input_files(file)
    expect(page.locator("#infrared-camera")).to_contain_text("cannot be read")
    expect(page.locator("#infrared-picture img")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not contrast_failures(page)
