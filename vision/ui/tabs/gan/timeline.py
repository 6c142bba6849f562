"""Slide through a training with noise and labels fixed, a collapsed run beside it."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from vision import checkpoints
from vision.ui.components.figures.svg_plot import SvgPlot
from vision.ui.components.friendly import friendly
from vision.ui.components.html import grouped, note
from vision.ui.components.opening import opened
from vision.ui.tabs.gan.shared import MODELS, curves, sheet
from vision.ui.text import t

if TYPE_CHECKING:
    from vision.gan.predict import Drawer

COLLAPSED = "collapsed-mnist"
COUNT = 30


@functools.lru_cache(maxsize=6)
def states_at(path: Path, changed: float) -> dict[int, dict[str, Any]]:
    """Return the generator's states at its snapshots, by step."""
    from vision.gan import snapshots

    return snapshots.load(path)


@functools.lru_cache(maxsize=64)
def drawer_at(path: Path, changed: float, step: int) -> Drawer:
    """Return a generator as it was at a snapshot, or the finished one."""
    from vision.gan.predict import Drawer

    finished = Drawer.of(MODELS.at(path))
    state = states_at(path, changed).get(step)
    return finished.at(state) if state else finished


def moment(path: Path, share: float) -> tuple[int, np.ndarray]:
    """Return the step of the snapshot at a share of them, and what it draws, always alike."""
    from vision.gan.predict import as_pixels

    changed = checkpoints.version(path)
    steps = [*states_at(path, changed), MODELS.at(path).card.steps]
    step = steps[round(share * (len(steps) - 1))]
    drawer = drawer_at(path, changed, step)
    return step, as_pixels(drawer.floats(np.arange(COUNT) % len(drawer.classes), seed=0))


@friendly
def travel(model: str, share: float, own: str | None, request: gr.Request) -> tuple[Any, ...]:
    """Return what the model drew at a moment of its training, its curves, and a collapsed run."""
    path = MODELS.path_of(model, own)
    step, pictures = moment(path, share)
    card = checkpoints.read_card(path)
    text = note("gan.moment", request, step=grouped(step, request),
                total=grouped(card.steps, request))
    plot = curves(card.metrics.get("curves", {}), step, request)
    other = MODELS.file(COLLAPSED)
    beside = note("gan.no_collapse", request)
    if other.is_file():
        at, fallen = moment(other, share)
        beside = (note("gan.collapse", request, step=grouped(at, request))
                  + sheet(fallen, [""] * COUNT, 40))
    return text + sheet(pictures, [""] * COUNT, 40), beside, plot


def build(model: gr.Dropdown, own: gr.State) -> None:
    """Build the part."""
    shows = opened()
    share = gr.Slider(0, 1, 1, step=0.05, label=t("gan.moment_label"),
                      info=t("gan.moment_info"), elem_id="gan-time")
    with gr.Row():
        with gr.Column(min_width=280):
            here = gr.HTML(elem_id="gan-then")
        with gr.Column(min_width=280):
            beside = gr.HTML(elem_id="gan-collapse")
    plot = SvgPlot(elem_id="gan-curves", elem_classes=["lab-when-filled"])
    gr.on([shows, share.input, model.change, own.change], travel, [model, share, own],
          [here, beside, plot], trigger_mode="always_last", show_progress="hidden",
          api_visibility="private")
