"""A result is dimmed as long as it does not belong to what is set, however slow its answer was."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.screenshots import select

pytestmark = pytest.mark.browser
DIMMED = "#segmentation-result[data-stale]"


def choose(page: Page, control: str, option: str) -> None:
    page.locator(f"#{control} input").click()
    page.get_by_role("option", name=option, exact=True).click()


def test_an_answer_to_an_earlier_choice_leaves_the_result_dimmed(fresh_page: Page) -> None:
    page, held = fresh_page, list[Route]()
    select(page, "segmentation")
    shown = page.locator("#segmentation-result img")
    first = shown.get_attribute("src")
    choose(page, "segmentation-model", "FCN-8s")
    expect(page.locator(DIMMED)).to_be_visible()
    page.route("**/queue/join?*", held.append)
    with page.expect_request("**/queue/join?*"):
        page.locator("#segmentation-go").click()
    choose(page, "segmentation-model", "SegNet")
    page.unroute_all()
    held[0].continue_()
    expect(shown).not_to_have_attribute("src", first or "")
    page.locator("#segmentation-cross").wait_for(state="hidden")
    expect(page.locator(DIMMED)).to_be_visible()
    page.locator("#segmentation-go").click()
    expect(page.locator(DIMMED)).to_have_count(0)


def test_a_result_stays_dimmed_while_another_tab_is_looked_at(fresh_page: Page) -> None:
    page = fresh_page
    select(page, "segmentation")
    choose(page, "segmentation-model", "FCN-8s")
    expect(page.locator(DIMMED)).to_be_visible()
    select(page, "gan")
    expect(page.locator("#gan-result img").first).to_be_visible()
    with page.expect_response("**/run/*") as shown:
        select(page, "segmentation")
    shown.value.finished()
    page.wait_for_timeout(500)
    expect(page.locator(DIMMED)).to_be_visible()
