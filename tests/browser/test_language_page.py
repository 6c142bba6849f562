"""The language as a visitor chooses it: everything changes, and it stays."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import load, unfold_settings
from tests.browser.screenshots import select
from vision.ui.text import words

pytestmark = pytest.mark.browser
THEIRS = words("pt-BR")


def test_a_chosen_language_stays_and_is_answered_in(open_page: Callable[..., Page],
                                                    app_url: str) -> None:
    page = open_page(language="zh-CN")
    select(page, "gan")
    unfold_settings(page)
    page.locator("#gan-seed input").fill("77")
    page.locator("#app-language-pt-BR").click()
    expect(page.locator("html[lang=pt-BR]")).to_be_attached()
    expect(page.locator("#gan-go")).to_have_text(THEIRS["gan.go"])
    unfold_settings(page)
    expect(page.locator("#gan-seed input")).to_have_value("77")
    load(page, f"{app_url}#lang=xx")  # which nobody speaks
    expect(page.locator("#app-language-pt-BR")).to_have_attribute("aria-pressed", "true")
    select(page, "gan")
    page.locator("#gan-go").click()
    expect(page.locator("#gan-numbers")).to_contain_text(THEIRS["gan.opinion"])
    page.locator("#gan-link-copy").click()
    box = page.locator("#gan-link textarea")
    expect(box).to_have_value(re.compile("tab=gan.*&lang=pt-BR$"))
    other = open_page(box.input_value())
    expect(other.locator("#gan-go")).to_have_text(THEIRS["gan.go"])
