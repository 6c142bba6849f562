"""The way of a thermogram through Mask R-CNN, with the weight transfer, to the verdict."""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from vision.ui.components.figures.colours import BLUE, GREEN, GREY, ORANGE
from vision.ui.components.figures.svg import WIDE, arrow, label, named, picture
from vision.ui.components.markup import joined, tag
from vision.ui.text import say

HIGH = 48.0
BOXES = {  # where each part stands: left, top, width, colour
    "thermogram": (4, 8, 118, GREY), "backbone": (150, 8, 160, BLUE), "rpn": (338, 8, 178, BLUE),
    "align": (4, 88, 118, BLUE), "cls": (150, 88, 160, GREEN), "mask": (150, 206, 160, ORANGE),
    "pixels": (4, 206, 118, ORANGE), "zones": (338, 206, 178, GREY),
}


def draw(request: gr.Request | None) -> Markup:
    """Return the pipeline."""
    shapes = [named(x, y, width, HIGH, say(f"infrared.figure_{key}", request), colour)
              for key, (x, y, width, colour) in BOXES.items()]
    shapes += [arrow(122, 31, 148, 31), arrow(310, 31, 336, 31),
               route((427, 56), (427, 70), (63, 70), (63, 86)),
               arrow(122, 111, 148, 111), arrow(63, 136, 63, 204), arrow(122, 229, 148, 229),
               arrow(310, 229, 336, 229), transfer(request)]
    return picture(262, say("infrared.figure_alt", request),
                   say("infrared.figure_caption", request), *shapes)


def route(*points: tuple[float, float]) -> Markup:
    """Return an arrow with corners."""
    way = "L".join(f"{x:.1f} {y:.1f}" for x, y in points[:-1])
    return (tag("path", d=f"M{way}", stroke="currentColor", stroke_width=1.8, fill="none")
            + arrow(*points[-2], *points[-1]))


def transfer(request: gr.Request | None) -> Markup:
    """Return how the weights of a class's box become those of its mask."""
    x = 230
    return joined([
        arrow(x, 136, x, 156, GREEN, dashed=True), named(x - 32, 158, 64, 24, "T(·;θ)", ORANGE),
        arrow(x, 182, x, 204, ORANGE, dashed=True),
        label(x - 30, 145, "w_box", anchor="end", colour=GREEN),
        label(x - 30, 195, "w_seg", anchor="end", colour=ORANGE),
        label(x + 40, 170, say("infrared.figure_transfer", request), anchor="start",
              room=WIDE - x - 48),
    ])
