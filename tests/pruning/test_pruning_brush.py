"""The brush of the drawings: what is mirrored, turned, moved and enlarged, and how far."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vision.pruning.drawings.brush import Brush
from vision.pruning.drawings.hard import fog, night


def drawn(**look: Any) -> np.ndarray:
    """Return where a bar in the upper left is painted, bool (100, 100)."""
    canvas = np.zeros((100, 100, 3), np.uint8)
    Brush(canvas, **look).polygon((255, 255, 255), (20, 10), (40, 10), (40, 30), (20, 30))
    return canvas[..., 0] > 127


def edges(where: np.ndarray) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom."""
    rows, columns = np.nonzero(where)
    return columns.min(), rows.min(), columns.max(), rows.max()


@pytest.mark.parametrize(("look", "wanted"), [
    ({}, (20, 10, 40, 30)), ({"mirror": True}, (60, 10, 80, 30)),
    ({"shift": (5, -3)}, (25, 7, 45, 27)), ({"size": 0.5}, (35, 30, 45, 40)),
    ({"turn": np.pi / 2}, (70, 20, 90, 40)),  # clockwise, as y grows downwards
    ({"turn": np.pi / 2, "mirror": True}, (70, 60, 90, 80)),
])
def test_a_brush_paints_where_it_says(look: dict[str, Any], wanted: tuple[int, ...]) -> None:
    assert edges(drawn(**look)) == pytest.approx(wanted, abs=1)


def test_a_turned_ellipse_and_a_line_have_their_size() -> None:
    canvas = np.zeros((200, 200, 3), np.uint8)
    Brush(canvas).ellipse((255, 0, 0), (50, 50), 30, 10, 90)
    Brush(canvas).line((0, 255, 0), 4, (10, 5), (90, 5))
    assert edges(canvas[..., 0] > 127) == pytest.approx((80, 40, 120, 160), abs=2)
    left, top, right, bottom = edges(canvas[..., 1] > 127)
    assert bottom - top + 1 == pytest.approx(8, abs=1) and right - left == pytest.approx(168, abs=3)


def test_fog_thickens_upwards_and_nights_are_dark_and_blue() -> None:
    canvas, random = np.full((50, 50, 3), 60, np.uint8), np.random.default_rng(0)
    foggy = fog(canvas, random).astype(int)
    assert (np.diff(foggy[:, 0, 0]) <= 0).all() and foggy[0, 0, 0] > foggy[-1, 0, 0] + 20
    red, _, blue = night(canvas, random)[0, 0].tolist()
    assert red < blue < 60
