"""What moves, moves slowly enough to be followed, and not at all for who asks for that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.screenshots import select

pytestmark = pytest.mark.browser
SCROLLED = """() => {  // how far it is at once
  scrollTo({ top: 0, behavior: "instant" });
  document.querySelector("#segmentation-parts").scrollIntoView({ block: "start" });
  return scrollY;
}"""
SLOW = """() => [...document.querySelectorAll("*")].map((each) => getComputedStyle(each)).filter(
  (look) => [look.transitionDuration, look.animationDuration].some(
    (all) => all.split(",").some((one) => parseFloat(one) > 0.01))).length"""


@pytest.fixture
def motion(page: Page) -> Iterator[Page]:
    """The page at a tab that is higher than the screen; at the end it moves little again."""
    select(page, "segmentation")
    page.set_viewport_size({"width": 1280, "height": 300})
    yield page
    page.emulate_media(reduced_motion="reduce")


@pytest.mark.parametrize(("asked", "moves"), [("reduce", False), ("no-preference", True)])
def test_who_asks_for_little_motion_gets_none(
        motion: Page, asked: Literal["reduce", "no-preference"], moves: bool) -> None:
    motion.emulate_media(reduced_motion=asked)
    assert (motion.evaluate(SCROLLED) == 0) == moves
    assert (motion.evaluate(SLOW) > 0) == moves
    motion.wait_for_function("scrollY > 100")
