"""A board to draw on with mouse, finger or pen: it works at the first stroke."""

from __future__ import annotations

import base64
import io
from typing import Any

import gradio as gr
import numpy as np

LARGEST = 8  # characters a pixel, of a drawing as PNG in base64
PAGE = """<canvas width="${columns}" height="${rows}" style="aspect-ratio:${columns}/${rows}"
></canvas><div class="lab-board-scale">${below}</div>"""
LOOK = """
canvas { display: block; width: 100%; touch-action: none; cursor: crosshair; border-radius: 6px;
         background: var(--input-background-fill); border: 1px solid var(--border-color-primary); }
.lab-board-scale { display: flex; justify-content: space-between; font-size: .85rem;
                   color: var(--body-text-color-subdued); }
"""
PEN = """
const canvas = element.querySelector("canvas"), pen = canvas.getContext("2d");
Object.assign(pen, {lineCap: "round", lineJoin: "round", lineWidth: props.width,
                    strokeStyle: props.colour});
const reach = (event) => {
  const frame = canvas.getBoundingClientRect();
  pen.lineTo((event.clientX - frame.left) / frame.width * canvas.width,
             (event.clientY - frame.top) / frame.height * canvas.height);
  pen.stroke();
};
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  pen.beginPath();
  reach(event);
});
canvas.addEventListener("pointermove", (event) => {
  if (canvas.hasPointerCapture(event.pointerId)) reach(event);
});
canvas.addEventListener("lostpointercapture", () => {
  props.value = canvas.toDataURL();
  trigger("input");
});
const show = () => {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const picture = new Image();
  picture.onload = () => pen.drawImage(picture, 0, 0);
  if (props.value) picture.src = props.value;
};
watch("value", show);
show();
"""


class DrawingBoard(gr.HTML):
    """A board of some columns and rows; it hands over the ink, and the value None wipes it.

    `below` is HTML that stands under the board, such as the numbers of a scale.
    """

    is_template = True

    def __init__(self, *, columns: int = 280, rows: int = 280, width: int = 18,
                 colour: str = "#2563eb", below: str = "", **settings: Any) -> None:
        self.size = (columns, rows)
        super().__init__(
            html_template=PAGE, css_template=LOOK, js_on_load=PEN, columns=columns, rows=rows,
            width=width, colour=colour, below=below, **settings)

    def preprocess(self, payload: str | None) -> np.ndarray | None:  # type: ignore[override]
        """Return how much ink covers each place, uint8 (rows, columns); None before any stroke."""
        return ink(payload, self.size) if payload else None


def ink(drawing: str, size: tuple[int, int]) -> np.ndarray:
    """Return the ink of a drawing, a PNG in base64 that has the size (width, height) of its board.
    """
    from PIL import Image

    if len(drawing) > LARGEST * size[0] * size[1]:
        raise ValueError(f"a drawing of {len(drawing)} characters")
    content = base64.b64decode(drawing.partition(",")[2])
    drawn = Image.open(io.BytesIO(content), formats=("PNG",))
    if drawn.size != size:
        raise ValueError(f"a drawing of {drawn.size} on a board of {size}")
    return np.asarray(drawn.convert("RGBA"))[..., 3]
