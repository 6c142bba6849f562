"""The style tab as a visitor uses it, with a tiny extractor of random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_part, unfold
from tests.browser.style_helpers import (  # noqa: F401
    finished,
    opened,
    painted_at,
    put,
    tiny,
    unhurried,
    weigh,
)
from vision.ui.tabs.style.shared import photographs

pytestmark = pytest.mark.browser


def paint(page: Page, size: str = "64", steps: str = "6") -> None:
    put(page, "size", size)
    put(page, "steps", steps)
    picture = page.locator("#style-result img")
    before = picture.get_attribute("src") if picture.count() else ""
    page.locator("#style-go").click()
    expect(picture).not_to_have_attribute("src", before or "")


@pytest.mark.usefixtures("unhurried")
def test_a_slider_steers_the_run_which_pauses_and_stops(page: Page) -> None:
    opened(page)
    weigh(page, "tv", "1")  # whatever another test has left
    paint(page, "96", "1000")
    expect(page.locator(".style-mark")).to_have_count(0)
    weigh(page, "tv", "3")
    expect(page.locator("#style-tv-power [data-weight]")).to_have_attribute("data-weight", "1,000")
    expect(page.locator(".style-mark")).not_to_have_count(0)
    expect(page.locator("#style-readout")).to_contain_text("TV × 1,000")
    page.locator("#style-pause").click()
    step = page.locator("#style-numbers .lab-tile b")
    expect(step.nth(1)).to_have_text("paused")
    held = step.first.inner_text()
    page.wait_for_timeout(700)
    assert step.first.inner_text() == held
    page.locator("#style-pause").click()
    expect(step.first).not_to_have_text(held)
    page.locator("#style-stop").click()
    expect(page.locator("#style-film")).to_be_visible()
    assert int(step.first.inner_text().split(" /")[0]) < 1000


def test_it_goes_on_grows_and_is_looked_into(page: Page) -> None:
    opened(page)
    paint(page)
    finished(page, "6")
    expect(page.locator("#style-film")).to_be_visible()
    page.locator("#style-more").click()
    finished(page, "106")
    page.locator("#style-refine").click()
    finished(page, "166")
    picture = painted_at(page, 128)
    page.locator("#style-moment input[type=range]").fill("0")
    expect(picture).to_have_js_property("naturalWidth", 64)
    open_part(page, "inside")
    page.locator("#style-inside-go").click()
    expect(page.locator("#style-inside img")).to_have_count(18)


def test_a_painting_of_the_wall_is_chosen_at_a_click(page: Page) -> None:
    opened(page)
    before = page.locator("#style-style img").get_attribute("src") or ""
    page.locator("#style-paintings button.thumbnail-item").nth(10).click()
    expect(page.locator("#style-style img")).not_to_have_attribute("src", before)
    expect(page.get_by_text("The great roller")).to_be_visible()


def test_a_region_is_painted_with_the_pointer(page: Page) -> None:
    opened(page)
    unfold(page, "Paint only a part")
    canvas = page.locator("#style-region canvas").first
    canvas.wait_for()
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    box = canvas.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=8)
    page.mouse.up()
    page.wait_for_timeout(500)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    paint(page, steps="7")
    finished(page, "7")
    page.locator("#style-more").click()
    finished(page, "107")
    assert sum(url.endswith("/upload") for url in sent) <= 6  # three files for each press
    with page.expect_download() as download:
        page.locator("#style-png").click()
    painted = Image.open(download.value.path())
    content = Image.open(photographs()[0]).resize(painted.size, Image.Resampling.BILINEAR)
    change = np.abs(np.asarray(painted, int) - np.asarray(content, int)).max(2)  # (H, W)
    height, width = change.shape
    assert change[:, : width // 4].max() <= 1
    assert change[height // 2, width // 2 - 2 : width // 2 + 6].max() > 2


def test_bad_input_gets_one_sentence(page: Page, tmp_path: Path) -> None:
    opened(page)
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save(tmp_path / "tiny.png")
    for name in ("content", "style", "tv"):
        weigh(page, name, "-3")
    page.locator("#style-go").click()
    expect(page.locator(".toast-body").first).to_contain_text("All weights are 0")
    for button in ("pause", "stop"):
        expect(page.locator(f"#style-{button}")).to_be_disabled(timeout=30_000)
    weigh(page, "style", "3")
    page.locator("#style-content button[aria-label='Remove Image']").click()
    page.locator("#style-content input[type=file]").set_input_files(tmp_path / "tiny.png")
    page.locator("#style-content img").wait_for()
    page.locator("#style-go").click()
    expect(page.locator(".toast-body", has_text="30×20").first).to_be_visible()
