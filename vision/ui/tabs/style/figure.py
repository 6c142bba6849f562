"""The tug of war of the three losses, and why a Gram matrix forgets places."""

from __future__ import annotations

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.ui.components.figures.colours import BLUE, GREEN, ORANGE
from vision.ui.components.figures.svg import (
    WIDE,
    arrow,
    box,
    cells,
    label,
    named,
    picture,
)
from vision.ui.components.markup import joined
from vision.ui.text import say

CHANNELS, PLACES, SIDE = 4, 9, 14.0
ORDER = (4, 0, 7, 2, 8, 5, 1, 6, 3)  # the places after they were mixed
MIDDLE = WIDE / 2


def features() -> np.ndarray:
    """Return what four channels say at nine places, each 0…1: (CHANNELS, PLACES)."""
    return np.array([[1, 0, 0, 1, 0, 0, 1, 0, 0], [.9, .1, 0, .8, .2, 0, 1, 0, .1],
                     [0, .8, .1, 0, 1, 0, .2, .9, 0], [0, .1, 1, .1, 0, .9, 0, 0, .7]])


def gram(found: np.ndarray) -> np.ndarray:
    """Return which channels fire together, as a share of the most: (CHANNELS, CHANNELS)."""
    matrix = found @ found.T
    return matrix / matrix.max()


def draw(request: gr.Request | None) -> Markup:
    """Return both parts of the figure."""
    found = features()
    return picture(330, say("style.figure_alt", request), say("style.figure_caption", request),
                   tug(request), product(168, found, "here", request),
                   product(252, found[:, ORDER], "mixed", request))


def tug(request: gr.Request | None) -> Markup:
    """Return the picture in the middle, and who pulls at it."""
    return joined([
        box(MIDDLE - 26, 50, 52, 44, fill=0.3), label(MIDDLE, 72, "X", bold=True, size=18),
        arrow(MIDDLE - 30, 72, 166, 72, BLUE), arrow(MIDDLE + 30, 72, WIDE - 166, 72, ORANGE),
        arrow(MIDDLE, 98, MIDDLE, 114, GREEN),
        named(4, 42, 158, 60, say("style.figure_content", request), BLUE),
        named(WIDE - 162, 42, 158, 60, say("style.figure_style", request), ORANGE),
        named(MIDDLE - 110, 116, 220, 30, say("style.figure_tv", request), GREEN),
        label(200, 60, "α"), label(WIDE - 200, 60, "β"), label(MIDDLE + 14, 104, "γ"),
        label(MIDDLE, 18, say("style.figure_tug", request), bold=True),
    ])


def product(y: float, found: np.ndarray, key: str, request: gr.Request | None) -> Markup:
    """Return features with their places in some order, and the Gram matrix they give."""
    left, right = 150.0, 390.0
    wide, high = PLACES * SIDE, CHANNELS * SIDE
    middle = y + 10 + high / 2
    return joined([
        label(140, middle, say(f"style.figure_{key}", request), anchor="end", room=132),
        cells(left, y + 10, SIDE, found.tolist(), BLUE),
        label(left + wide + 10, middle, "F Fᵀ", anchor="start"),
        arrow(left + wide + 52, middle, right - 12, middle),
        cells(right, y + 10, SIDE, gram(found).tolist(), ORANGE),
        label(right + high + 12, middle, "G", bold=True, anchor="start"),
    ])
