"""What devices are made of, beside what is turned on the lathe: blocks, plates, rods and bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vision.infrared.scenes.scenery import Scenery
from vision.infrared.scenes.surfaces import STEEL, Surface, seems
from vision.infrared.scenes.view import NEAR

BARE = None  # the zone of what carries a device but is no part of it


class Part(Protocol):
    """One part of a thing, in the thing's own axes: right, up and ahead, in metres."""

    @property
    def zone(self) -> str | None: ...
    @property
    def middle(self) -> np.ndarray: ...
    def paint(self, scenery: Scenery, piece: int) -> None: ...


@dataclass(frozen=True)
class Block:
    """A box with its faces along the thing's own axes; `warm` at its bottom and at its top."""

    low: np.ndarray  # (3,), the corner with the smallest numbers
    high: np.ndarray
    surface: Surface
    warm: tuple[float, float] = (0.0, 0.0)
    zone: str | None = ""

    @property
    def middle(self) -> np.ndarray:
        return (self.low + self.high) / 2

    def paint(self, scenery: Scenery, piece: int) -> None:
        """Paint the faces that look towards the camera."""
        place = scenery.place
        eye = -place.shift @ place.matrix  # (3,), the camera in own axes
        for axis in range(3):
            for side, corner in ((-1, self.low), (1, self.high)):
                if side * (eye[axis] - corner[axis]) > 0:
                    self._face(scenery, piece, axis, side)

    def _face(self, scenery: Scenery, piece: int, axis: int, side: int) -> None:
        ends = np.stack([self.low, self.high])  # (2, 3)
        choice = np.zeros((4, 3), int)
        choice[:, [other for other in range(3) if other != axis]] = SQUARE
        choice[:, axis] = side > 0
        corners = ends[choice, np.arange(3)]  # (4, 3)
        sun = 0.6 * side * scenery.air.side * scenery.air.sun if axis == 0 else 0.0
        warm = np.take(self.warm, choice[:, 1]) + self.surface.absorbs * sun
        up = np.full(4, float(side) if axis == 1 else 0.0)
        _polygon(corners, warm, up, self.surface, scenery, piece)


SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])


@dataclass(frozen=True)
class Plate:
    """A flat polygon (N, 3) with a warmth at each of its corners."""

    corners: np.ndarray
    surface: Surface
    warm: np.ndarray | float = 0.0
    zone: str | None = ""

    @property
    def middle(self) -> np.ndarray:
        return self.corners.mean(0)

    def paint(self, scenery: Scenery, piece: int) -> None:
        """Fill it."""
        count = len(self.corners)
        warm = np.broadcast_to(np.asarray(self.warm, float), count)
        _polygon(self.corners, warm, np.zeros(count), self.surface, scenery, piece)


@dataclass(frozen=True)
class Rods:
    """Bars, pipes or wires of one thickness, each a row of points (N, 3)."""

    lines: tuple[np.ndarray, ...]
    radius: float
    surface: Surface = STEEL
    warm: float = 0.0
    zone: str | None = ""

    @property
    def middle(self) -> np.ndarray:
        return np.concatenate(self.lines).mean(0)

    def paint(self, scenery: Scenery, piece: int) -> None:
        """Draw them as wide as they are halfway."""
        place = scenery.place
        distance = place.distance(self.middle)
        if distance < NEAR:
            return
        counts = np.cumsum([len(line) for line in self.lines])[:-1]
        seen = place.seen(np.concatenate(self.lines))
        lines = [line for line, ahead in zip(np.split(place.pixels(seen), counts),
                                             np.split(seen[:, 2], counts), strict=True)
                 if ahead.min() > NEAR]
        level = float(seems(np.array(self.warm), np.array(0.1), self.surface, scenery.air,
                            scenery.transmission))
        width = 2 * self.radius * place.focal / distance
        scenery.canvas.strokes(lines, width, level, piece)


def _polygon(corners: np.ndarray, warm: np.ndarray, up: np.ndarray, surface: Surface,
             scenery: Scenery, piece: int) -> None:
    seen = scenery.place.seen(corners)
    if seen[:, 2].min() < NEAR:
        return
    points = scenery.place.pixels(seen)
    temperatures = seems(warm, up, surface, scenery.air, scenery.transmission)
    if np.ptp(temperatures) < 0.05:
        scenery.canvas.fill(points, float(temperatures[0]), piece)
    else:
        scenery.canvas.shade(points, temperatures, piece)
