"""What goes into a detection, what comes out of it, and what steers how devices are found."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.components.inputs.number_box import NumberBox
from vision.ui.components.pictures import picture_input
from vision.ui.tabs.infrared import camera_file
from vision.ui.tabs.infrared.detect import OPACITY
from vision.ui.tabs.infrared.example_views import MASK_THRESHOLD
from vision.ui.tabs.infrared.picture import LOOK, POINTER
from vision.ui.tabs.infrared.shared import MODELS, RECORDED, shown_from
from vision.ui.text import t

UNITS = ("", "centikelvin", "decikelvin", "kelvin", "centicelsius", "decicelsius", "celsius")
PALETTES = ("iron", "rainbow", "white-hot", "grey", "inverted")


def controls(shown: list[list[Any]]) -> tuple[dict[str, Any], gr.Button, gr.Column]:
    """Build what goes in; return it by name, the button that runs, and a place for examples."""
    parts: dict[str, Any] = {"picture": picture_input(
        "infrared.picture", "infrared-picture", shown[0][0], height=220)}
    below = gr.Column()
    with gr.Row():
        parts |= in_sight()
    with gr.Row(equal_height=True):
        go = gr.Button(t("infrared.go"), variant="primary", min_width=140, scale=2,
                       elem_id="infrared-go")
        parts["camera_file"] = camera_file.button()
    parts["camera"] = gr.HTML(elem_id="infrared-camera", min_height=0)
    return parts, go, below


def score_slider(name: str, step: float, start: float) -> gr.Slider:
    """Build the slider of a probability from which on something is shown."""
    return gr.Slider(0.05, 0.95, start, step=step, label=t(f"infrared.{name}"), min_width=160,
                     info=t(f"infrared.{name}_info"),
                     elem_id=f"infrared-{name.replace('_', '-')}")


def in_sight() -> dict[str, Any]:
    """Build what is moved while one looks at the result, by name."""
    threshold = score_slider("threshold", 0.01, shown_from())
    threshold.scale, threshold.min_width, threshold.buttons = 3, 200, []
    return {"threshold": threshold, "palette": gr.Dropdown(
        [(t(f"infrared.palette.{name}"), name) for name in (RECORDED, *PALETTES)],
        value=RECORDED, label=t("infrared.palette"), info=t("infrared.palette_info"),
        scale=2, min_width=150, elem_id="infrared-palette")}


def results() -> list[Any]:
    """Build what shows a detection: picture and table, numbers, two files."""
    missing = t("infrared.no_detector")
    numbers = gr.HTML(None if MODELS.names() else missing, elem_id="infrared-facts")
    result = gr.HTML(elem_id="infrared-result", css_template=LOOK, js_on_load=POINTER)
    with gr.Row():
        marked = gr.DownloadButton(t("infrared.download_picture"), visible=False, size="sm",
                                   elem_id="infrared-marked")
        report = gr.DownloadButton(t("infrared.download_report"), visible=False, size="sm",
                                   elem_id="infrared-report")
    return [result, numbers, marked, report, gr.JSON(visible=False)]


def settings(shown: list[list[Any]]) -> dict[str, Any]:
    """Build what else steers the detection and how it is shown, by name."""
    parts: dict[str, Any] = {}
    with gr.Row():
        for place, name in enumerate(("low", "high"), 1):
            parts[name] = gr.Number(shown[0][place], label=t(f"infrared.{name}"), min_width=120,
                                    info=t(f"infrared.{name}_info"), elem_id=f"infrared-{name}")
    parts["mask_threshold"] = score_slider("mask_threshold", 0.05, MASK_THRESHOLD)
    parts["opacity"] = gr.Slider(0, 1, OPACITY, step=0.05, label=t("infrared.opacity"),
                                 info=t("infrared.opacity_info"), elem_id="infrared-opacity")
    parts["photograph"] = gr.Slider(0, 1, 0, step=0.05, label=t("infrared.photograph"),
                                    info=t("infrared.photograph_info"), visible=False,
                                    elem_id="infrared-photograph")
    parts["classes"] = gr.CheckboxGroup([], label=t("infrared.classes"),
                                        info=t("infrared.classes_info"),
                                        elem_id="infrared-classes")
    with gr.Accordion(t("infrared.physics"), open=False, elem_id="infrared-physics"):
        parts |= physics()
    return parts


def physics() -> dict[str, Any]:
    """Build the inputs that few need: the detector, and what the temperatures depend on."""
    return {
        "model": gr.Dropdown(MODELS.offered(), value=MODELS.first(), label=t("infrared.model"),
                             info=t("infrared.model_info"), elem_id="infrared-model"),
        "unit": gr.Dropdown([(t(f"infrared.unit.{name or 'none'}"), name) for name in UNITS],
                            value="", label=t("infrared.unit"), info=t("infrared.unit_info"),
                            elem_id="infrared-unit"),
        "emissivity": gr.Slider(0.1, 1, 1, step=0.01, label=t("infrared.emissivity"),
                                info=t("infrared.emissivity_info"),
                                elem_id="infrared-emissivity"),
        "reflected": gr.Number(20, label=t("infrared.reflected"), info=t("infrared.reflected_info"),
                               elem_id="infrared-reflected"),
        "air": NumberBox(None, label=t("infrared.air"), info=t("infrared.air_info"), max_lines=1,
                         elem_id="infrared-air"),
    }
