"""An opened lesson tells its texts as they are written, formulas with their braces."""

from __future__ import annotations

import gradio as gr
import pytest

from vision.ui import load_tabs
from vision.ui.text import LANGUAGES, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_opens_with_a_lesson_is_all_of_its_words(whole_page: gr.Blocks, language: str) -> None:
    request, told = gr.Request(headers={"accept-language": language}), words(language)
    for tab in (tab.name for tab in load_tabs()):
        place = next(number for number, block in whole_page.blocks.items()
                     if getattr(block, "elem_id", "") == f"{tab}-lesson")
        show = next(call for call in whole_page.fns.values()
                    if call.fn and (place, "expand") in call.targets)
        shown = show.fn(request)
        assert told[f"{tab}.lesson"] in shown and "\\frac" in told["gan.lesson"]
        texts = {text for key, text in told.items() if key.startswith(f"{tab}.exercise_")
                 and not key.endswith("_try")}
        assert texts - set(shown) <= {told.get(f"{tab}.exercise_pretrained"),
                                      told.get(f"{tab}.exercise_pretrained_answer")}
