"""Every lesson shows its figure, and an exercise sets the controls of its tab."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screenshots import select
from vision.ui import load_tabs

pytestmark = pytest.mark.browser
SLOW = 60_000
NUMBER = "#{}-{} input[type=number]"
SETS = {  # of one exercise in each tab: a control, how it reads then, and what is scrolled to
    "segmentation": ("lies", "grow", "-16", "grow"),
    "style": ("noise", "content-power", "-3", "go"),
    "gan": ("collapse", "generator-steps", "10", "run"),
    "pruning": ("thin", "ratio", "0.9", "ratio"),
    "infrared": ("score", "threshold", "0.1", "go"),
}


def test_each_lesson_has_a_figure_and_exercises_that_set_the_controls(
        open_page: Callable[..., Page]) -> None:
    page = open_page()
    for part in (tab.name for tab in load_tabs()):
        name, control, value, place = SETS[part]
        select(page, part)
        if part == "infrared":
            usual = page.locator(NUMBER.format(part, control)).input_value()
        page.locator(f"#{part}-lesson > button").click()
        expect(page.locator(f"#{part}-figure svg")).to_be_visible(timeout=SLOW)
        exercise = page.locator(f"#{part}-exercise-{name}")
        exercise.get_by_role("button", name="Answer").click()
        expect(exercise.locator(".prose").nth(1)).to_be_visible(timeout=SLOW)
        page.locator(f"#{part}-try-{name}").click()
        expect(page.locator(NUMBER.format(part, control))).to_have_value(value, timeout=SLOW)
        expect(page.locator(f"#{part}-{place}")).to_be_in_viewport(timeout=SLOW)
    page.locator("#infrared-try-usual").click()
    expect(page.locator(NUMBER.format("infrared", "threshold"))).to_have_value(usual, timeout=SLOW)


def test_a_notebook_of_the_present_settings_is_saved(open_page: Callable[..., Page]) -> None:
    page = open_page(language="zh-CN")
    select(page, "gan")
    page.locator(NUMBER.format("gan", "seed")).fill("11")
    page.locator("#gan-code > button").click()
    expect(page.locator("#gan-code .cm-content")).to_contain_text("seed=11", timeout=SLOW)
    with page.expect_download(timeout=SLOW) as saved:
        page.locator("#gan-notebook").click()
    assert saved.value.suggested_filename == "vision-lab-gan.ipynb"
    text = saved.value.path().read_text("utf-8")
    assert "seed=11" in text and "随机种子 11" in text
