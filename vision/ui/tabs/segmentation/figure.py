"""The encoder and the decoder of a U-Net, with the skips numbered as in *Look inside*."""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from vision.ui.components.figures.colours import BLUE, GREEN, ORANGE
from vision.ui.components.figures.svg import WIDE, arrow, box, label, picture
from vision.ui.components.markup import joined
from vision.ui.text import say

LEVELS = 6  # of the U-Net that ships: five skips and the bottleneck
STEP, TOP, THICK = 42.0, 52.0, 24.0
EDGE, LESS = 190.0, 28.0  # how wide the first level is, and by how much each next one is less


def draw(request: gr.Request | None) -> Markup:
    """Return the U with its skips."""
    shapes = [level(depth) for depth in range(LEVELS)]
    for key, x, y, anchor, colour in (
            ("picture", 10, 20, "start", "currentColor"),
            ("answer", WIDE - 10, 20, "end", "currentColor"),
            ("encoder", 10, 274, "start", BLUE), ("decoder", WIDE - 10, 274, "end", GREEN),
            ("skips", WIDE / 2, 20, "middle", ORANGE)):
        room = 152 if key in ("encoder", "decoder") else 190
        shapes.append(label(x, y, say(f"segmentation.figure_{key}", request), anchor=anchor,
                            room=room, colour=colour, bold=True))
    return picture(310, say("segmentation.figure_alt", request),
                   say("segmentation.figure_caption", request), *shapes)


def level(depth: int) -> Markup:
    """Return one size of the U: both boxes and the skip between them, or the bottleneck."""
    y, width = TOP + STEP * depth, EDGE - LESS * depth
    left, right, middle = 10 + LESS * depth * 1.0, WIDE - 10 - LESS * depth, y + THICK / 2
    size = "H × W" if depth == 0 else f"1/{2 ** depth}"
    if depth == LEVELS - 1:
        return box(left + 20, y, right - left - 40, THICK, BLUE, 0.3) + label(
            WIDE / 2, middle, size)
    skip = LEVELS - 1 - depth
    parts = [box(left, y, width, THICK, BLUE), box(right - width, y, width, THICK, GREEN),
             label(left + width / 2, middle, size), label(right - width / 2, middle, size),
             arrow(left + width + 3, middle, right - width - 3, middle, ORANGE),
             box(WIDE / 2 - 10, middle - 9, 20, 18, ORANGE, 1.0),
             label(WIDE / 2, middle, str(skip), colour="white", bold=True, size=13)]
    down = left + width / 2 + LESS / 2
    up = right - width / 2 - LESS / 2
    parts += [arrow(down, y + THICK + 2, down, y + STEP - 2, BLUE),
              arrow(up, y + STEP - 2, up, y + THICK + 2, GREEN)]
    return joined(parts)
