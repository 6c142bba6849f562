"""What was found of a set in words and pictures: who is better, what costs most, the worst first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.ui.components.html import (
    as_note,
    figure,
    grid,
    grouped,
    image,
    note,
    percent,
    row_of,
    table,
    tile,
)
from vision.ui.components.markup import joined, tag
from vision.ui.components.pictures import size_within
from vision.ui.tabs.segmentation.shared import chip, class_name, errors, laid_over, paint
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.bootstrap import Interval
    from vision.segmentation.studies.failures import Failures

FEW = 10  # pictures; of fewer an interval says little
CONFUSIONS = 6
WIDTH = 160  # of a small picture on the wall
OPENED = 640  # pixels along the longer side of an opened one


def numbers(found: list[Failures], names: list[str], request: gr.Request | None) -> Markup:
    """Return each model's mean IoU with its interval, and whether one is surely better."""
    from vision.segmentation.certainty.bootstrap import difference, interval

    tallies = [each.tally for each in found]
    tiles = [tile(name, percent(of.value), between(of, request))
             for name, of in zip(names, map(interval, tallies), strict=True)]
    said = [verdict(difference(tallies[0], tallies[1]), names, len(found[0].matrices), request)]
    if len(found[0].matrices) < FEW:
        said.append(note("segmentation.few_pictures", request))
    return joined([row_of(tiles), *said])


def between(of: Interval, request: gr.Request | None) -> str:
    """Return between which two numbers a mean IoU lies."""
    return say("segmentation.between", request, low=f"{100 * of.low:.1f}",
               high=f"{100 * of.high:.1f}")


def verdict(apart: Interval, names: list[str], count: int, request: gr.Request | None) -> Markup:
    """Return who is better, if the paired interval decides that."""
    better, worse = names if apart.value > 0 else names[::-1]
    low, high = sorted((abs(apart.low), abs(apart.high))) if apart.decided else (
        apart.low, apart.high)
    key = "better" if apart.decided else "undecided"
    first, second = (better, worse) if apart.decided else names
    return note(f"segmentation.{key}", request, a=first, b=second, count=count,
                low=f"{100 * low:.1f}", high=f"{100 * high:.1f}")


def confusions(found: Failures, name: str, request: gr.Request | None) -> Markup:
    """Return the costliest confusions of one model as a table."""
    rows = [[joined([chip(each.truth), " ", class_name(found.classes[each.truth], request)]),
             joined([chip(each.called), " ", class_name(found.classes[each.called], request)]),
             f"{100 * each.cost:.2f}", grouped(each.pixels, request)]
            for each in found.confusions()[:CONFUSIONS]]
    head = [say(f"segmentation.confused_{key}", request)
            for key in ("truth", "called", "cost", "pixels")]
    return joined([tag("h4", say("segmentation.costly", request, name=name)), table(head, rows)])


def wall(found: list[Failures], small: list[np.ndarray], names: list[str],
         request: gr.Request | None) -> Markup:
    """Return all pictures as buttons, the worst of the first model first."""
    others = found[1].tally.each()
    buttons = [tag("button",
                   image(small[place], kind="jpeg"),
                   tag("span", f"{place + 1}: {percent(value)} · {percent(others[place])}"),
                   type="button", data_picture=place, aria_pressed="false")
               for place, value in found[0].worst_first()]
    return joined([
        tag("h4", say("segmentation.worst_first", request, a=names[0], b=names[1])),
        tag("div", grid(buttons, 120, full=False), class_="lab-wall")])


def opened(picture: np.ndarray, truth: np.ndarray, said: list[np.ndarray], names: list[str],
           place: int, request: gr.Request | None) -> Markup:
    """Return one picture with its truth, and each model's answer with its mistakes in red."""
    from vision.images import resize, resize_labels

    size = size_within(truth.shape, OPENED)
    picture, truth = resize(picture, size), resize_labels(truth, size)
    shown = [(say("segmentation.picture", request), picture),
             (say("segmentation.truth_view", request), paint(truth))]
    for name, full in zip(names, said, strict=True):
        labels = resize_labels(full, size)
        shown += [(name, laid_over(picture, labels)),
                  (say("segmentation.mistakes_of", request, name=name),
                   errors(picture, truth, labels))]
    figures = [figure(image(pixels, caption, kind="jpeg"), caption)
               for caption, pixels in shown]
    return joined([tag("h4", say("segmentation.opened", request, number=place + 1)),
                   grid(figures, 260)])


def progress(done: int, of: int, left: float, request: gr.Request | None) -> Markup:
    """Return how far it is."""
    key = "seen_all" if done == of else "seen_some"
    return as_note(say(f"segmentation.{key}", request, done=done, of=of, left=f"{left:.0f}"))
