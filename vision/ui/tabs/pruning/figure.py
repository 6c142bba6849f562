"""One layer's channels, each a column: its filter, its scale γ, and what the next layer reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision.ui.components.figures.colours import BLUE, GREY, ORANGE, RED
from vision.ui.components.figures.svg import DASHED, WIDE, label, picture
from vision.ui.components.markup import joined, tag
from vision.ui.text import say

if TYPE_CHECKING:
    import numpy as np

    from vision.pruning.plan import Plan

SHOWN, RATIO = 12, 0.5
LEFT, STEP = 14.0, 23.0
FILTERS, BARS, READERS = (26.0, 5), (104.0, 92.0), (240.0, 4)  # top, and rows or height
CELL, SIDE = 14.0, WIDE - 218.0


def draw(request: gr.Request | None) -> Markup:
    """Return the first channels of a layer of the network that ships; nothing if none does."""
    from vision.ui.tabs.pruning.shared import MODELS, plan_for

    model = MODELS.first()
    if model is None:
        return Markup()
    plan = plan_for(model, RATIO, "gamma", "", None)
    name = shown_layer(plan)
    scores = plan.scores[name][:SHOWN]
    caption = say("pruning.figure_caption", request, model=model, layer=name, ratio=f"{RATIO:.0%}")
    return picture(322, say("pruning.figure_alt", request), caption,
                   *channels(scores, plan.masks[name][:SHOWN], plan.threshold), words(request))


def shown_layer(plan: Plan) -> str:
    """Return the layer of whose first channels about half go."""
    return min(plan.masks, key=lambda name: abs(float(plan.masks[name][:SHOWN].mean()) - 0.5))


def channels(scores: np.ndarray, kept: np.ndarray, threshold: float) -> list[Markup]:
    """Return the columns, and the line of the threshold across their bars."""
    top, high = BARS
    most = max(float(scores.max()), threshold)
    line = top + high * (1 - threshold / most)
    return [*(column(place, float(score) / most, bool(stays))
              for place, (score, stays) in enumerate(zip(scores, kept, strict=True))),
            tag("path", d=f"M{LEFT} {line:.1f}H{LEFT + SHOWN * STEP:.1f}", stroke=RED,
                stroke_width=2, stroke_dasharray=DASHED),
            label(SIDE, line, "|γ| = θ", anchor="start", colour=RED, bold=True)]


def column(place: int, share: float, stays: bool) -> Markup:
    """Return one channel: its filter above, its bar, and the slices that read it below."""
    x, (top, high) = LEFT + place * STEP, BARS
    bar = max(high * share, 1.5)
    shapes = [tag("rect", x=x + 3, y=top + high - bar, width=STEP - 6, height=bar,
                  fill=ORANGE if stays else GREY)]
    for start, rows in (FILTERS, READERS):
        shapes += [tag("rect", x=x + 2, y=start + row * CELL, width=STEP - 4, height=CELL - 2,
                       rx=2, fill=BLUE if stays else GREY, fill_opacity=0.75 if stays else 0.2)
                   for row in range(rows)]
    if not stays:
        middle = x + STEP / 2
        shapes.append(tag("path", d=f"M{middle:.1f} {FILTERS[0] - 4}V{FILTERS[0] + 72}"
                          f"M{middle:.1f} {READERS[0] - 4}V{READERS[0] + 58}", stroke=RED,
                          stroke_width=1.6))
    return joined(shapes)


def words(request: gr.Request | None) -> Markup:
    """Return what stands beside the columns."""
    return joined([
        label(LEFT, 10, say("pruning.figure_channel", request), anchor="start"),
        label(SIDE, FILTERS[0] + 34, say("pruning.figure_filters", request), anchor="start",
              room=210),
        label(LEFT, 214, say("pruning.figure_threshold", request), anchor="start", room=500),
        label(SIDE, READERS[0] + 28, say("pruning.figure_readers", request), anchor="start",
              room=210)])
