"""A board to draw on with mouse, finger or pen: it works at the first stroke."""

from __future__ import annotations

import base64
import io
from typing import Any

import gradio as gr
import numpy as np

from vision.ui.components.page_files import beside

LARGEST = 8  # characters a pixel, of a drawing as PNG in base64
PAGE = beside(__file__, "drawing_board.html")
LOOK = beside(__file__, "drawing_board.css")
PEN = beside(__file__, "drawing_board.js")


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
