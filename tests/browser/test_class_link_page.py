"""Class links as teacher and student use them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import STARTED, load, unfold, unfold_settings
from tests.browser.screenshots import select
from vision.ui import load_tabs

pytestmark = pytest.mark.browser
SLOW = 180_000  # milliseconds, for what is fetched and computed when it is opened
OpenPage = Callable[..., Page]


def copied(page: Page, tab: str) -> str:
    """Press a tab's button and return the link in the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(f"#{tab}-link-copy").click()
    box = page.locator(f"#{tab}-link textarea")
    box.wait_for()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('#tab=')")
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert link == box.input_value()
    return link


def reached(page: Page, tab: str) -> None:
    """Make sure that a link was followed without a complaint."""
    expect(page.locator(f"#{tab}-go")).to_be_visible()
    expect(page.locator(".toast-wrap .toast-body")).to_have_count(0)


def test_a_link_of_the_gan_tab_restores_it_for_a_student(page: Page, open_page: OpenPage) -> None:
    teacher = page
    select(teacher, "gan")
    unfold_settings(teacher)
    teacher.locator("#gan-count input[type=number]").fill("12")
    teacher.locator("#gan-seed input").fill("77")
    for label in ("0", "1", "2"):
        teacher.locator("#gan-labels label", has_text=label).locator("input").uncheck()
    teacher.locator("#gan-model input").click()
    teacher.get_by_role("option", name="CGAN · Fashion-MNIST", exact=True).click()
    expect(teacher.locator("#gan-labels")).to_contain_text("Trouser", ignore_case=True)
    link = copied(teacher, "gan")
    student = open_page(link, language="zh-CN")
    reached(student, "gan")
    expect(student.locator("#gan-model input")).to_have_value("CGAN · Fashion-MNIST")
    expect(student.locator("#gan-labels")).to_contain_text("Trouser", ignore_case=True)
    unfold_settings(student)
    expect(student.locator("#gan-count input[type=number]")).to_have_value("12")
    expect(student.locator("#gan-seed input[type=number]")).to_have_value("77")
    expect(student.locator("#gan-labels input:checked")).to_have_count(7)
    load(student, f"{link}&open=explore&kind=walk&first-label=4&first-seed=5&lock=first-seed")
    seed = student.locator("#gan-first-seed input")
    expect(seed).to_be_visible(timeout=SLOW)
    expect(seed).to_have_value("5")
    expect(seed).to_be_disabled()
    expect(student.locator("#gan-step-row input:checked")).to_have_attribute("value", "walk")
    expect(student.locator("#gan-moving img")).to_be_visible(timeout=SLOW)
    expect(student.locator("#gan-first-label input")).to_have_value("Coat")
    again = copied(student, "gan")
    assert "tab=gan&open=explore&" in again and "kind=walk&first-label=4&first-seed=5" in again
    load(student, link.replace("tab=gan", "tab=gan&open=lesson.slant"))
    expect(student.locator("#gan-exercise-slant")).to_be_in_viewport(timeout=SLOW)
    assert "tab=gan&open=lesson&" in copied(student, "gan")


def test_a_link_brings_the_example_that_was_chosen(page: Page) -> None:
    select(page, "segmentation")
    result = page.locator("#segmentation-result img")
    before = result.get_attribute("src") or ""
    page.locator("#segmentation-examples button.gallery-item").nth(2).click()
    expect(result).not_to_have_attribute("src", before)  # what shifts a page lets clicks get lost
    link = copied(page, "segmentation")
    assert "picture=street-3" in link and "truth=street-3-labels" in link
    chosen = page.locator("#segmentation-picture img").get_attribute("src") or ""
    load(page, link.replace("opacity=0.6", "opacity=0.25"))
    reached(page, "segmentation")
    unfold(page, "Settings")
    expect(page.locator("#segmentation-opacity input[type=number]")).to_have_value("0.25")
    expect(page.locator("#segmentation-picture img")).to_have_attribute("src", chosen)


@pytest.mark.parametrize("tab", [tab.name for tab in load_tabs()
                                 if tab.name not in ("gan", "segmentation")])  # see above
def test_every_tab_is_reached_by_its_link(page: Page, tab: str) -> None:
    select(page, tab)
    load(page, copied(page, tab))
    reached(page, tab)


def test_a_bad_link_gets_a_sentence_and_the_page_works(page: Page) -> None:
    for state, words in (
            ("tab=gan&text=" + "x" * 100_000, "too long"),
            ("tab=gan&text=<img src=x onerror=alert(1)>&oops=1", "oops")):
        page.evaluate("state => { location.hash = state }", state)
        expect(page.locator(".toast-wrap")).to_contain_text(words)
    expect(page.locator("#gan-go")).to_be_visible()  # as on a fresh page
    select(page, "segmentation")
    page.locator(STARTED).wait_for()
    page.locator("#segmentation-go").click()
    expect(page.locator("#segmentation-result img")).to_be_visible()
