"""Two models on one picture, and all models by quality and cost."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from vision import checkpoints
from vision.ui.components import names
from vision.ui.components.events import QUIET
from vision.ui.components.figures.colours import BLUE, GREY
from vision.ui.components.figures.plots import apart, axes
from vision.ui.components.figures.svg_plot import SvgPlot
from vision.ui.components.friendly import friendly
from vision.ui.components.html import clock, note, percent
from vision.ui.components.html import table as as_table
from vision.ui.components.markup import tag
from vision.ui.components.opening import opened
from vision.ui.components.pictures import needed
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.segmentation import pretrained
from vision.ui.tabs.segmentation.matrix import numbers_of
from vision.ui.tabs.segmentation.segment import judged_once
from vision.ui.tabs.segmentation.shared import MODELS, SCORED, for_task, laid_over
from vision.ui.text import say, say_list, t

if TYPE_CHECKING:
    from vision.segmentation.leaderboard import Row
    from vision.ui.tabs.segmentation.judged import Judged

INSIDE = (285, 220)  # points of the figure between the first and the last dot, across and upwards
RANK = 25  # points from one rank to the next, at least
MARKS = [mark * 10.0**power for power in range(-2, 5) for mark in (1, 3)]  # on the axis of costs
TIMES = 2  # predictions in a measurement on the page


@friendly
@low_priority
@within_memory(decoding("picture", "truth", bytes_a_pixel=SCORED))
def compare(picture: str | None, truth: str | None, left: str, right: str, own: str | None,
            request: gr.Request) -> tuple[Any, str]:
    """Lay two models' answers over one picture, one on each side of a slider."""
    found = [judged_once(needed(picture), truth, name, own, request) for name in (left, right)]
    sides = tuple(laid_over(each.view.picture, each.view.labels) for each in found)
    columns = [measures(each, request) for each in found]
    rows = ([name, columns[0][name], columns[1][name]] for name in columns[0])
    head = (MODELS.called(name, request) for name in (left, right))
    return sides, as_table(["", *head], rows)


def measures(done: Judged, request: gr.Request | None) -> dict[str, str]:
    """Return how long a model took, and how right it is where that is known."""
    took = {say("segmentation.time", request): clock(done.seconds)}
    if done.view.scores is None or done.outlines is None:
        return took
    numbers = numbers_of(done.view.scores, done.outlines)
    return took | {name: percent(value) for name, value in numbers.items()}


def with_own(own: str | None, request: gr.Request) -> tuple[Any, Any]:
    """Offer the model that this session has trained on both sides."""
    choices = MODELS.choices(request)[:None if own else -1]
    return gr.Dropdown(choices=choices), gr.Dropdown(choices=choices)


@functools.lru_cache(maxsize=64)
def row_at(path: Path, changed: float, times: int) -> Row:
    """Return a checkpoint's row of the leaderboard, made once for each version of the file."""
    from vision.segmentation.leaderboard import row_of

    return row_of(path, times)


def rows(timed: bool) -> list[Row]:
    """Return the rows of all shipped models of pictures, the best first."""
    import math

    paths = [*map(MODELS.path_of, MODELS.names()), *for_task("groups")]
    found = [row_at(path, checkpoints.version(path), TIMES if timed else 0) for path in paths]
    return sorted(found, key=lambda row: -1.0 if math.isnan(row.miou) else row.miou, reverse=True)


@friendly
def board(cost: str, request: gr.Request) -> tuple[str, Any]:
    """Return the leaderboard and quality over cost."""
    if not MODELS.names():
        return note("segmentation.nothing_ships", request), None
    found, pairs = rows(cost == "ms"), {pair.pretrained: pair for pair in pretrained.shipped()}
    columns = ["name", "year", "parameters", "gmacs", "miou", "pa", "ms",
               *(["pretraining"] if pairs else [])]
    sure, sure_names = sureness(found, request)
    told = as_table(["", *(say(f"segmentation.board.{name}", request)
                           for name in [*columns, *sure_names])], (
        [str(rank), *cells(row, request), *([pretrained.added(pair) if (pair := pairs.get(row.name))
                                    else "–"] if pairs else []), *more]
        for rank, (row, more) in enumerate(zip(found, sure, strict=True), 1)))
    splits = sorted({row.val for row in found})
    drive = note("segmentation.one_drive", request) if sure_names and "camvid val" in splits else ""
    val = say_list((names.data(split, request) for split in splits), request)
    return (told + tag("p", f"{say('segmentation.board.val', request)}: {val}") + drive,
            scatter(found, cost))


