"""The board to label on: drag a box, or click a polygon corner by corner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision.ui.components.figures.colours import BLUE, ORANGE
from vision.ui.components.markup import tag
from vision.ui.components.page_files import beside
from vision.ui.tabs.infrared.picture import shape
from vision.ui.tabs.infrared.shared import called
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.ui.tabs.infrared.label.collection import Sheet

COLOURS = (BLUE, ORANGE, "#22c55e", "#e879f9", "#facc15", "#2dd4bf")  # bright: on dark pictures
LOOK = beside(__file__, "board.css")
PEN = beside(__file__, "board.js")


def board(sheet: Sheet, request: gr.Request | None) -> Markup:
    """Return a picture with what was marked in it, ready to draw on."""
    alt = say("infrared.board_alt", request)
    marks = (marked(place, sheet, request) for place in range(len(sheet.marked)))
    return tag("div", tag("img", src=f"data:image/jpeg;base64,{sheet.content}", alt=alt,
                          draggable="false"),
               tag("svg", *marks, tag("path", class_="infrared-draft", d=""), tabindex=0,
                   aria_label=alt, data_file=sheet.file, preserveAspectRatio="none",
                   viewBox=f"0 0 {sheet.width} {sheet.height}"),
               class_="infrared-board", style=f"max-width:{60 * sheet.width / sheet.height:.0f}vh")


def marked(place: int, sheet: Sheet, request: gr.Request | None) -> Markup:
    """Return a marked device as its mask's outline and its name."""
    mark, size = sheet.marked[place], sheet.width / 36
    labelled = sheet.labelled
    assert labelled.masks is not None
    tint = COLOURS[place % len(COLOURS)]
    name = f"{place + 1} {called('class', mark.name, request)}"
    return tag("g", tag("path", d=shape(labelled.masks[place]), fill_opacity=0.45,
                        fill_rule="evenodd", stroke=tint, vector_effect="non-scaling-stroke"),
               tag("text", name, x=mark.box[0], y=max(mark.box[1] - 3, size), font_size=size),
               fill=tint)
