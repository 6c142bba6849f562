"""The result as the page shows it: a picture whose devices light up, and the table beside it."""

from __future__ import annotations

import html
from collections.abc import Collection
from typing import TYPE_CHECKING

import gradio as gr

from vision.ui.components.html import clock, picture_uri, table, tiles
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
)
from vision.ui.text import explain, say

if TYPE_CHECKING:
    import numpy as np

    from vision.infrared.inspection.result import Instance, Result
    from vision.infrared.thermogram.thermogram import Thermogram

LOOK = """
.infrared-stage { position: relative; margin-inline: auto; line-height: 0; }
.infrared-stage img { width: 100%; margin: 0; border-radius: 6px; }
.infrared-stage svg { position: absolute; inset: 0; width: 100%; height: 100%; cursor: crosshair;
                      touch-action: pan-y; }
.infrared-stage g { transition: opacity .12s; }
.infrared-stage.infrared-lit g:not(.infrared-on) { opacity: .18; }
.infrared-stage g.infrared-on path { stroke: #fff; stroke-width: 1.5; }
.infrared-stage text { paint-order: stroke; stroke: #000; stroke-width: .25em;
                       stroke-linejoin: round; font-weight: 600; user-select: none; }
.infrared-line { stroke: #fff; stroke-width: 2; stroke-dasharray: 5 3; pointer-events: none;
                 vector-effect: non-scaling-stroke; }
tr.infrared-on td { background: var(--background-fill-secondary); }
tr:has([data-device]) { cursor: pointer; }
td button[data-device] { all: unset; cursor: pointer; font-weight: 600; }
td button[data-device]:focus-visible { outline: 2px solid var(--body-text-color); }
th { white-space: normal !important; vertical-align: bottom; }
th:nth-child(2), td:nth-child(2) { text-align: left !important; }
td:nth-child(2) { white-space: normal !important; min-width: 11em; }
td small { display: block; }
"""
POINTER = """
const parts = () => [...element.querySelectorAll('[data-device]')];
let chosen = null, start = null;
const place = (event) => {
  const svg = element.querySelector('.infrared-stage svg'), box = svg.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width * svg.viewBox.baseVal.width,
          (event.clientY - box.top) / box.height * svg.viewBox.baseVal.height];
};
const device = (target) => {
  const part = target.closest('[data-device], tr');
  if (!part) return null;
  return (part.matches('tr') ? part.querySelector('[data-device]') : part)?.dataset.device ?? null;
};
const light = (name) => {
  element.querySelector('.infrared-stage')?.classList.toggle('infrared-lit', name !== null);
  parts().forEach((part) => {
    const on = part.dataset.device === name;
    (part.closest('tr') ?? part).classList.toggle('infrared-on', on);
  });
};
const draw = (from, to) => {
  const line = element.querySelector('.infrared-line');
  [['x1', from[0]], ['y1', from[1]], ['x2', to[0]], ['y2', to[1]]].forEach(
    ([key, value]) => line.setAttribute(key, value));
};
const choose = (name) => {
  if (name === null) return;
  chosen = name;
  light(name);
  trigger('select', {device: Number(name)});
};
element.addEventListener('pointerover', (event) => {
  if (!start) light(device(event.target) ?? chosen);
});
element.addEventListener('pointerleave', () => light(chosen));
element.addEventListener('focusin', (event) => light(device(event.target) ?? chosen));
element.addEventListener('click', (event) => {
  if (event.target.closest('tr')) choose(device(event.target));
});
element.addEventListener('pointerdown', (event) => {
  if (event.target.closest('.infrared-stage svg')) start = place(event);
});
element.addEventListener('pointermove', (event) => { if (start) draw(start, place(event)); });
const finish = (event) => {
  if (!start) return;
  const from = start, to = place(event);
  start = null;
  if (Math.hypot(to[0] - from[0], to[1] - from[1]) < 4) {
    draw([-9, -9], [-9, -9]);
    choose(device(event.target));
  } else trigger('input', {line: [...from, ...to]});
};
element.addEventListener('pointerup', finish);
element.addEventListener('pointercancel', () => { start = null; });
watch('value', () => { chosen = null; });
"""


def painted(thermogram: Thermogram, palette: str) -> np.ndarray:
    """Return a thermogram in another palette, or as it was recorded."""
    from vision.infrared.thermogram.palettes import paint

    return thermogram.picture if palette == RECORDED else paint(thermogram.grey, palette)


