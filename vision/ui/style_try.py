"""The exercises of the lesson: each button sets the controls to what its question asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr

from vision.ui.style_controls import Chosen
from vision.ui.style_view import OFF
from vision.ui.text import t

EXERCISES: dict[str, dict[str, Any]] = {
    "layer_0": {"style_layers": (0,)},
    "layer_28": {"style_layers": (28,)},
    "noise": {"content_power": OFF, "start": "noise"},
    "smooth": {"tv_power": 3.0},
    "tenfold": {"content_power": 1.0, "style_power": 5.0, "tv_power": 2.0},
    "usual": {},
}  # by the end of their text's key: what differs from the usual values
LIFT = """() => document.getElementById("style-go").scrollIntoView({
    behavior: "smooth", block: "nearest"})"""


def values(name: str) -> list[Any]:
    """Return the values of all controls for an exercise."""
    chosen = vars(replace(Chosen(), **EXERCISES[name])).values()
    return [list(value) if isinstance(value, tuple) else value for value in chosen]


def build(controls: list[Any]) -> None:
    """Build a button for each exercise."""
    gr.Markdown(t("style.try_info"))
    with gr.Row():
        for name in EXERCISES:
            button = gr.Button(t(f"style.try_{name}"), size="sm", min_width=150,
                               elem_id=f"style-try-{name}")
            button.click(None, None, None, js=LIFT)
            button.click(lambda name=name: values(name), None, controls, queue=False,
                         show_progress="hidden", api_visibility="private")
