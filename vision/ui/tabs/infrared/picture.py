"""The result as the page shows it: a picture whose devices light up, and the table beside it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision.ui.components.figures.text_width import wide
from vision.ui.components.html import as_note, clock, figure, grid, image, table, tiles
from vision.ui.components.markup import joined, tag
from vision.ui.components.page_files import beside
from vision.ui.tabs.infrared.shared import (
    RECORDED,
    View,
    called,
    chip,
    colour,
    field_of,
    gravest,
    level_of,
    remark,
    titled,
    with_unit,
)
from vision.ui.text import explain, say

if TYPE_CHECKING:
    import numpy as np

    from vision.infrared.inspection.result import Instance, Result
    from vision.infrared.thermogram.thermogram import Thermogram

LOOK = beside(__file__, "picture.css")
POINTER = beside(__file__, "picture.js")


def painted(thermogram: Thermogram, palette: str) -> np.ndarray:
    """Return a thermogram in another palette, or as it was recorded."""
    from vision.infrared.thermogram.palettes import paint

    return thermogram.picture if palette == RECORDED else paint(thermogram.grey, palette)


def stage(result: Result, request: gr.Request | None, palette: str = RECORDED,
          opacity: float = 0.35, shown: Collection[int] | None = None, brief: bool = False
          ) -> Markup:
    """Return the picture with the devices of the shown classes over it; brief names are numbers."""
    height, width = result.thermogram.grey.shape
    drawn = {place: instance for place, instance in enumerate(result.instances)
             if shown is None or instance.label in shown}
    names = labels(drawn, width, request, brief)
    groups = [outlined(place, instance, opacity, names[place])
              for place, instance in drawn.items()]
    line = tag("line", class_="infrared-line", x1=-9, y1=-9, x2=-9, y2=-9)
    stroke = tag("path", class_="infrared-stroke", d="")
    return tag("div", image(painted(result.thermogram, palette),
                            say("infrared.result_alt", request), kind="jpeg", draggable="false"),
               Markup() if brief else photograph(result.thermogram, request),
               tag("svg", *groups, line, stroke, viewBox=f"0 0 {width} {height}",
                   preserveAspectRatio="none"),
               class_="infrared-stage lab-letters",
               style=f"--shape:{width / height:.3f};--units:{width}")


def photograph(thermogram: Thermogram, request: gr.Request | None) -> Markup:
    """Return the photograph of the same moment over the picture, as clear as a slider says."""
    from vision.infrared.thermogram.photograph import laid_over

    photo = laid_over(thermogram.recording, thermogram.grey.shape)
    if photo is None:
        return Markup()
    return image(photo, say("infrared.photograph_alt", request), "infrared-photograph",
                 kind="jpeg", draggable="false")


def side_by_side(results: dict[str, Result], request: gr.Request | None) -> Markup:
    """Return several answers as small pictures, each with its name below it."""
    return grid((figure(stage(result, request, brief=True), name)
                 for name, result in results.items()), 200)


def outlined(place: int, instance: Instance, opacity: float, name: str) -> Markup:
    """Return a device as shapes: its mask, its box, its name."""
    tint = colour(level_of(instance))
    x0, y0, x1, y1 = instance.box
    return tag("g", tag("path", d=shape(instance.mask), fill_opacity=opacity, fill_rule="evenodd"),
               tag("rect", x=x0, y=y0, width=x1 - x0, height=y1 - y0, fill="transparent",
                   stroke=tint, vector_effect="non-scaling-stroke", stroke_width=1.5),
               name, data_device=place, fill=tint)


def labels(drawn: dict[int, Instance], width: int, request: gr.Request | None,
           brief: bool = False) -> dict[int, Markup]:
    """Return number and name of each device as text over its box, none upon another one."""
    size = width / 22  # of the letters on a phone, where they are widest beside the picture
    taken: list[tuple[float, float, float]] = []  # left, right, bottom
    texts = {}
    for place, instance in drawn.items():
        name = str(place + 1)
        name += "" if brief else f" {called('class', instance.name, request)}"
        long = wide(name) * size
        left = min(max(instance.box[0], 0), max(width - long, 0))
        low = max(instance.box[1] - 0.3 * size, size)
        while any(left < right and start < left + long and abs(low - bottom) < size
                  for start, right, bottom in taken):
            low += 0.2 * size
        taken.append((left, left + long, low))
        texts[place] = tag("text", name, x=left, y=low, font_size=size)
    return texts


def shape(mask: np.ndarray) -> str:
    """Return the outline of a mask (H, W) as the path of an SVG, holes included."""
    import cv2
    import numpy as np

    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return "".join(f"M{' '.join(f'{x + 0.5:g},{y + 0.5:g}' for x, y in ring[:, 0].tolist())}z"
                   for ring in found)


def rows_of(view: View, request: gr.Request | None, shown: Collection[int] | None = None) -> Markup:
    """Return the table of the devices: class, score, temperatures, verdict and its rule."""
    field, unit = field_of(view.result.thermogram)
    heads = [say(f"infrared.column.{name}", request, unit=unit)
             for name in ("device", "verdict", "score", "highest", "mean", "p95")]
    return table(heads, (row(place, instance, field, request)
                         for place, instance in enumerate(view.result.instances)
                         if shown is None or instance.label in shown))


def row(place: int, instance: Instance, field: np.ndarray, request: gr.Request | None
        ) -> list[str]:
    """Return one device's cells."""
    name = titled(instance, request)
    button = tag("button", chip(level_of(instance)), f"{place + 1} {name}", type="button",
                 data_device=place)
    return [button, ruled(instance, request), f"{instance.score:.2f}", *degrees(instance, field)]


