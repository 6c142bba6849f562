"""Segment a picture and judge that, and all that the page shows of it at first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from vision.ui.components import opening
from vision.ui.components.friendly import friendly
from vision.ui.components.markup import joined
from vision.ui.components.pictures import needed
from vision.ui.shell.answers.shared import computed_once
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.segmentation import strange
from vision.ui.tabs.segmentation.judged import Judged, judged
from vision.ui.tabs.segmentation.matrix import details, table
from vision.ui.tabs.segmentation.shared import (
    BOTH,
    MODELS,
    SCORED,
    View,
    errors,
    examples,
    laid_over,
    paint,
)

OPACITY = 0.6


@friendly
@low_priority
@within_memory(decoding("picture", "truth", bytes_a_pixel=SCORED))
def segment(picture: str | None, truth: str | None, model: str, opacity: float, own: str | None,
            request: gr.Request) -> tuple[Any, ...]:
    """Segment a street scene or a portrait, and compare with its ground truth if there is one.

    Args:
        picture: what the model knows: a street scene, or a portrait
        truth: its labels as a picture of class ids or colours, or nothing
        model: the name of a model, such as unet
        opacity: how opaque the classes lie over the picture, from 0 to 1

    Returns:
        the overlay, the numbers as HTML, the ground truth, the error map, the legend as HTML,
        the class ids as a file, and all numbers as JSON: the share and IoU of each class, mIoU
    """
    return answer(judged_once(needed(picture), truth, model, own, request), opacity, request,
                  new_folder())


def judged_once(picture: str, truth: str | None, model: str, own: str | None,
                request: gr.Request | None) -> Judged:
    """Segment a picture and judge that, unless that is known already."""
    return computed_once("segment", lambda: judged(picture, truth, model, own), request=request,
                         pictures=(picture, truth), models=(BOTH.path_of(model, own),))


def answer(done: Judged, opacity: float, request: gr.Request | None, folder: Path
           ) -> tuple[Any, ...]:
    """Return a judged picture as the page shows it."""
    view, scores, outlines = done.view, done.view.scores, done.outlines
    ids = folder / "class-ids.png"
    ids.write_bytes(done.ids)
    return (
        view, laid_over(view.picture, view.labels, opacity),
        joined([strange.told(done, request), strange.numbers(done, request)]),
        paint(view.truth) if view.truth is not None else None,
        errors(view.picture, view.truth, view.labels) if view.truth is not None else None,
        table(scores, outlines, done.shares, request), str(ids), done.json,
    )


def first() -> Judged | None:
    """Segment the first scene with the first model."""
    name = MODELS.first()
    picture, truth = examples()[0]
    return judged_once(picture, truth, name, None, None) if name else None


def first_answer(done: Judged, request: gr.Request | None) -> tuple[Any, ...]:
    """Return the same with all that follows a result."""
    *shown, ids, raw = answer(done, OPACITY, request, opening.folder(request))
    return (*shown, gr.update(value=ids, visible=True), raw, *details(done.view, request))


FIRST = opening.Opening(first, first_answer)


def redraw(view: View | None, opacity: float, shown: list[int]) -> Any:
    """Draw the last result again at another opacity, with some classes only."""
    if view is None:
        return gr.skip()
    return laid_over(view.picture, view.labels, opacity, [int(index) for index in shown or []])