def stage(result: Result, request: gr.Request | None, palette: str = RECORDED,
          opacity: float = 0.35, shown: Collection[int] | None = None, brief: bool = False) -> str:
    """Return the picture with the devices of the shown classes over it; brief names are numbers."""
    height, width = result.thermogram.grey.shape
    drawn = {place: instance for place, instance in enumerate(result.instances)
             if shown is None or instance.label in shown}
    names = labels(drawn, width, request, brief)
    groups = "".join(outlined(place, instance, opacity, names[place])
                     for place, instance in drawn.items())
    picture = picture_uri(painted(result.thermogram, palette), "jpeg")
    alt = html.escape(say("infrared.result_alt", request))
    return (f'<div class="infrared-stage" style="max-width:{68 * width / height:.0f}vh">'
            f'<img src="{picture}" alt="{alt}" draggable="false">'
            f'<svg viewBox="0 0 {width} {height}" preserveAspectRatio="none">{groups}'
            '<line class="infrared-line" x1="-9" y1="-9" x2="-9" y2="-9"/></svg></div>')


def side_by_side(results: dict[str, Result], request: gr.Request | None) -> str:
    """Return several answers as small pictures, each with its name below it."""
    figures = "".join(
        f"<figure style='margin:0'>{stage(result, request, brief=True)}<figcaption>"
        f"{html.escape(name)}</figcaption></figure>" for name, result in results.items())
    return (f'<div style="display:grid;gap:.8rem;margin-bottom:.8rem;'
            f'grid-template-columns:repeat(auto-fill,minmax(min(260px,100%),1fr))">{figures}</div>')


def outlined(place: int, instance: Instance, opacity: float, name: str) -> str:
    """Return a device as shapes: its mask, its box, its name."""
    tint = colour(level_of(instance))
    x0, y0, x1, y1 = instance.box
    return (f'<g data-device="{place}" fill="{tint}"><path d="{shape(instance.mask)}" '
            f'fill-opacity="{opacity}" fill-rule="evenodd"/>'
            f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" '
            f'fill="transparent" stroke="{tint}" vector-effect="non-scaling-stroke" '
            f'stroke-width="1.5"/>{name}</g>')


def labels(drawn: dict[int, Instance], width: int, request: gr.Request | None,
           brief: bool = False) -> dict[int, str]:
    """Return number and name of each device as text over its box, none upon another one."""
    size = width / (26 if brief else 44)
    taken: list[tuple[float, float, float]] = []  # left, right, bottom
    texts = {}
    for place, instance in drawn.items():
        name = str(place + 1)
        name += "" if brief else f" {called('class', instance.name, request)}"
        long = sum(1.0 if ord(letter) > 0x2E80 else 0.6 for letter in name) * size
        left = min(max(instance.box[0], 0), max(width - long, 0))
        low = max(instance.box[1] - 0.3 * size, size)
        while any(left < right and start < left + long and abs(low - bottom) < size
                  for start, right, bottom in taken):
            low += 0.2 * size
        taken.append((left, left + long, low))
        texts[place] = (f'<text x="{left:.1f}" y="{low:.1f}" font-size="{size:.1f}">'
                        f"{html.escape(name)}</text>")
    return texts


def shape(mask: np.ndarray) -> str:
    """Return the outline of a mask (H, W) as the path of an SVG, holes included."""
    import cv2
    import numpy as np

    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return "".join(f"M{' '.join(f'{x + 0.5:g},{y + 0.5:g}' for x, y in ring[:, 0].tolist())}z"
                   for ring in found)


def rows_of(view: View, request: gr.Request | None, shown: Collection[int] | None = None) -> str:
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
    name = html.escape(called("class", instance.name, request))
    button = (f'<button type="button" data-device="{place}">{chip(level_of(instance))}'
              f"{place + 1} {name}</button>")
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
    level = html.escape(called("level", instance.verdict.level, request))
    rule = html.escape(explain(instance.verdict.reason, request))
    return f"<b>{level}</b><small>{rule}</small>"


def shown_of(view: View, request: gr.Request | None, palette: str = RECORDED,
             opacity: float = 0.35, shown: Collection[int] | None = None) -> str:
    """Return picture and table of a detection."""
    listed = rows_of(view, request, shown) if view.result.instances else ""
    return stage(view.result, request, palette, opacity, shown) + listed


def facts(view: View, request: gr.Request | None) -> str:
    """Return what is to be said of a detection: its numbers, then its remarks."""
    result = view.result
    worst = gravest(result)
    level = level_of(result.instances[worst]) if worst is not None else ""
    field, unit = field_of(result.thermogram)
    hottest = max((float(field[each.mask].max()) for each in result.instances if each.mask.any()),
                  default=None)
    found = {"found": str(len(result.instances)),
             "worst": called("level", level, request) if level else "–",
             "hottest": "–" if hottest is None else f"{hottest:.1f} {unit}",
             "palette": called("palette", result.thermogram.palette, request),
             "time": clock(result.seconds)}
    notes = "".join(f'<p class="lab-note" style="margin-top:.6rem">'
                    f"{html.escape(remark(each, request))}</p>" for each in result.remarks())
    return tiles({say(f"infrared.tile.{key}", request): value
                  for key, value in found.items()}) + notes
