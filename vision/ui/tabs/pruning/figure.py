"""One layer's channels, each a column: its filter, its scale γ, and what the next layer reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from vision.ui.components.svg import BLUE, GREY, ORANGE, RED, WIDE, label, picture
from vision.ui.text import say

if TYPE_CHECKING:
    import numpy as np

    from vision.pruning.plan import Plan

SHOWN, RATIO = 12, 0.5
LEFT, STEP = 14.0, 23.0
FILTERS, BARS, READERS = (26.0, 5), (104.0, 92.0), (240.0, 4)  # top, and rows or height
CELL, SIDE = 14.0, WIDE - 218.0


def draw(request: gr.Request | None) -> str:
    """Return the first channels of a layer of the network that ships; nothing if none does."""
    from vision.ui.tabs.pruning.shared import MODELS, plan_for

    model = MODELS.first()
    if model is None:
        return ""
    plan = plan_for(model, RATIO, "gamma", "", None)
    name = shown_layer(plan)
    scores = plan.scores[name][:SHOWN]
    caption = say("pruning.figure_caption", request, model=model, layer=name, ratio=f"{RATIO:.0%}")
    return picture(322, say("pruning.figure_alt", request), caption,
                   *channels(scores, plan.masks[name][:SHOWN], plan.threshold), words(request))


def shown_layer(plan: Plan) -> str:
    """Return the layer of whose first channels about half go."""
    return min(plan.masks, key=lambda name: abs(float(plan.masks[name][:SHOWN].mean()) - 0.5))


def channels(scores: np.ndarray, kept: np.ndarray, threshold: float) -> list[str]:
    """Return the columns, and the line of the threshold across their bars."""
    top, high = BARS
    most = max(float(scores.max()), threshold)
    line = top + high * (1 - threshold / most)
    return [*(column(place, float(score) / most, bool(stays))
              for place, (score, stays) in enumerate(zip(scores, kept, strict=True))),
            f'<path d="M{LEFT} {line:.1f}H{LEFT + SHOWN * STEP:.1f}" stroke="{RED}" '
            'stroke-width="2" stroke-dasharray="6 3"/>',
            label(SIDE, line, "|γ| = θ", anchor="start", colour=RED, bold=True)]


def column(place: int, share: float, stays: bool) -> str:
    """Return one channel: its filter above, its bar, and the slices that read it below."""
    x, (top, high) = LEFT + place * STEP, BARS
    bar = max(high * share, 1.5)
    shapes = [f'<rect x="{x + 3:.1f}" y="{top + high - bar:.1f}" width="{STEP - 6:.1f}" '
              f'height="{bar:.1f}" fill="{ORANGE if stays else GREY}"/>']
    for (start, rows), colour in ((FILTERS, BLUE), (READERS, BLUE)):
        shapes += [f'<rect x="{x + 2:.1f}" y="{start + row * CELL:.1f}" width="{STEP - 4:.1f}" '
                   f'height="{CELL - 2:.1f}" rx="2" fill="{colour if stays else GREY}" '
                   f'fill-opacity="{0.75 if stays else 0.2}"/>' for row in range(rows)]
    if not stays:
        shapes.append(f'<path d="M{x + STEP / 2:.1f} {FILTERS[0] - 4}V{FILTERS[0] + 72}M'
                      f'{x + STEP / 2:.1f} {READERS[0] - 4}V{READERS[0] + 58}" stroke="{RED}" '
                      'stroke-width="1.6"/>')
    return "".join(shapes)


def words(request: gr.Request | None) -> str:
    """Return what stands beside the columns."""
    return "".join([
        label(LEFT, 10, say("pruning.figure_channel", request), anchor="start"),
        label(SIDE, FILTERS[0] + 34, say("pruning.figure_filters", request), anchor="start",
              room=210),
        label(LEFT, 214, say("pruning.figure_threshold", request), anchor="start", room=500),
        label(SIDE, READERS[0] + 28, say("pruning.figure_readers", request), anchor="start",
              room=210)])
