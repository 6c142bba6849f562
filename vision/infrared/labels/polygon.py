"""Masks from polygons: the pixels whose middle a polygon holds."""

from __future__ import annotations

import numpy as np

from vision.errors import UserError

MOST_POINTS = 5000
AT_ONCE = 200  # edges, so that little memory is needed
FARTHEST = (-20000, 40000)  # pixels, where a corner may lie


def polygon_mask(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the mask (H, W) of a polygon (n, 2), x and y in pixels.

    A ray to the right of a middle that lies inside meets the outline an odd number of times.
    """
    corners = np.asarray(points, np.float64)
    if not 3 <= len(corners) <= MOST_POINTS or not np.isfinite(corners).all():
        raise UserError("the polygon has {count} points", "from 3 to {most} points are accepted",
                        "draw around the device", count=len(corners), most=MOST_POINTS)
    starts = corners.clip(*FARTHEST) - 0.5  # so that the middles of pixels are whole numbers
    ends = np.roll(starts, -1, axis=0)
    height, width = size
    turns = np.zeros(height * (width + 1), np.uint8)  # that the outline makes at each pixel
    for first in range(0, len(starts), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        rows, columns = _crossings(starts[part], ends[part], height)
        np.add.at(turns, rows * (width + 1) + columns.clip(0, width), np.uint8(1))
    inside = np.cumsum(turns.reshape(height, width + 1), axis=1, dtype=np.uint8)
    return inside[:, :width] % 2 == 1


def _crossings(starts: np.ndarray, ends: np.ndarray, height: int
               ) -> tuple[np.ndarray, np.ndarray]:
    """Return the row of each crossing of edges (n, 2) with rows, and its first column beyond."""
    tops, bottoms = np.minimum(starts[:, 1], ends[:, 1]), np.maximum(starts[:, 1], ends[:, 1])
    first, last = (np.ceil(edge).clip(0, height).astype(int) for edge in (tops, bottoms))
    counts = last - first
    edges = np.repeat(np.arange(len(starts)), counts)  # of each crossing
    before = np.repeat(counts.cumsum() - counts, counts)
    rows = first[edges] + np.arange(len(edges)) - before
    (x0, y0), (x1, y1) = starts[edges].T, ends[edges].T
    return rows, np.ceil(x0 + (rows - y0) / (y1 - y0) * (x1 - x0)).astype(int)
