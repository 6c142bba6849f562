"""What stands in a narrow place can be read whole: heads of sliders, tiles, a table's first row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_step, unfold_settings
from tests.browser.screenshots import SIZES, select

pytestmark = pytest.mark.browser
WIDTH, HEIGHT = SIZES["desktop"]
SQUEEZED = """() => {  // sliders whose name runs into the number, or whose words leave room unused
  const box = (place) => place.getBoundingClientRect();
  const heads = [...document.querySelectorAll(".head:has(.tab-like-container)")]
    .filter((head) => head.checkVisibility());
  const wrong = heads.filter((head) => {
    const name = document.createRange();
    name.selectNodeContents(head.querySelector("[data-testid=block-info]"));
    const number = box(head.querySelector(".tab-like-container"));
    const told = head.querySelector(".info-text");
    return box(name).right > number.left || (told && box(told).width < 0.98 * box(head).width);
  });
  return [heads.length, wrong.map((head) => head.innerText)];
}"""


@pytest.mark.parametrize("tab", ["gan", "style"])
def test_the_words_of_a_slider_have_its_whole_width(page: Page, tab: str) -> None:
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    select(page, tab)
    seen, squeezed = page.evaluate(SQUEEZED)
    assert seen >= 4 and not squeezed


def test_controls_side_by_side_end_at_one_line(page: Page) -> None:
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    select(page, "style")
    unfold_settings(page)
    ends = {round(page.locator(f"#style-{name} input[type=range]").bounding_box()["y"])
            for name in ("size", "steps")}
    assert len(ends) == 1


def test_the_first_device_is_shown_whole_in_portuguese(open_page: Callable[..., Page]) -> None:
    page = open_page(width=WIDTH, height=HEIGHT, language="pt-BR")
    select(page, "infrared")
    row, seen = (page.locator(f"#infrared-result {place}").first
                 for place in ("tbody tr", ".lab-scroll"))
    expect(row).to_be_visible()
    inner, outer = row.bounding_box(), seen.bounding_box()
    assert inner["y"] + inner["height"] <= outer["y"] + outer["height"]


def test_example_pictures_fill_their_frames_on_a_phone(page: Page) -> None:
    width, height = SIZES["phone"]
    page.set_viewport_size({"width": width, "height": height})
    for tab in ("segmentation", "pruning", "infrared"):
        select(page, tab)
        frames = page.locator(f"#{tab}-examples button.gallery-item")
        shares = frames.evaluate_all("frames => frames.map(frame => "
                                     "frame.querySelector('img').clientWidth / frame.clientWidth)")
        assert len(shares) >= 6 and min(shares) > 0.8, tab


def test_numbers_and_choices_are_read_whole_on_a_phone(fresh_page: Page) -> None:
    page = fresh_page
    width, height = SIZES["phone"]
    page.set_viewport_size({"width": width, "height": height})
    select(page, "gan")
    open_step(page, "train")
    rate = page.locator("#gan-train-rate input[type=number]")
    rate.fill("0.0002")
    assert rate.evaluate("each => each.scrollWidth <= each.clientWidth")
    select(page, "style")
    open_step(page, "forward")
    boxes = [page.locator(place).bounding_box() for place in ("#style-painter", "#style-alpha")]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
    assert not page.locator("#style-forward").is_visible()  # an empty frame says nothing
