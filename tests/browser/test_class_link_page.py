"""Class links as teacher and student use them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screenshots import select
from vision.ui import load_tabs

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
SLOW = 60_000


def copied(page: Page, tab: str) -> str:
    """Press a tab's button and return the link in the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(f"#{tab}-link-copy").click()
    box = page.locator(f"#{tab}-link textarea")
    box.wait_for(timeout=SLOW)
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('#tab=')")
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert link == box.input_value()
    return link


def visit(open_page: OpenPage, link: str, **settings: object) -> Page:
    """Open a link in a browser window of its own."""
    page = open_page(**settings)
    page.goto("about:blank")
    page.goto(link)
    return page


def number(page: Page, name: str) -> str:
    return page.locator(f"#{name} input[type=number]").input_value()


def test_a_link_of_the_gan_tab_restores_it_for_a_student(open_page: OpenPage) -> None:
    teacher = open_page()
    select(teacher, "gan")
    teacher.locator("#gan-count input[type=number]").fill("12")
    teacher.locator("#gan-seed input").fill("77")
    for label in ("0", "1", "2"):
        teacher.locator("#gan-labels label", has_text=label).locator("input").uncheck()
    teacher.locator("#gan-model input").click()
    teacher.get_by_role("option", name="cgan-fashion-mnist", exact=True).click()
    expect(teacher.locator("#gan-labels")).to_contain_text("Trouser", ignore_case=True,
                                                           timeout=SLOW)
    link = copied(teacher, "gan")
    student = visit(open_page, link, language="zh-CN")
    expect(student.locator("#gan-go")).to_be_visible(timeout=SLOW)
    expect(student.locator("#gan-model input")).to_have_value("cgan-fashion-mnist", timeout=SLOW)
    expect(student.locator("#gan-labels")).to_contain_text("Trouser", ignore_case=True,
                                                           timeout=SLOW)
    student.wait_for_timeout(500)
    assert number(student, "gan-count") == "12" and number(student, "gan-seed") == "77"
    expect(student.locator("#gan-labels input:checked")).to_have_count(7, timeout=SLOW)


def test_a_link_brings_the_example_that_was_chosen(open_page: OpenPage) -> None:
    teacher = open_page()
    teacher.locator("#segmentation-examples button.gallery-item").nth(2).click()
    expect(teacher.locator("#segmentation-picture img")).to_have_attribute(
        "src", re.compile("street-3"), timeout=SLOW)
    expect(teacher.locator("#segmentation-result img")).to_be_visible(timeout=SLOW)
    link = copied(teacher, "segmentation")
    assert "picture=street-3" in link and "truth=street-3-labels" in link
    student = visit(open_page, link.replace("opacity=0.6", "opacity=0.25"))
    expect(student.locator("#segmentation-opacity input[type=number]")).to_have_value(
        "0.25", timeout=SLOW)
    expect(student.locator("#segmentation-picture img")).to_have_attribute(
        "src", teacher.locator("#segmentation-picture img").get_attribute("src") or "")


@pytest.mark.parametrize("tab", [tab.name for tab in load_tabs()])
def test_every_tab_is_reached_by_its_link(open_page: OpenPage, tab: str) -> None:
    page = open_page()
    select(page, tab)
    link = copied(page, tab)
    student = visit(open_page, link)
    expect(student.locator(f"#{tab}-go")).to_be_visible(timeout=SLOW)
    expect(student.locator(".toast-wrap .toast-body")).to_have_count(0)


@pytest.mark.parametrize("state, words", [
    ("tab=gan&count=9999", "1 to 200"), ("tab=nothing", "no tab called"),
    ("tab=gan&text=" + "x" * 100_000, "too long"), ("tab=gan&seed=NaN", "NaN"),
    ("tab=gan&text=<img src=x onerror=alert(1)>&oops=1", "oops"),
])
def test_a_bad_link_gets_a_sentence_and_the_page_works(open_page: OpenPage, state: str, words: str
                                                       ) -> None:
    page = open_page()
    page.evaluate("state => { location.hash = state }", state)
    expect(page.locator(".toast-wrap")).to_contain_text(words, timeout=SLOW)
    page.locator("#segmentation-picture img").wait_for()
    page.locator("#segmentation-go").click()
    expect(page.locator("#segmentation-result img")).to_be_visible(timeout=SLOW)
