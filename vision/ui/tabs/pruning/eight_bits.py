"""Slim, then quantise: the network that was cut last in 8-bit whole numbers, beside its floats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision import checkpoints
from vision.ui.components import names
from vision.ui.components.events import QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, percent, table
from vision.ui.components.markup import joined, tag
from vision.ui.shell.answers.written import written_once
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.pruning.cut import Cut, needed
from vision.ui.tabs.pruning.shared import TESTED, measured_on, nothing_here
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.pruning.quantise import Report

SEEN = 200  # pictures that the ranges of the maps are taken of


@dataclass(frozen=True)
class Measured:
    """Both networks, on how many pictures they were measured, and when the clock was read."""

    report: Report
    count: int
    when: str


@friendly
@low_priority
def write_small(cut: Cut | None, request: gr.Request) -> tuple[Markup, Any]:
    """Write the cut network in 8 bits, and show size, accuracy and time before and after."""
    asked = needed(cut)
    card = checkpoints.read_card(asked.path)
    data = measured_on(card, asked.data)
    if data is None:
        raise nothing_here(card)
    file, found = written_once(
        "cut in 8 bits", f"{asked.stem}-8-bit.onnx", lambda file: measured(asked, data, file),
        *asked.asked, data, request=request, models=(asked.path,))
    told = note("pruning.eight_told", request, count=found.count, seen=SEEN,
                data=names.data(data, request))
    return (joined([told, compared(found.report, request),
                    note("pruning.clock_read", request, when=found.when)]),
            gr.DownloadButton(value=str(file), visible=True))


def measured(cut: Cut, data: str, file: Path) -> Measured:
    """Write a cut network in 8 bits to a file, and return what that costs and saves."""
    from vision.pruning.data import open_pictures
    from vision.pruning.quantise import write

    test = open_pictures(data, "test").first(TESTED)
    report = write(cut.small(), open_pictures(data, "train").first(SEEN), test, file)
    return Measured(report, len(test.labels), f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC")


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