def sureness(found: list[Row], request: gr.Request | None) -> tuple[list[list[str]], list[str]]:
    """Return between which numbers each model's mean IoU lies, and whether it beats the next.

    Nothing is said where no card keeps its pictures.
    """
    from vision.segmentation.certainty.standing import points, standings

    known = standings([MODELS.file(row.name) for row in found])
    if not any(each.interval for each in known):
        return [[] for _ in known], []
    sure = [[points(each.interval, ".1f") if each.interval else "–",
             "–" if each.lead is None else say(
                 "segmentation.ahead_sure" if each.lead.decided else "segmentation.ahead_not",
                 request, points=points(each.lead, "+.1f"))] for each in known]
    return sure, ["between", "ahead"]


def cells(row: Row, request: gr.Request | None) -> list[str]:
    """Return what the leaderboard shows of one model."""
    return [MODELS.called(row.name, request), str(row.year),
            f"{row.parameters / 1e6:.2f} M", f"{row.gmacs:.2f}",
            percent(row.miou), percent(row.pixel_accuracy),
            "–" if row.milliseconds != row.milliseconds else f"{row.milliseconds:.0f}"]


def scatter(found: list[Row], cost: str) -> Any:
    """Return a figure with a dot and rank for each model: its cost across, its mean IoU upwards.

    Costs differ by a hundred times, so equal factors are equally far. Where two ranks would cover
    each other they stand beside their dots.
    """
    places = np.array([(row.milliseconds if cost == "ms" else row.gmacs, 100 * row.miou)
                       for row in found])  # (models, 2)
    known = np.isfinite(places).all(1)
    figure, axis = axes("mIoU %", size=(5, 4))
    axis.scatter(*places[known].T, color=BLUE, s=16, zorder=2)
    axis.margins(0.1)
    axis.set_xscale("log")
    low, high = places[known, 0].min(initial=1), places[known, 0].max(initial=1)
    marks = [mark for mark in MARKS if low / 2 <= mark <= 2 * high]
    axis.set_xticks(marks, [f"{mark:g}" for mark in marks])
    axis.minorticks_off()
    ranks = np.flatnonzero(known) + 1
    for rank, place, offset in zip(ranks, places[known], offsets(logarithm(places[known])),
                                   strict=True):
        axis.annotate(str(rank), place, offset, textcoords="offset points", color="white",
                      ha="center", va="center_baseline", fontsize=12, zorder=3 + rank,
                      bbox={"boxstyle": "circle,pad=0.2", "color": BLUE, "ec": "white"},
                      arrowprops={"arrowstyle": "-", "color": GREY, "shrinkA": 0, "shrinkB": 0})
    axis.set_xlabel("ms" if cost == "ms" else "GMACs")
    return figure


def logarithm(places: np.ndarray) -> np.ndarray:
    """Return places (n, 2) with the logarithm of their first number."""
    return np.column_stack([np.log10(places[:, 0]), places[:, 1]])


def offsets(places: np.ndarray) -> np.ndarray:
    """Return how far from its dot (n, 2) each rank stands, in points of the figure."""
    low, high = places.min(0), places.max(0)
    span = np.where(high > low, high - low, 1)
    inside = (places - low) / span * INSIDE
    return apart(inside, RANK) - inside


def build(picture: gr.Image, truth: gr.Image, own: gr.State) -> None:
    """Build the part."""
    shows = opened()
    known, left_one = MODELS.offered(), MODELS.first()
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            left = gr.Dropdown(known, value=left_one, label=t("segmentation.left"),
                               info=t("segmentation.left_info"), elem_id="segmentation-left")
            right = gr.Dropdown(known, value=MODELS.first(but=left_one),
                                label=t("segmentation.right_model"),
                                info=t("segmentation.right_info"),
                                elem_id="segmentation-right-model")
            go = gr.Button(t("segmentation.compare_go"), variant="primary",
                           elem_id="segmentation-compare")
        with gr.Column(scale=3, min_width=320):
            slider = gr.ImageSlider(label=t("segmentation.slider"), interactive=False, height=342,
                                    max_height=340, format="jpeg", elem_id="segmentation-slider")
            table = gr.HTML(t("segmentation.compare_empty"), elem_id="segmentation-compared")
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            cost = gr.Radio([("GMACs", "gmacs"), (t("segmentation.cost_ms"), "ms")],
                            value="gmacs", label=t("segmentation.cost"),
                            info=t("segmentation.cost_info"), elem_id="segmentation-cost")
            plot = SvgPlot(elem_id="segmentation-scatter",
                           elem_classes=["lab-when-filled"])
        with gr.Column(scale=3, min_width=320):
            ranks = gr.HTML(t("segmentation.board_empty"), elem_id="segmentation-board")
    go.click(compare, [picture, truth, left, right, own], [slider, table], concurrency_limit=2,
             concurrency_id="segment", api_visibility="private")
    own.change(with_own, own, [left, right], **QUIET)
    gr.on([shows, cost.input], board, cost, [ranks, plot], trigger_mode="always_last",
          concurrency_limit=1, api_visibility="private")
