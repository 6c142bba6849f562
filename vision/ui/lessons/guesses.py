"""Guesses of a tab's exercises: they stay in the browser, and only a lab sheet takes them along."""

from __future__ import annotations

from collections.abc import Mapping

import gradio as gr

from vision.ui.components.page_files import beside, call
from vision.ui.text import t

KEEP = beside(__file__, "guesses.js")
LONGEST = 200  # characters


def box(part: str, exercise: str) -> gr.Textbox:
    """Build the field for the guess of an exercise."""
    return gr.Textbox(label=t("app.guess"), max_lines=1, max_length=LONGEST, interactive=True,
                      elem_id=f"{part}-guess-{exercise}")


def told(part: str) -> gr.Markdown:
    """Build where the words wait, unseen, with which an answer begins when there was a guess."""
    return gr.Markdown(elem_id=f"{part}-guessed", elem_classes=["lab-rules"])


def connect(part: str, place: gr.Accordion, boxes: Mapping[str, gr.Textbox]) -> None:
    """Let the browser keep what is guessed, and show it when the lesson or the answer is opened."""
    if not boxes:
        return
    place.expand(None, None, list(boxes.values()), js=f"() => {call(KEEP, part, list(boxes))}",
                 queue=False, show_progress="hidden")
