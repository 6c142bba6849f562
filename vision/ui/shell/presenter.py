"""Presenter mode: larger type, higher contrast, and nothing but pictures and controls."""

from __future__ import annotations

import gradio as gr

from vision.ui.components.page_files import beside
from vision.ui.text import t

TOGGLE = beside(__file__, "presenter_toggle.js")
LEAVE = beside(__file__, "presenter_leave.js")
CSS = beside(__file__, "presenter.css")


def build() -> None:
    """Add the switch, which the Escape key leaves again."""
    switch = gr.Button(t("app.present"), size="sm", min_width=40, scale=0, elem_id="app-present")
    switch.click(None, None, None, js=TOGGLE, queue=False)


def listen(app: gr.Blocks) -> None:
    """Let the Escape key leave the mode."""
    app.load(None, None, None, js=LEAVE, queue=False)
