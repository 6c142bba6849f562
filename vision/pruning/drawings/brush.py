"""A brush that paints in a square of 100×100, placed, turned and mirrored as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

Colour = tuple[int, int, int]
Point = tuple[float, float]
FRACTION = 4  # bits behind the binary point of OpenCV's coordinates


class Brush:
    """Paints shapes given in units of a hundredth of the canvas; y grows downwards."""

    def __init__(self, canvas: np.ndarray, *, size: float = 1.0, shift: Sequence[float] = (0, 0),
                 turn: float = 0.0, mirror: bool = False) -> None:
        self.canvas = canvas
        self.unit = size * len(canvas) / 100
        cos, sin = np.cos(turn) * self.unit, np.sin(turn) * self.unit
        side = -1 if mirror else 1
        self.matrix = np.array([[cos * side, -sin], [sin * side, cos]])
        self.centre = (np.array(shift) + 50) * len(canvas) / 100

    def place(self, points: Sequence[Point] | np.ndarray) -> np.ndarray:
        """Return points of the drawing on the canvas, fixed-point as OpenCV takes them."""
        placed = (np.asarray(points, float) - 50) @ self.matrix.T + self.centre
        return np.round(placed * 2**FRACTION).astype(np.int32)

    def polygon(self, colour: Colour, *points: Point) -> None:
        """Fill the polygon of these corners."""
        cv2.fillPoly(self.canvas, [self.place(points)], colour, cv2.LINE_AA, FRACTION)

    def ellipse(self, colour: Colour, centre: Point, width: float, height: float,
                turn: float = 0.0) -> None:
        """Fill an ellipse of these half-axes, turned by degrees."""
        angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        flat = np.stack([width * np.cos(angle), height * np.sin(angle)], 1)  # (48, 2)
        cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        self.polygon(colour, *(flat @ np.array([[cos, sin], [-sin, cos]]) + centre))

    def line(self, colour: Colour, width: float, *points: Point) -> None:
        """Paint a line through these points with round ends."""
        thick = max(round(width * self.unit), 1)
        cv2.polylines(self.canvas, [self.place(points)], False, colour, thick, cv2.LINE_AA,
                      FRACTION)


@dataclass(frozen=True)
class Subject:
    """How to paint one class, where it is found, and how far it tilts in radians."""

    paint: Callable[[Brush, np.random.Generator], None]
    places: tuple[str, ...]
    tilt: float = 0.05


def pick(random: np.random.Generator, *colours: Colour) -> Colour:
    """Return one of the colours, a little changed."""
    return shade(colours[int(random.integers(len(colours)))], random.uniform(0.85, 1.15))


def shade(colour: Colour, factor: float) -> Colour:
    """Return a colour made darker or lighter."""
    red, green, blue = (int(min(max(value * factor, 0), 255)) for value in colour)
    return red, green, blue
