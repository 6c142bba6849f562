"""A result is dimmed as long as it does not belong to what is set, however slow its answer was."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import open_part, unfold_settings
from tests.browser.screenshots import select
from tests.browser.style_helpers import put, tiny, unhurried  # noqa: F401

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
    page.route("**/queue/join?*", lambda route: held.append(route))
    with page.expect_request("**/queue/join?*"):
        page.locator("#segmentation-go").click()
    choose(page, "segmentation-model", "SegNet")
    held[0].continue_()
    page.unroute_all()
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


def test_what_changes_while_a_cut_is_measured_dims_its_result(fresh_page: Page) -> None:
    page = fresh_page
    select(page, "pruning")
    page.locator("#pruning-ratio input[type=range]").fill("0.5")
    page.locator("#pruning-go").click()
    page.locator("#pruning-result[data-forming] .lab-tile").first.wait_for()
    page.locator("#pruning-ratio input[type=range]").fill("0.6")
    expect(page.locator("#pruning-result[data-forming]")).to_have_count(0)
    expect(page.locator("#pruning-result[data-stale]")).to_be_visible()


def test_what_was_looked_inside_is_dimmed_when_another_kind_is_chosen(fresh_page: Page) -> None:
    page = fresh_page
    select(page, "segmentation")
    open_part(page, "inside")
    page.locator("#segmentation-look").click()
    seen = page.locator("#segmentation-inside")
    expect(seen.locator("img").first).to_be_visible()
    dimmed = page.locator("#segmentation-inside[data-stale] > *").first
    expect(dimmed).to_have_count(0)
    page.get_by_label("CRF by hand").check()
    expect(dimmed).to_have_css("opacity", "0.45")
    expect(page.locator(DIMMED)).to_have_count(0)  # which does not hang on it
    page.locator("#segmentation-look").click()
    expect(dimmed).to_have_count(0)


@pytest.mark.usefixtures("unhurried")
def test_a_painting_that_forms_is_not_dimmed_and_follows_its_weights(fresh_page: Page) -> None:
    page = fresh_page
    select(page, "style")
    expect(page.locator("#style-result img")).to_be_visible()
    unfold_settings(page)
    put(page, "size", "96")
    put(page, "steps", "300")
    stale = page.locator("#style-result[data-stale] > .image-container")
    expect(stale).to_have_css("opacity", "0.45")
    page.locator("#style-go").click()
    expect(stale).to_have_css("opacity", "1")
    page.locator("#style-style-power input[type=range]").fill("3")
    page.locator("#style-stop").click()
    expect(page.locator("#style-result[data-forming]")).to_have_count(0)
    expect(page.locator("#style-result[data-stale]")).to_have_count(0)
