"""Every lesson shows its figure, and an exercise sets the controls of its tab."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screenshots import select
from vision.ui import load_tabs

pytestmark = pytest.mark.browser
SLOW = 60_000
NUMBER, CHECKED = "#{} input[type=number]", "#{} input:checked"
SETS = {  # of one exercise in each tab: the control it sets, and how that reads then
    "segmentation": ("lies", NUMBER.format("segmentation-grow"), "-16"),
    "style": ("noise", NUMBER.format("style-content-power"), "-3"),
    "gan": ("collapse", NUMBER.format("gan-generator-steps"), "10"),
    "pruning": ("thin", NUMBER.format("pruning-ratio"), "0.9"),
    "infrared": ("score", NUMBER.format("infrared-threshold"), "0.1"),
}


def test_each_lesson_has_a_figure_and_exercises_that_set_the_controls(
        open_page: Callable[..., Page]) -> None:
    page = open_page()
    for part in (tab.name for tab in load_tabs()):
        name, control, value = SETS[part]
        select(page, part)
        page.locator(f"#{part}-lesson > button").click()
        expect(page.locator(f"#{part}-figure svg")).to_be_visible(timeout=SLOW)
        exercise = page.locator(f"#{part}-exercise-{name}")
        exercise.get_by_role("button", name="Answer").click()
        expect(exercise.locator(".prose").nth(1)).to_be_visible(timeout=SLOW)
        page.locator(f"#{part}-try-{name}").click()
        expect(page.locator(control)).to_have_value(value, timeout=SLOW)
        expect(page.locator(control)).to_be_in_viewport(timeout=SLOW)
    expect(page.locator("#infrared-try-usual")).to_be_visible()
    page.locator("#infrared-try-usual").click()
    expect(page.locator(NUMBER.format("infrared-threshold"))).to_have_value("0.5", timeout=SLOW)
