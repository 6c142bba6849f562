"""What goes into a segmentation, what comes out of it first, and what steers how it is shown."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.components.pictures import picture_input, picture_output
from vision.ui.tabs.segmentation import domains
from vision.ui.tabs.segmentation.segment import OPACITY
from vision.ui.tabs.segmentation.shared import BOTH
from vision.ui.text import t


def controls(scene: str, chosen: str | None) -> dict[str, Any]:
    """Build what goes in and what begins; return it by name, with rows for examples."""
    return {
        "domain": domains.switch(),
        "picture": picture_input("segmentation.picture", "segmentation-picture", scene,
                                 height=190),
        "rows": [gr.Column(), gr.Column(visible=False)],
        "model": gr.Dropdown(BOTH.offered(), value=chosen, label=t("segmentation.model"),
                             info=t("segmentation.model_info"), elem_id="segmentation-model"),
        "go": gr.Button(t("segmentation.go"), variant="primary", elem_id="segmentation-go"),
    }


def results() -> dict[str, Any]:
    """Build what is seen at first of a result, by name."""
    return {
        "result": picture_output("segmentation.result", "segmentation-result", height=380,
                                 buttons=("download", "fullscreen")),
        "numbers": gr.HTML(elem_id="segmentation-numbers"),
        "cross": domains.crossing(),
        "raw": gr.JSON(visible=False),
    }


def settings(labels: str) -> dict[str, Any]:
    """Build what steers how a result is shown and what it is compared with, by name."""
    parts: dict[str, Any] = {
        "opacity": gr.Slider(0, 1, OPACITY, step=0.05, label=t("segmentation.opacity"),
                             info=t("segmentation.opacity_info"),
                             elem_id="segmentation-opacity"),
        "toggles": gr.CheckboxGroup([], label=t("segmentation.toggles"),
                                    info=t("segmentation.toggles_info"),
                                    elem_id="segmentation-toggles"),
        "truth": picture_input("segmentation.truth", "segmentation-truth", labels, height=170,
                               webcam=False),
    }
    gr.Markdown(t("segmentation.truth_info"))
    return parts
