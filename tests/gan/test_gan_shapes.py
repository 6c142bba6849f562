"""The drawn shapes: each is what its name says, upright where it is not turned."""

from __future__ import annotations

import numpy as np

from vision.gan.shapes import _SHAPES, CLASSES


def drawn(name: str) -> np.ndarray:
    """Return a shape that is not turned, bool (101, 101), its middle in the middle."""
    canvas = np.zeros((101, 101), np.uint8)
    _SHAPES[name](canvas, np.array([50.0, 50.0]), 40.0, 0.0, 8)
    return canvas > 0


def test_what_is_filled_is_filled_and_what_is_not_is_not() -> None:
    filled = {name for name in CLASSES if drawn(name)[50, 50]}
    assert filled == {"disc", "square", "triangle", "diamond", "plus", "cross", "bar"}
    for full, hollow in (("disc", "ring"), ("square", "frame")):
        assert drawn(hollow).sum() < 0.7 * drawn(full).sum()


def test_the_tip_of_a_triangle_is_on_top_and_a_bar_stands() -> None:
    widths = drawn("triangle").sum(1)
    assert widths[15] < widths[40] < widths[65] and not widths[80:].any()
    high, wide = (drawn("bar").any(axis).sum() for axis in (1, 0))
    assert high > 80 and wide < 15
    assert drawn("arc")[60:].any() and not drawn("arc")[:40].any()  # its lower half is drawn


def test_corners_and_arms_point_where_they_should() -> None:
    square, diamond, plus, cross = map(drawn, ("square", "diamond", "plus", "cross"))
    assert square[25, 25] and not square[15, 50] and diamond[15, 50] and not diamond[25, 25]
    assert plus[15, 50] and plus[50, 15] and not plus[25, 25]
    assert cross[25, 25] and cross[25, 75] and not cross[15, 50]
