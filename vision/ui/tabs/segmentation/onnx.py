"""The chosen model as an ONNX file, with the shortest script that runs it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.components.events import QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note
from vision.ui.shell.answers.written import written_once
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.segmentation.shared import BOTH
from vision.ui.text import t


@friendly
@low_priority
def to_onnx(model: str, own: str | None, request: gr.Request) -> tuple[Any, Any, str]:
    """Write a model as ONNX; return the file, how to run it, and how near it is to the network."""
    from vision.segmentation.export import export

    path = BOTH.path_of(model, own)
    file, made = written_once("onnx", f"{path.stem}.onnx",
                              lambda file: export(BOTH.open(model, own), file),
                              request=request, models=(path,))
    checked = note("segmentation.onnx_checked", request, apart=f"{made.difference:.0e}")
    return (gr.DownloadButton(value=str(file), visible=True),
            gr.Code(made.snippet, visible=True), checked)


def build(model: gr.Dropdown, own: gr.State) -> None:
    """Build the part; what was made goes when another model is chosen."""
    with gr.Row():
        go = gr.Button(t("segmentation.onnx_go"), size="sm", elem_id="segmentation-onnx-go")
        file = gr.DownloadButton(t("segmentation.onnx"), visible=False, size="sm",
                                 elem_id="segmentation-onnx")
    checked = gr.HTML(elem_id="segmentation-onnx-checked", min_height=0)
    script = gr.Code(language="python", interactive=False, visible=False,
                     label=t("segmentation.snippet"), elem_id="segmentation-onnx-script")
    made = [file, script, checked]
    go.click(to_onnx, [model, own], made, concurrency_limit=1, api_visibility="private")
    gr.on([model.change, own.change],
          lambda: (gr.DownloadButton(visible=False), gr.Code(visible=False), ""), None, made,
          **QUIET)
