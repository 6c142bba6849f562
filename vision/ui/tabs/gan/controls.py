"""What goes into a drawing: a model, labels, how many pictures, and from which noise."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.components.friendly import friendly
from vision.ui.tabs.gan.label_choice import LabelChoice
from vision.ui.tabs.gan.sample import COUNT, SEED, TRUNCATION
from vision.ui.tabs.gan.shared import MODELS, classes_of
from vision.ui.text import t


@friendly
def relabel(request: gr.Request, model: str, own: str | None, labels: list[int], *single: int
            ) -> tuple[Any, ...]:
    """Offer the labels of the chosen model wherever labels are chosen; chosen ones stay so."""
    pairs = [(name, index) for index, name in enumerate(classes_of(model, own))]
    every = [index for _, index in pairs]
    kept = [index for index in every if index in labels] or every
    return (gr.CheckboxGroup(choices=pairs, value=kept),
            *(gr.Dropdown(choices=pairs, value=one if one in every else 0) for one in single))


def controls(chosen: str | None, pairs: list[tuple[str, int]]) -> dict[str, Any]:
    """Build what goes in and what begins, by name."""
    return {
        "model": gr.Dropdown(MODELS.offered(), value=chosen, label=t("gan.model"),
                             info=t("gan.model_info"), elem_id="gan-model"),
        "labels": LabelChoice(pairs, value=[index for _, index in pairs], label=t("gan.labels"),
                              info=t("gan.labels_info"), elem_id="gan-labels"),
        "go": gr.Button(t("gan.go"), variant="primary", elem_id="gan-go"),
    }


def results() -> list[Any]:
    """Build the drawings, what is said of them, and their file."""
    numbers = gr.HTML(elem_id="gan-numbers")
    result = gr.HTML(elem_id="gan-result")
    file = gr.DownloadButton(t("gan.download"), visible=False, size="sm")
    return [result, numbers, file, gr.JSON(visible=False)]


def written() -> dict[str, Any]:
    """Build what draws a number digit by digit, by name."""
    return {
        "text": gr.Textbox("20261120", label=t("gan.text"), info=t("gan.text_info"),
                           elem_id="gan-text", max_lines=1),
        "put": gr.Button(t("gan.write"), elem_id="gan-write"),
    }


def settings() -> dict[str, Any]:
    """Build how many pictures are drawn, from which seed, and how far from the usual, by name."""
    parts: dict[str, Any] = {"count": gr.Slider(
        1, 200, COUNT, step=1, label=t("gan.count"), info=t("gan.count_info"),
        elem_id="gan-count")}
    with gr.Row():
        parts["seed"] = gr.Number(SEED, precision=0, minimum=0, label=t("app.seed"), min_width=120,
                                  info=t("gan.seed_info"), elem_id="gan-seed")
        parts["truncation"] = gr.Slider(0.1, 4, TRUNCATION, step=0.1, label=t("gan.truncation"),
                                        min_width=160, info=t("gan.truncation_info"),
                                        elem_id="gan-truncation")
    return parts
