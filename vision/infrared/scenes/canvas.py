"""The field and the map of what is where, painted together so that they agree to the pixel."""

from __future__ import annotations

import cv2
import numpy as np

SHIFT = 3  # binary digits of sub-pixel position handed to OpenCV
SKY, SURROUNDINGS = 0, 1
Box = tuple[int, int, int, int]


class Canvas:
    """A field of apparent temperatures (H, W) in °C, and which piece each pixel shows (H, W)."""

    def __init__(self, field: np.ndarray) -> None:
        self.field = np.ascontiguousarray(field, np.float32)
        self.piece: np.ndarray = np.zeros(field.shape, np.uint16)

    def fill(self, points: np.ndarray, temperature: float, piece: int) -> None:
        """Fill a polygon (N, 2) with one temperature."""
        if self.box(points) is None:
            return
        corners = [fixed(points)]
        cv2.fillPoly(self.field, corners, float(temperature), shift=SHIFT)
        cv2.fillPoly(self.piece, corners, piece, shift=SHIFT)

    def shade(self, points: np.ndarray, temperatures: np.ndarray, piece: int) -> None:
        """Fill a polygon (N, 2) with the plane through the temperatures (N) at its corners."""
        box = self.box(points)
        if box is None:
            return
        left, top, right, bottom = box
        x = np.arange(left, right, dtype=np.float32)
        y = np.arange(top, bottom, dtype=np.float32)
        across, down, level = plane(points, temperatures)
        values = (across * x)[None] + (down * y + level)[:, None]  # (h, w)
        mask = np.zeros(values.shape, np.uint8)
        cv2.fillPoly(mask, [fixed(points - (left, top))], 1, shift=SHIFT)
        low, high = np.min(temperatures), np.max(temperatures)
        self.stamp(box, values.clip(low, high), mask, piece)

    def strokes(self, lines: list[np.ndarray], width: float, temperature: float, piece: int
                ) -> None:
        """Draw connected lines (N, 2) of this width in pixels."""
        corners = [fixed(line) for line in lines if self.box(line, width) is not None]
        if not corners:
            return
        thick = max(1, round(width))
        cv2.polylines(self.field, corners, False, float(temperature), thick, shift=SHIFT)
        cv2.polylines(self.piece, corners, False, piece, thick, shift=SHIFT)

    def stamp(self, box: Box, values: np.ndarray, mask: np.ndarray, piece: int) -> None:
        """Copy values (h, w) and their piece where the mask (h, w) is set."""
        left, top, right, bottom = box
        inside = mask.astype(bool, copy=False)
        np.copyto(self.field[top:bottom, left:right], values, where=inside, casting="same_kind")
        np.copyto(self.piece[top:bottom, left:right], np.uint16(piece), where=inside)

    def box(self, points: np.ndarray, margin: float = 0) -> Box | None:
        """Return the part of the canvas that a shape can touch (left, top, right, bottom)."""
        height, width = self.piece.shape
        x, y, wide, high = cv2.boundingRect(points.astype(np.float32))
        spare = int(margin) + 1
        left, top = max(x - spare, 0), max(y - spare, 0)
        right, bottom = min(x + wide + spare, width), min(y + high + spare, height)
        return (left, top, right, bottom) if left < right and top < bottom else None


def fixed(points: np.ndarray) -> np.ndarray:
    """Return pixel positions as OpenCV's fixed-point integers, kept where it can count them."""
    return (points.clip(-8000, 8000) * (1 << SHIFT)).round().astype(np.int32)


def plane(points: np.ndarray, values: np.ndarray) -> tuple[float, float, float]:
    """Return the plane a·x + b·y + c nearest to the values (N) at points (N, 2)."""
    centre, level = points.mean(0), float(np.mean(values))
    offsets = points - centre
    spread = offsets.T @ offsets + 1e-3 * np.eye(2)
    across, down = np.linalg.solve(spread, offsets.T @ (np.asarray(values) - level))
    return float(across), float(down), level - float(across * centre[0] + down * centre[1])