def degrees(instance: Instance, field: np.ndarray) -> list[str]:
    """Return the highest, mean and 95th percentile inside a device's mask."""
    from vision.infrared.inspection.thermal import read

    if not instance.mask.any():
        return ["–"] * 3
    reading = instance.reading or read(field, instance.mask)
    return [f"{value:.1f}" for value in (reading.highest, reading.mean, reading.p95)]


def ruled(instance: Instance, request: gr.Request | None) -> str:
    """Return a device's verdict with the rule that gave it under it."""
    if not instance.verdict:
        return "–"
    level = called("level", instance.verdict.level, request)
    return (tag("b", level) + tag("small", explain(instance.verdict.reason, request))
            + doubt(instance, request))


def doubt(instance: Instance, request: gr.Request | None) -> Markup:
    """Return how sure a verdict is, and what decides it."""
    certainty = instance.certainty
    if certainty is None:
        return Markup()
    if certainty.sure:
        return tag("small", say("infrared.sure", request), class_="infrared-doubt")
    shares = ", ".join(say("infrared.in_draws", request, share=f"{100 * share:.0f}%",
                           level=called("level", level, request))
                       for level, share in certainty.shares.items())
    decides = (say("infrared.decides", request,
                   factor=called("factor", certainty.decides, request))
               if certainty.decides else say("infrared.decides_together", request))
    return tag("small", f"{shares}; {decides}", class_="infrared-doubt")


def shown_of(view: View, request: gr.Request | None, palette: str = RECORDED,
             opacity: float = 0.35, shown: Collection[int] | None = None) -> Markup:
    """Return picture and table of a detection."""
    listed = rows_of(view, request, shown) if view.result.instances else Markup()
    return stage(view.result, request, palette, opacity, shown) + listed


def facts(view: View, request: gr.Request | None) -> Markup:
    """Return what is to be said of a detection: its numbers, then its remarks."""
    result = view.result
    worst = gravest(result)
    level = level_of(result.instances[worst]) if worst is not None else ""
    field, unit = field_of(result.thermogram)
    hottest = max((float(field[each.mask].max()) for each in result.instances if each.mask.any()),
                  default=None)
    found = {"found": str(len(result.instances)),
             "worst": called("level", level, request) if level else "–",
             "hottest": "–" if hottest is None else with_unit(f"{hottest:.1f}", unit),
             "palette": called("palette", result.thermogram.palette, request),
             "time": clock(result.seconds)}
    notes = joined(as_note(remark(each, request)) for each in result.remarks())
    return tiles({say(f"infrared.tile.{key}", request): value
                  for key, value in found.items()}) + notes
