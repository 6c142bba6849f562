"""Groups: what a net finds in a picture that was never told a class."""

from __future__ import annotations

import gradio as gr

from vision.ui.components.friendly import friendly
from vision.ui.components.html import percent, table
from vision.ui.components.pictures import LONGEST_SIDE, needed
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.segmentation.shared import (
    chip,
    class_name,
    for_task,
    labels_for_screen,
    laid_over,
    one_of,
)
from vision.ui.tabs.segmentation.studies.inside import sheet
from vision.ui.text import say, t


@friendly
@low_priority
@within_memory(decoding("picture", "truth"))
def groups(picture: str | None, truth: str | None, request: gr.Request) -> str:
    """Show the groups that a W-Net finds, and which class each one fits best."""
    from vision.images import read_picture, upright_size
    from vision.segmentation.labels import check_labels, read_labels
    from vision.segmentation.measures.metrics import best_match, confusion_matrix
    from vision.segmentation.predict import predict

    pixels = read_picture(needed(picture), LONGEST_SIDE)
    model = one_of(for_task("groups"), "wnet")
    result = predict(model, pixels)
    shown = sheet([(say("segmentation.groups", request), laid_over(pixels, result.labels, 0.85))])
    if not truth:
        return shown
    labels = read_labels(truth)
    check_labels(labels, upright_size(needed(picture))[::-1], len(result.classes))
    counts = confusion_matrix(labels_for_screen(labels), result.labels, len(result.classes))
    matched = best_match(counts)
    there = [place for place in range(len(counts)) if counts[place].any()]
    return shown + table(
        [say(f"segmentation.column.{name}", request) for name in ("Class", "Group", "Recall")],
        ([chip(place) + class_name(result.classes[place], request),
          chip(int(matched[place])) + str(matched[place] + 1),
          percent(float(counts[place, matched[place]] / counts[place].sum()))]
         for place in there))


def build(picture: gr.Image, truth: gr.Image) -> None:
    """Build the part."""
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            gr.Markdown(t("segmentation.groups_info"))
            go = gr.Button(t("segmentation.groups_go"), variant="primary",
                           elem_id="segmentation-groups-go")
        with gr.Column(scale=3, min_width=320):
            found = gr.HTML(t("segmentation.groups_empty"), elem_id="segmentation-groups")
    go.click(groups, [picture, truth], found, concurrency_limit=1, api_visibility="private")
