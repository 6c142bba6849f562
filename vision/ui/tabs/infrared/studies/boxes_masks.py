"""Boxes or masks: the temperature of a box beside that of the device in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision.ui.components import opening
from vision.ui.components.events import BRIEF
from vision.ui.components.friendly import friendly
from vision.ui.components.html import figure, grid, image, note, percent, signed, table
from vision.ui.components.markup import tag
from vision.ui.components.page_files import beside
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.infrared.example_views import DISAGREE, example_view
from vision.ui.tabs.infrared.shared import (
    View,
    called,
    chip,
    field_of,
    level_of,
    needed_view,
    with_unit,
)
from vision.ui.text import say, t

if TYPE_CHECKING:
    import numpy as np

    from vision.infrared.inspection.result import Instance
    from vision.infrared.inspection.thermal import Reading

WRAPPED = beside(__file__, "boxes_masks.css")


@dataclass(frozen=True, eq=False)
class Pair:
    """A device measured twice: inside its mask, and inside all of its box."""

    place: int
    instance: Instance
    box: np.ndarray  # bool (H, W)
    inside: Reading
    boxed: Reading
    boxed_level: str

    @property
    def error(self) -> float:
        """Return by how much the box's mean differs from the mask's."""
        return self.boxed.mean - self.inside.mean


def pairs_of(view: View) -> list[Pair]:
    """Return both measurements of each device, the worst box first."""
    import numpy as np

    from vision.infrared.inspection.detections import Detections
    from vision.infrared.inspection.inspect import readings_of, regions, verdicts_of
    from vision.infrared.inspection.thermal import read

    result = view.result
    field, _ = field_of(result.thermogram)
    kept = [(place, each) for place, each in enumerate(result.instances) if each.mask.any()]
    boxes = Detections(np.array([each.box for _, each in kept], np.float32).reshape(-1, 4),
                       np.array([each.label for _, each in kept], np.int64),
                       np.array([each.score for _, each in kept], np.float32), None)
    verdicts = verdicts_of(result.thermogram, boxes, [each.zones for _, each in kept],
                           readings_of(result.thermogram, boxes), result.air)
    found = [Pair(place, each, box | each.mask, read(field, each.mask),
                  read(field, box | each.mask), verdict.level if verdict else "")
             for (place, each), box, verdict in zip(kept, regions(boxes, field.shape), verdicts,
                                                    strict=True)]
    return sorted(found, key=lambda pair: -abs(pair.error))


@friendly
@low_priority
def compare(view: View | None, request: gr.Request) -> Markup:
    """Return the worst box as a picture, and both measurements of every device."""
    return shown(needed_view(view), request)


def shown(view: View, request: gr.Request | None) -> Markup:
    """Return what shows both measurements of a detection."""
    found = pairs_of(view)
    if not found:
        return note("infrared.no_device", request)
    return cut_out(view, found[0], request) + rows(view, found, request)


def rows(view: View, found: list[Pair], request: gr.Request | None) -> Markup:
    """Return the table of both measurements."""
    _, unit = field_of(view.result.thermogram)
    heads = [say(f"infrared.column.{name}", request, unit=unit) for name in (
        "device", "mask_mean", "box_mean", "off", "mask_highest", "box_highest", "not_device",
        "mask_verdict", "box_verdict")]
    return table(heads, (
        [f"{pair.place + 1} {called('class', pair.instance.name, request)}",
         f"{pair.inside.mean:.1f}", f"{pair.boxed.mean:.1f}", tag("b", signed(pair.error)),
         f"{pair.inside.highest:.1f}", f"{pair.boxed.highest:.1f}",
         percent(1 - pair.instance.mask.sum() / pair.box.sum()),
         judged(level_of(pair.instance), request), judged(pair.boxed_level, request)]
        for pair in found))


def judged(level: str, request: gr.Request | None) -> str:
    """Return a verdict with its colour."""
    return chip(level) + called("level", level, request) if level else "–"


def cut_out(view: View, pair: Pair, request: gr.Request | None) -> Markup:
    """Return a device's box as a picture, and beside it only what its mask holds."""
    import numpy as np

    picture = view.result.thermogram.picture
    ys, xs = (np.flatnonzero(pair.box.any(axis)) for axis in (1, 0))
    part = slice(ys[0], ys[-1] + 1), slice(xs[0], xs[-1] + 1)
    grey = (0.25 * picture.mean(2, keepdims=True) + 90).repeat(3, 2)  # (H, W, 3)
    alone = np.where(pair.instance.mask[..., None], picture, grey).astype(np.uint8)
    _, unit = field_of(view.result.thermogram)
    shown = (figure(image(each[part], style="height:220px;object-fit:contain"),
                    say(f"infrared.{key}", request, mean=with_unit(f"{mean:.1f}", unit)))
             for key, each, mean in (("box_has", picture, pair.boxed.mean),
                                     ("mask_has", alone, pair.inside.mean)))
    return grid(shown, 140, widest=640)


def build(view: gr.State) -> None:
    """Build the part."""
    gr.Markdown(t("infrared.boxes_info"))
    go = gr.Button(t("infrared.boxes_go"), elem_id="infrared-boxes-go")
    answer = gr.HTML(elem_id="infrared-boxes", css_template=WRAPPED)
    opening.connect_part(OPENING, answer)
    go.click(compare, view, answer, **BRIEF)


OPENING = opening.Opening(
    lambda: example_view(DISAGREE),
    lambda view, request: (note("infrared.boxes_example", request) + shown(view, request),))
