"""Each tab is told in at most five steps, and whatever it has belongs to one of them."""

from __future__ import annotations

import html
import inspect
import json
import re
from collections import Counter

import gradio as gr
import pytest

from vision.ui import load_tabs
from vision.ui.components import steps
from vision.ui.text import LANGUAGES, words


@pytest.fixture(scope="module")
def page() -> gr.Blocks:
    """The tabs of the app."""
    with gr.Blocks() as page, gr.Tabs():
        for tab in load_tabs():
            with gr.Tab(tab.name):
                tab.build()
    return page


def test_a_step_takes_in_all_parts_up_to_the_next_ones_first() -> None:
    known = steps.grouped(["a", "b", "c", "d"], {"one": "a", "two": "c", "gone": "x"})
    assert known == {"a": "one", "b": "one", "c": "two", "d": "two"}
    text = steps.rules("gan", known)
    one, two = text.split("&#34;}\">")[1].split("}")[:2]
    assert "#gan-step-row input[value=one]:checked) #gan-parts" in one
    assert ":not([data-tab-id=a], [data-tab-id=b])" in one and "[data-tab-id=c]" in two
    assert "&gt;" not in text and ".tab-wrapper {" in steps.rules("gan", {"a": "one"})


def test_a_place_that_no_step_shows_is_refused() -> None:
    with pytest.raises(ValueError, match="known are train, lesson, code"):
        steps.place("elsewhere")


@pytest.mark.parametrize("tab", [tab.name for tab in load_tabs()])
def test_a_tab_has_at_most_five_steps_and_each_shows_something(page: gr.Blocks, tab: str) -> None:
    named = {block.elem_id: block for block in page.blocks.values()}
    row, parts = named[f"{tab}-step-row"], named[f"{tab}-parts"]
    names = [name for _, name in row.choices]
    assert len(names) - len(("lesson", "code")) <= 5
    first = [name for name in names if name not in steps.PLACES]
    for language in LANGUAGES:
        assert all(words(language)[f"{tab}.step_{name}"] for name in first)
    style = next(block.value for block in parts.parent.children if isinstance(block, gr.HTML))
    assert all(f"input[value={name}]:checked" in style for name in first)
    shown = [block.elem_classes[0] for block in parts.parent.parent.children
             if isinstance(block, gr.Column) and block.elem_classes]
    of_each = json.loads(html.unescape(re.search(r'data-steps="([^"]*)"', style)[1]))
    assert max(Counter(of_each.values()).values()) <= 5, "too many parts side by side"
    assert {"lab-step-train", "lab-step-lesson", "lab-step-code"} <= set(shown)


def test_gradio_gives_each_handler_its_request(page: gr.Blocks) -> None:
    for function in page.fns.values():
        given = inspect.signature(function.fn).parameters.values() if function.fn else ()
        assert all(each.kind is not each.KEYWORD_ONLY or each.default is not each.empty
                   for each in given), function.fn
