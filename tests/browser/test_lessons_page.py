"""Every lesson shows its figure, and an exercise sets the controls of its tab."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_step, unfold_settings
from tests.browser.screenshots import select
from vision.ui import load_tabs

pytestmark = pytest.mark.browser
NUMBER = "#{}-{} input[type=number]"
SETS = {  # of one exercise in each tab: a control, how it reads then, and what is scrolled to
    "segmentation": ("lies", "grow", "-16", "grow"),
    "style": ("noise", "content-power", "-3", "go"),
    "gan": ("collapse", "generator-steps", "10", "run"),
    "pruning": ("thin", "ratio", "0.9", "ratio"),
    "infrared": ("score", "threshold", "0.1", "go"),
}
MARKED = ("pruning", "infrared")  # tabs whose control is always there, with its mark
STEPS_SEEN = """part => document.getElementById(`${part}-step-row`).getBoundingClientRect().top
  + scrollY < 800"""


def test_each_lesson_has_a_figure_and_exercises_that_set_the_controls(
        fresh_page: Page) -> None:
    page = fresh_page
    page.set_viewport_size({"width": 1280, "height": 800})
    for part in (tab.name for tab in load_tabs()):
        name, control, value, place = SETS[part]
        select(page, part)
        expect(page.locator(f"#{part}-result img, #{part}-plan svg").first).to_be_visible()
        page.wait_for_function(STEPS_SEEN, arg=part)
        if part == "infrared":
            usual = page.locator(NUMBER.format(part, control)).input_value()
        open_step(page, "lesson")
        expect(page.locator(f"#{part}-figure svg")).to_be_visible()
        exercise = page.locator(f"#{part}-exercise-{name}")
        exercise.get_by_role("button", name="Answer").click()
        expect(exercise.locator(".prose").nth(1)).to_be_visible()
        page.locator(f"#{part}-try-{name}").click()
        expect(page.locator(NUMBER.format(part, control))).to_have_value(value)
        expect(page.locator(f"#{part}-{place}")).to_be_in_viewport()
        back = page.locator(f"#{part}-back")
        back.click()
        expect(exercise).to_be_in_viewport()
        expect(back).to_be_hidden()
        if part in MARKED:
            page.locator(f"#{part}-{control} .lab-ask").click()
            expect(exercise).to_be_in_viewport()
    open_step(page, "lesson")
    page.locator("#infrared-try-usual").click()
    expect(page.locator(NUMBER.format("infrared", "threshold"))).to_have_value(usual)


def test_a_notebook_of_the_present_settings_is_saved(open_page: Callable[..., Page]) -> None:
    page = open_page(language="zh-CN")
    select(page, "gan")
    unfold_settings(page)
    page.locator(NUMBER.format("gan", "seed")).fill("11")
    open_step(page, "code")
    expect(page.locator("#gan-code .cm-content")).to_contain_text("seed=11")
    with page.expect_download() as saved:
        page.locator("#gan-notebook").click()
    assert saved.value.suggested_filename == "vision-lab-gan.ipynb"
    text = saved.value.path().read_text("utf-8")
    assert "seed=11" in text and "随机种子 11" in text


def test_a_guess_stays_in_the_browser_and_gets_onto_the_lab_sheet(
        open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page()
    select(page, "gan")
    open_step(page, "lesson")
    expect(page.locator("#gan-figure svg")).to_be_visible()
    page.locator("#gan-guess-best input").fill("about 0.7")
    page.reload()
    select(page, "gan")
    open_step(page, "lesson")
    expect(page.locator("#gan-guess-best input")).to_have_value("about 0.7")
    page.locator("#gan-sheet").click()
    expect(page.locator("#gan-sheet-json")).to_be_visible()
    with page.expect_download() as saved:
        page.locator("#gan-sheet-json").click()
    sheet = json.loads(saved.value.path().read_text("utf-8"))
    assert sheet["guesses"] == {"best": "about 0.7"} and "count" in sheet["results"]
    saved.value.save_as(tmp_path / "sheet.json")
    with page.expect_file_chooser() as chooser:
        page.locator("#gan-sheet-check").click()
    chooser.value.set_files(tmp_path / "sheet.json")
    expect(page.locator("#gan-sheet-said")).to_contain_text("Reproduced")


def test_an_answer_begins_with_what_was_guessed_as_text(open_page: Callable[..., Page]) -> None:
    page = open_page(language="pt-BR")
    select(page, "gan")
    open_step(page, "lesson")
    box, answer = page.locator("#gan-guess-best input"), page.locator("#gan-answer-best")
    box.fill("<b>60%</b>, $& ou mais.")
    answer.locator("button.label-wrap").click()
    begins = answer.locator(".lab-guessed")
    expect(begins).to_have_text("Seu palpite: <b>60%</b>, $& ou mais.")
    assert begins.evaluate("line => line.nextElementSibling.textContent.includes('½')")
    box.fill("  ")
    expect(begins).to_be_hidden()
    untouched = page.locator("#gan-answer-slant")
    untouched.locator("button.label-wrap").dispatch_event("click")  # the page may be moving
    expect(untouched.locator(".prose").first).to_be_visible()
    expect(untouched.locator(".lab-guessed")).to_be_hidden()
