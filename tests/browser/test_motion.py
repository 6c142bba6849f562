"""What moves, moves slowly enough to be followed, and not at all for who asks for that."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import load
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
def high(page: Page) -> Page:
    """The page at a tab that is higher than the screen."""
    select(page, "segmentation")
    page.set_viewport_size({"width": 1280, "height": 300})
    return page


@pytest.mark.parametrize(("asked", "moves"), [("reduce", False), ("no-preference", True)])
def test_who_asks_for_little_motion_gets_none(
        high: Page, asked: Literal["reduce", "no-preference"], moves: bool) -> None:
    high.emulate_media(reduced_motion=asked)
    assert (high.evaluate(SCROLLED) == 0) == moves
    assert (high.evaluate(SLOW) > 0) == moves
    high.wait_for_function("scrollY > 100")


def test_the_game_plays_by_itself_only_for_who_lets_it_move(fresh_page: Page) -> None:
    page = fresh_page
    rounds = page.locator("#gan-lab-numbers .lab-tile", has_text="rounds").locator("b")
    select(page, "gan")
    expect(rounds).to_have_text("0")
    expect(page.locator(".pending, .generating")).to_have_count(0)
    page.wait_for_timeout(500)
    expect(rounds).to_have_text("0")
    page.emulate_media(reduced_motion="no-preference")
    load(page, page.url)
    select(page, "gan")
    expect(rounds).not_to_have_text("0")
