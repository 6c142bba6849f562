"""All criteria at one ratio: what each leaves of the accuracy, and what it saves."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
from markupsafe import Markup

from vision.ui.components import names
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, percent, short, table
from vision.ui.components.markup import tag
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.pruning.curve import FEW
from vision.ui.tabs.pruning.diagram import slabs
from vision.ui.tabs.pruning.plan import bars
from vision.ui.tabs.pruning.shared import (
    CRITERIA,
    MODELS,
    measured_on,
    plan_for,
    report_of,
    report_of_cut,
)
from vision.ui.text import say, t


@friendly
@low_priority
def compare(model: str, ratio: float, protected: str, own: str | None, data: str,
            request: gr.Request) -> Iterator[Markup]:
    """Cut by one criterion after the other, and measure each without fine-tuning."""
    uncut = report_of(model, own, data, FEW)
    start = note("pruning.compared", request, ratio=f"{ratio:.0%}", count=FEW,
                 data=names.data(measured_on(MODELS.card(model, own), data) or "", request),
                 accuracy=percent(uncut.accuracy))
    head = [say(f"pruning.{key}", request)
            for key in ("criterion", "accuracy", "parameters", "multiply_adds", "stays")]
    rows: list[list[str]] = []
    for criterion in CRITERIA:
        rows.append(row(model, ratio, criterion, protected, own, data, request))
        yield start + table(head, rows)


def row(model: str, ratio: float, criterion: str, protected: str, own: str | None, data: str,
        request: gr.Request | None) -> list[str]:
    """Return what one criterion gives, with the layers that it leaves."""
    from vision.pruning.predict import network_of

    report = report_of_cut(model, ratio, criterion, protected, own, data, FEW)
    plan = plan_for(model, ratio, criterion, protected, own)
    layers = slabs(network_of(MODELS.open(model, own)), plan)
    return [say(f"pruning.criterion_{criterion}", request), tag("b", percent(report.accuracy)),
            short(report.size.parameters), short(report.size.multiply_adds),
            tag("div", bars(layers, request, 56), style="width:220px;margin-left:auto")]


def build(model: gr.Dropdown, ratio: gr.Slider, protected: gr.Textbox, own: gr.State,
          data: gr.Dropdown) -> None:
    """Build the part."""
    gr.Markdown(t("pruning.compare_info"))
    go = gr.Button(t("pruning.compare_go"), variant="primary", elem_id="pruning-compare-go")
    found = gr.HTML(elem_id="pruning-compare")
    go.click(compare, [model, ratio, protected, own, data], found, concurrency_limit=1,
             show_progress="minimal", api_visibility="private")
