"""The drawing board: what the browser sends becomes ink, and nothing else gets in."""

from __future__ import annotations

import base64
import io

import cv2
import numpy as np
import pytest
from PIL import Image

from vision.ui.components.inputs.drawing_board import DrawingBoard


def sent(pixels: np.ndarray) -> str:
    """Return pixels as the browser's canvas sends them."""
    content = cv2.imencode(".png", pixels)[1].tobytes()
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def test_ink_is_what_covers_the_board() -> None:
    cover = np.random.default_rng(0).integers(0, 256, (12, 32)).astype(np.uint8)
    pixels = np.dstack([np.full((12, 32, 3), 90, np.uint8), cover])
    assert np.array_equal(DrawingBoard(columns=32, rows=12).preprocess(sent(pixels)), cover)


def test_before_any_stroke_there_is_none() -> None:
    assert DrawingBoard().preprocess(None) is None


def as_kind(kind: str) -> str:
    """Return a picture of the board's size in a format that browsers' canvases do not send."""
    content = io.BytesIO()
    Image.new("RGB", (32, 12)).save(content, kind)
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


@pytest.mark.parametrize("payload", [
    as_kind("EPS"), as_kind("TIFF"), as_kind("JPEG"), as_kind("PPM"),
    sent(np.zeros((12, 32, 4), np.uint8)) + "A" * 10_000,
    "data:image/png;base64,AAAA", "scribble", sent(np.zeros((5, 5, 4), np.uint8)),
])
def test_other_things_are_refused(payload: str) -> None:
    with pytest.raises((ValueError, OSError)):
        DrawingBoard(columns=32, rows=12).preprocess(payload)
