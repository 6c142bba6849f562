"""The numbers of one prediction: tiles, a table of classes, and a confusion matrix to click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from vision.errors import UserError
from vision.ui.components import button_choice, clicks
from vision.ui.components.events import LIVE, QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.html import clock, grouped, note, percent, row_of, tile
from vision.ui.components.html import table as as_table
from vision.ui.components.markup import tag
from vision.ui.components.page_files import beside
from vision.ui.components.pictures import picture_output
from vision.ui.tabs.segmentation.shared import View, chip, class_choices, class_name, lit
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.segmentation.measures.metrics import Scores

FORMULAS = {
    "PA": "Σᵢ pᵢᵢ / Σᵢⱼ pᵢⱼ",
    "MPA": "Σᵢ (pᵢᵢ / Σⱼ pⱼᵢ) / n",
    "mRecall": "Σᵢ (pᵢᵢ / Σⱼ pᵢⱼ) / n",
    "mIoU": "Σᵢ (pᵢᵢ / (Σⱼ pᵢⱼ + Σⱼ pⱼᵢ − pᵢᵢ)) / n",
    "FWIoU": "Σᵢ (Σⱼ pᵢⱼ) IoUᵢ / Σᵢⱼ pᵢⱼ",
    "Dice": "Σᵢ (2 pᵢᵢ / (Σⱼ pᵢⱼ + Σⱼ pⱼᵢ)) / n",
    "BF1": "Σᵢ (2 Pᵢ Rᵢ / (Pᵢ + Rᵢ)) / n",
}
CHOSEN = beside(__file__, "matrix_chosen.js")


def numbers_of(scores: Scores, boundary: np.ndarray) -> dict[str, float]:
    """Return the overall numbers with the mean boundary F1 as the last."""
    from vision.nan_safe import mean_known

    return {**scores.overall(), "BF1": mean_known(boundary)}


def tiles(numbers: dict[str, float], request: gr.Request | None, seconds: float | None = None
          ) -> str:
    """Return the overall numbers as a row of tiles, each with its formula."""
    cells = [tile(name, percent(value), say(f"segmentation.{name}", request), FORMULAS[name])
             for name, value in numbers.items()]
    if seconds is not None:
        cells.append(tile(say("segmentation.time", request), clock(seconds)))
    return row_of(cells)


def table(scores: Scores | None, boundary: np.ndarray | None, shares: dict[str, float],
          request: gr.Request | None) -> str:
    """Return the legend: each class with its colour, its share, and its numbers if known."""
    rows = scores.per_class() if scores else {name: {} for name in shares}
    if boundary is not None:
        rows = {name: {**numbers, "BF1": float(boundary[index])}
                for index, (name, numbers) in enumerate(rows.items())}
    columns = list(next(iter(rows.values())))
    head = [say(f"segmentation.column.{name}", request)
            for name in ["Class", "Predicted", *columns]]
    return as_table(head, (
        [chip(index) + class_name(name, request), percent(shares[name]),
         *(percent(numbers[column]) for column in columns)]
        for index, (name, numbers) in enumerate(rows.items())))


@friendly
def details(view: View | None, request: gr.Request | None) -> tuple[Any, ...]:
    """Return all that belongs to a new result: its matrix, and the reddest cell lit and chosen."""
    if view is None:
        raise no_prediction()
    choices = class_choices(view.classes, request)
    every = list(range(len(view.classes)))
    worst, lights = (0, int(view.labels.min())), (None, "")
    shown: str = note("segmentation.no_truth", request)
    if view.scores:
        worst = reddest(view.scores)
        shown, lights = matrix(view, request), light(view, *worst, request)
    return (gr.CheckboxGroup(choices=choices, value=every), shown,
            gr.Dropdown(choices=choices, value=worst[0]),
            gr.Dropdown(choices=choices, value=worst[1]), *lights)


def shares_of(scores: Scores) -> np.ndarray:
    """Return which share of each class was called what, (classes, classes)."""
    return np.asarray(scores.matrix / scores.matrix.sum(1, keepdims=True).clip(1))


def reddest(scores: Scores) -> tuple[int, int]:
    """Return the cell of the mistake that takes the largest share of a class."""
    wrong = shares_of(scores) * (1 - np.eye(len(scores.classes)))
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    return int(row), int(column)


def matrix(view: View, request: gr.Request | None) -> str:
    """Return the confusion matrix as a heat map of buttons, each row shaded by its shares."""
    assert view.scores is not None
    counts, shares, worst = view.scores.matrix, shares_of(view.scores), reddest(view.scores)
    called = [class_name(name, request) for name in view.classes]
    head = ["", *(tag("span", chip(index), tag("span", name, class_="lab-upright"))
                  for index, name in enumerate(called))]
    return as_table(head, (
        [chip(row) + called[row],
         *(_cell(row, column, int(counts[row, column]), float(shares[row, column]), called,
                 chosen=(row, column) == worst)
           for column in range(len(called)))] for row in range(len(called))))


def _cell(row: int, column: int, count: int, share: float, called: list[str], *, chosen: bool
          ) -> str:
    """Return one cell: blue on the diagonal, red beside it, stronger for a larger share."""
    tint = "29 78 216" if row == column else "185 28 28"
    text = "#ffffff" if share > 0.45 else "inherit"
    strength = 0.85 + 0.15 * share if share > 0.45 else share / 2
    name = f"{called[row]} → {called[column]}: {count}"
    return tag("button", f"{100 * share:.0f}", type="button", data_cell=f"{row},{column}",
               aria_pressed=str(chosen).lower(), aria_label=name, title=name,
               style="width:100%;min-width:2.2em;padding:.2em;"
               f"border:0;border-radius:3px;color:{text};"
               f"background:rgb({tint} / {strength:.2f})")


def no_prediction() -> UserError:
    """Return the error for what needs a prediction beside its ground truth."""
    return UserError("there is no prediction yet",
                     "a picture with its ground truth is needed here",
                     "click an example, then press Segment")


@friendly
def clicked(view: View | None, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
    """Light up the pixels of the clicked cell, and say which cell it was."""
    parts = str(clicks.clicked(event, "cell")).split(",")
    most = len(view.classes) if view else 0
    if len(parts) != 2 or not all(part in map(str, range(most)) for part in parts):
        raise clicks.nothing_clicked() if view else no_prediction()
    row, column = map(int, parts)
    return *light(view, row, column, request), row, column


@friendly
def light(view: View | None, row: int | None, column: int | None, request: gr.Request
          ) -> tuple[Any, str]:
    """Light up exactly the pixels of one class that were called another one."""
    if view is None or view.truth is None or row is None or column is None:
        raise no_prediction()
    if max(row, column) >= len(view.classes):
        raise clicks.nothing_clicked()
    where = (view.truth == int(row)) & (view.labels == int(column))
    assert view.scores is not None
    return lit(view.picture, where), note(
        "segmentation.cell", request,
        count=grouped(view.scores.matrix[int(row), int(column)], request),
        true=class_name(view.classes[int(row)], request),
        said=class_name(view.classes[int(column)], request))


def build(view: gr.State) -> list[Any]:
    """Build the part; return the components that a new result fills."""
    gr.Markdown(t("segmentation.matrix_info"))
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            shown = gr.HTML(t("segmentation.matrix_empty"), js_on_load=button_choice.one_of("cell"),
                            elem_id="segmentation-matrix")
        with gr.Column(scale=2, min_width=280):
            with gr.Row():
                true = gr.Dropdown([], label=t("segmentation.true"), min_width=120,
                                   info=t("segmentation.true_info"), elem_id="segmentation-true")
                said = gr.Dropdown([], label=t("segmentation.said"), min_width=120,
                                   info=t("segmentation.said_info"), elem_id="segmentation-said")
            picture = picture_output("segmentation.lit", "segmentation-lit", height=260,
                                     always=False)
            line = gr.HTML(elem_id="segmentation-cell")
    shown.click(clicked, view, [picture, line, true, said], **QUIET)
    gr.on([true.input, said.input], light, [view, true, said], [picture, line], **LIVE)
    gr.on([true.input, said.input], None, [true, said], None, js=CHOSEN, queue=False)
    return [shown, true, said, picture, line]
