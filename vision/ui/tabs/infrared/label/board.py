"""The board to label on: drag a box, or click a polygon corner by corner."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import gradio as gr

from vision.ui.components.colours import BLUE, ORANGE
from vision.ui.tabs.infrared.picture import shape
from vision.ui.tabs.infrared.shared import called
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.ui.tabs.infrared.label.collection import Sheet

COLOURS = (BLUE, ORANGE, "#22c55e", "#e879f9", "#facc15", "#2dd4bf")  # bright: on dark pictures
LOOK = """
.infrared-board { position: relative; line-height: 0; margin-inline: auto; }
.infrared-board img { width: 100%; margin: 0; border-radius: 6px; }
.infrared-board svg { position: absolute; inset: 0; width: 100%; height: 100%; cursor: crosshair;
                      touch-action: none; user-select: none; }
.infrared-board text { paint-order: stroke; stroke: #000; stroke-width: .25em; font-weight: 600;
                       pointer-events: none; }
.infrared-draft { fill: rgb(255 255 255 / .15); stroke: #fff; stroke-width: 2;
                  vector-effect: non-scaling-stroke; }
"""
PEN = """
const KEY = 'vision-lab-infrared-draft';
let start = null, moved = false, points = [];
const board = () => element.querySelector('.infrared-board svg');
const size = () => board().viewBox.baseVal;
const place = (event) => {
  const box = board().getBoundingClientRect();
  return [(event.clientX - box.left) / box.width * size().width,
          (event.clientY - box.top) / box.height * size().height];
};
const show = (corners, closed) => {
  const draft = board()?.querySelector('.infrared-draft');
  draft?.setAttribute('d', corners.length ? 'M' + corners.join('L') + (closed ? 'z' : '') : '');
};
const keep = () => {
  const file = board()?.dataset.file ?? '';
  if (points.length) sessionStorage.setItem(KEY, JSON.stringify({file, points}));
  else sessionStorage.removeItem(KEY);
};
const near = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) < size().width / 60;
const corners = (a, b) => [a, [b[0], a[1]], b, [a[0], b[1]]];
const close = () => {
  const polygon = points;
  points = [];
  show([]);
  keep();
  if (polygon.length) trigger('input', {polygon});
};
element.addEventListener('pointerdown', (event) => {
  if (!event.target.closest('.infrared-board svg')) return;
  board().setPointerCapture(event.pointerId);
  [start, moved] = [place(event), false];
});
element.addEventListener('pointermove', (event) => {
  if (!start) { if (points.length && board()) show([...points, place(event)]); return; }
  moved = moved || !near(start, place(event));
  if (moved && !points.length) show(corners(start, place(event)), true);
});
element.addEventListener('pointerup', (event) => {
  if (!start) return;
  const from = start, to = place(event);
  start = null;
  if (moved && !points.length) {
    show([]);
    trigger('select', {box: [...from, ...to]});
  } else if (points.length > 2 && near(points[0], to)) close();
  else {
    points.push(to);
    show(points);
    keep();
  }
});
element.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') close();
  if (event.key === 'Escape' || event.key === 'Backspace') {
    points.pop();
    show(points);
    keep();
  }
});
const restore = () => {
  points = [];
  const draft = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  if (draft && board() && draft.file === board().dataset.file) points = draft.points;
  if (board()) show(points);
};
watch('value', () => setTimeout(restore));
setTimeout(restore);
"""


def board(sheet: Sheet, request: gr.Request | None) -> str:
    """Return a picture with what was marked in it, ready to draw on."""
    marks = "".join(marked(place, sheet, request) for place in range(len(sheet.marked)))
    alt, file = (html.escape(text) for text in (say("infrared.board_alt", request), sheet.file))
    wide, content = round(60 * sheet.width / sheet.height), html.escape(sheet.content)
    return (f'<div class="infrared-board" style="max-width:{wide}vh">'
            f'<img src="data:image/jpeg;base64,{content}" alt="{alt}" draggable="false">'
            f'<svg tabindex="0" aria-label="{alt}" data-file="{file}" '
            f'viewBox="0 0 {sheet.width} {sheet.height}" preserveAspectRatio="none">{marks}'
            '<path class="infrared-draft" d=""/></svg></div>')


def marked(place: int, sheet: Sheet, request: gr.Request | None) -> str:
    """Return a marked device as its mask's outline and its name."""
    mark, size = sheet.marked[place], sheet.width / 36
    labelled = sheet.labelled
    assert labelled.masks is not None
    tint = COLOURS[place % len(COLOURS)]
    name = html.escape(f"{place + 1} {called('class', mark.name, request)}")
    return (f'<g fill="{tint}"><path d="{shape(labelled.masks[place])}" fill-opacity=".45" '
            f'fill-rule="evenodd" stroke="{tint}" vector-effect="non-scaling-stroke"/>'
            f'<text x="{mark.box[0]:.1f}" y="{max(mark.box[1] - 3, size):.1f}" '
            f'font-size="{size:.1f}">{name}</text></g>')
