"""The form of every training in the page: how long, how fast, from which seed; go, stop, news."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.components.training_panel import Control, connect_training
from vision.ui.text import t

Range = tuple[float, float, float, float]  # lowest, highest, at first, step


def pace(name: str, steps: Range, rate: Range) -> list[gr.Slider | gr.Number]:
    """Build steps, learning rate and seed; `name` is the part and its training, as gan-train."""
    part, _ = name.split("-")
    return [
        slider(steps, t("app.steps"), t(f"{part}.train_steps_info"), f"{name}-steps"),
        slider(rate, t("app.learning_rate"), t(f"{part}.train_rate_info"), f"{name}-rate"),
        gr.Number(0, precision=0, minimum=0, label=t("app.seed"), info=t("app.seed_info")),
    ]


def slider(values: Range, label: Any, info: Any, elem_id: str) -> gr.Slider:
    """Build a slider over a range."""
    low, high, value, step = values
    return gr.Slider(low, high, value, step=step, label=label, info=info, elem_id=elem_id)


def buttons(name: str, label: str = "app.train") -> tuple[gr.Button, gr.Button]:
    """Build the buttons that start and stop a training."""
    with gr.Row():
        return (gr.Button(t(label), variant="primary", elem_id=name),
                gr.Button(t("app.stop"), variant="stop", elem_id=f"{name}-stop"))


def status(name: str) -> gr.Markdown:
    """Build the line that says how far a training is, and at first what it would do."""
    part, kind = name.split("-")
    return gr.Markdown(t(f"{part}.{kind}_empty"), elem_id=f"{name}-status")


def plot(name: str) -> gr.Plot:
    """Build the place of the curves."""
    return gr.Plot(show_label=False, elem_id=f"{name}-plot", elem_classes=["lab-when-filled"])


def download(name: str) -> gr.DownloadButton:
    """Build the button that appears when there is a checkpoint to keep."""
    return gr.DownloadButton(t("app.download_model"), visible=False, elem_id=f"{name}-download")


def connect(go: tuple[gr.Button, gr.Button], said: gr.Markdown, train: Any, inputs: list[Any],
            outputs: list[Any]) -> None:
    """Let the buttons start and stop a training; its last input is what Stop reaches it by."""
    control = gr.State(Control())
    connect_training(*go, said, control, fn=train, inputs=[*inputs, control],
                             outputs=[said, *outputs])
