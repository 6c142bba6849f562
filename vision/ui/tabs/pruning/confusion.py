"""What is taken for what, before and after a cut; of a hundred classes also by superclass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.data.cifar import BELONGS, SUPERCLASSES
from vision.ui.components.figures.colours import BLUE, RED
from vision.ui.components.figures.svg import drawing, label
from vision.ui.components.html import as_note, figure, grid, image, percent
from vision.ui.components.markup import tag
from vision.ui.tabs.pruning.names import class_name
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.pruning.evaluate import Report

CELL, NAMES = 22, 210  # units of a square, and of the names beside it
FINE = 4  # pixels of a square of a hundred classes


def shown(before: Report, after: Report, request: gr.Request | None) -> Markup:
    """Return both networks' mistakes as pictures that open."""
    both = (("pruning.before", before), ("pruning.after", after))
    coarse = [figure(heat_map(report.above or report, request), say(key, request), above=True)
              for key, report in both]
    parts = [tag("summary", say("pruning.confusion", request)),
             as_note(say("pruning.confusion_info", request)), grid(coarse, 280)]
    if before.above and after.above:
        fine = [figure(fine_map(report, request), say(key, request), above=True)
                for key, report in both]
        parts += [as_note(say("pruning.confusion_fine", request, before=percent(nearby(before)),
                              after=percent(nearby(after)))), grid(fine, 280)]
    return tag("details", *parts, style="margin-top:.6rem")


def shares(matrix: np.ndarray) -> np.ndarray:
    """Return of each true class, a row, the share that is taken for each; 0 where there is none."""
    return matrix / np.maximum(matrix.sum(1, keepdims=True), 1)


def heat_map(report: Report, request: gr.Request | None) -> Markup:
    """Return a matrix as squares: right answers blue on the diagonal, mistakes red."""
    names = [class_name(name, request) for name in report.classes]
    found, side = shares(report.matrix), CELL * len(names)
    squares = [square(row, column, found[row, column], names)
               for row, column in np.argwhere(found > 0).tolist()]
    words = [label(NAMES - 6, CELL * (row + 0.5), name, anchor="end", room=9 * NAMES, size=15)
             for row, name in enumerate(names)]
    return drawing(say("pruning.confusion_alt", request), (NAMES + side, side), *squares, *words)


def square(row: int, column: int, share: float, names: list[str]) -> Markup:
    """Return how often one class is taken for another, to be pointed at."""
    return tag("rect", tag("title", f"{names[row]} → {names[column]}: {share:.0%}"),
               x=NAMES + CELL * column, y=CELL * row, width=CELL - 1, height=CELL - 1,
               fill=BLUE if row == column else RED, fill_opacity=f"{0.1 + 0.9 * share:.2f}")


def fine_map(report: Report, request: gr.Request | None) -> Markup:
    """Return the hundred classes as pixels, superclass by superclass, with lines between these."""
    above = list(SUPERCLASSES)
    order = sorted(range(len(report.classes)),
                   key=lambda place: (above.index(BELONGS[report.classes[place]]), place))
    dark = np.sqrt(shares(report.matrix)[np.ix_(order, order)])  # (100, 100); faint ones are seen
    cells = np.where(np.eye(len(order), dtype=bool)[..., None], (37, 99, 235), (200, 50, 40))
    pixels = 255 - dark[..., None] * (255 - cells)  # (100, 100, 3)
    pixels = pixels.astype(np.uint8).repeat(FINE, 0).repeat(FINE, 1)
    step = FINE * len(order) // len(above)
    pixels[::step] = pixels[:, ::step] = 205
    return image(pixels, say("pruning.confusion_alt", request), "lab-crisp", style="width:100%")


def nearby(report: Report) -> float:
    """Return of the mistakes the share that stays within the superclass."""
    assert report.above
    total, right = report.matrix.sum(), np.trace(report.matrix)
    return float((np.trace(report.above.matrix) - right) / max(total - right, 1))
