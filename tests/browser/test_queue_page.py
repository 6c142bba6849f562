"""One training at a time: whoever comes second is told so, and gets a turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import unfold
from tests.browser.screenshots import select

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]


def train(page: Page, tab: str) -> None:
    """Press the button of a tab's own training, set to so many steps that it does not end."""
    select(page, tab)
    unfold(page, "Train your own")
    page.locator(f"#{tab}-train-steps input[type=number]").fill("1000")
    page.keyboard.press("Tab")
    page.locator(f"#{tab}-train").click()


def test_a_second_training_is_told_its_place_and_gets_its_turn(
        fresh_page: Page, open_page: OpenPage) -> None:
    first, second = fresh_page, open_page()
    train(first, "segmentation")
    running = first.locator("#segmentation-train-status")
    expect(running).to_contain_text("of 1000")
    train(second, "gan")
    waiting = second.locator("#gan-train-status")
    place = waiting.locator(".progress-text")
    expect(place).to_contain_text("queue: 1/1")
    expect(place).to_be_in_viewport(ratio=0.9)
    expect(place).to_contain_text(" s")
    first.locator("#segmentation-train-stop").click()
    expect(running).to_contain_text("Done")
    expect(waiting).to_contain_text("of 1000")
    second.locator("#gan-train-stop").click()
    expect(waiting).to_contain_text("Done")
