"""What goes into a cut, what is seldom changed of it, and where its result stands."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui import ASSETS
from vision.ui.components.pictures import picture_input
from vision.ui.shell.files.own import photographs
from vision.ui.tabs.pruning import data_choice, eight_bits
from vision.ui.tabs.pruning.shared import CRITERIA, MODELS
from vision.ui.text import t

EXAMPLES = ASSETS / "pruning"
CAT = "chelsea.png"
RATIO = 0.3


def examples() -> list[list[str]]:
    """Return the drawings of the ten classes, and a photograph that scikit-image brings along."""
    drawn = map(str, sorted(EXAMPLES.glob("*.png")))
    return [[path] for path in (*drawn, *photographs([CAT]))]


def controls(shown: list[list[str]], chosen: str | None) -> tuple[dict[str, Any], Any]:
    """Build what goes in and what begins; return it by name, with the examples."""
    parts: dict[str, Any] = {
        "model": gr.Dropdown(MODELS.offered(), value=chosen, label=t("pruning.model"),
                             info=t("pruning.model_info"), elem_id="pruning-model"),
        "ratio": gr.Slider(0, 0.99, RATIO, step=0.01, label=t("pruning.ratio"),
                           info=t("pruning.ratio_info"), elem_id="pruning-ratio"),
        "picture": picture_input("pruning.picture", "pruning-picture",
                                 shown[0][0] if shown else None, height=150),
    }
    choice = gr.Examples(shown, [parts["picture"]], elem_id="pruning-examples",
                         api_visibility="private", examples_per_page=12)
    parts["go"] = gr.Button(t("pruning.go"), variant="primary", elem_id="pruning-go")
    return parts, choice


def settings(own: gr.State, model: gr.Dropdown) -> dict[str, Any]:
    """Build what is seldom changed, by name: how channels are judged, which stay, the data."""
    parts: dict[str, Any] = {"criterion": gr.Dropdown(
        [(t(f"pruning.criterion_{name}"), name) for name in CRITERIA], value="gamma",
        label=t("pruning.criterion"), info=t("pruning.criterion_info"),
        elem_id="pruning-criterion")}
    with gr.Row():
        parts["threshold"] = gr.Number(None, minimum=0, label=t("pruning.threshold"),
                                       min_width=130, info=t("pruning.threshold_info"),
                                       elem_id="pruning-threshold")
        parts["protected"] = gr.Textbox("", label=t("pruning.protected"), min_width=130,
                                        info=t("pruning.protected_info"), max_lines=1,
                                        elem_id="pruning-protected")
    parts["data"] = data_choice.build(model, own)
    parts["sent"] = gr.UploadButton(t("app.bring_model"), file_types=[".safetensors"], size="sm",
                                    elem_id="pruning-upload")
    return parts


def results(cut: gr.State) -> dict[str, Any]:
    """Build what a cut shows, and the files that it offers once there is one, by name."""
    parts: dict[str, Any] = {"result": gr.HTML(elem_id="pruning-result", min_height=0)}
    with gr.Row():
        parts["small"] = gr.Button(t("pruning.download"), visible=False, size="sm",
                                   elem_id="pruning-download")
        parts["file"] = gr.DownloadButton(visible=False)
        parts["ask_onnx"] = gr.Button(t("pruning.onnx_go"), visible=False, size="sm",
                                      elem_id="pruning-onnx-go")
        parts["onnx"] = gr.DownloadButton(t("pruning.onnx"), visible=False, size="sm",
                                          elem_id="pruning-onnx")
    parts["snippet"] = gr.Code(language="python", interactive=False, visible=False,
                               label=t("pruning.snippet"), elem_id="pruning-snippet")
    eight_bits.build(cut)
    return parts | {"raw": gr.JSON(visible=False)}
