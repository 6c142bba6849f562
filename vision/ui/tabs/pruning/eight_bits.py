"""Slim, then quantise: the network that was cut last in 8-bit whole numbers, beside its floats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.ui.components.events import QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, percent, table
from vision.ui.components.markup import tag
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.pruning.cut import Cut, needed
from vision.ui.tabs.pruning.shared import TESTED, measured_on, nothing_here
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.pruning.quantise import Report

SEEN = 200  # pictures that the ranges of the maps are taken of


@friendly
@low_priority
def write_small(cut: Cut | None, request: gr.Request) -> tuple[Markup, Any]:
    """Write the cut network in 8 bits, and show size, accuracy and time before and after."""
    from vision.pruning.data import open_pictures
    from vision.pruning.quantise import write

    asked = needed(cut)
    small = asked.small()
    data = measured_on(small.card, asked.data)
    if data is None:
        raise nothing_here(small.card)
    test = open_pictures(data, "test").first(TESTED)
    report = write(small, open_pictures(data, "train").first(SEEN), test,
                   new_folder() / f"{asked.stem}-8-bit.onnx")
    told = note("pruning.eight_told", request, count=len(test.labels), seen=SEEN,
                data=say(f"pruning.data_{data}", request))
    return told + compared(report, request), gr.DownloadButton(value=str(report.path),
                                                               visible=True)


def compared(report: Report, request: gr.Request | None) -> Markup:
    """Return both networks as a table: bytes, accuracy and milliseconds of one picture."""
    rows = {"file_size": [f"{size / 1e6:.2f} MB" for size in report.file_bytes],
            "accuracy": [percent(share) for share in report.accuracy],
            "one_picture": [f"{time:.2f} ms" for time in report.milliseconds]}
    head = [say(f"pruning.{key}", request) for key in ("measure", "in_float", "in_eight_bits")]
    return table(head, [[say(f"pruning.{key}", request), before, tag("b", after)]
                        for key, (before, after) in rows.items()])


def build(cut: gr.State) -> None:
    """Build the button, what it found, and the file."""
    go = gr.Button(t("pruning.eight_go"), visible=False, size="sm",
                   elem_id="pruning-eight-go")
    found = gr.HTML(elem_id="pruning-eight", min_height=0)
    file = gr.DownloadButton(t("pruning.eight_file"), visible=False, size="sm",
                             elem_id="pruning-eight-file")
    go.click(write_small, cut, [found, file], concurrency_limit=1, show_progress="minimal",
             show_progress_on=found, api_visibility="private")
    cut.change(lambda: (gr.Button(visible=True), "", gr.DownloadButton(visible=False)), None,
               [go, found, file], **QUIET)
