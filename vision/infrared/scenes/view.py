"""Where the camera stands, and where a thing stands before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vision.rotation import about_ahead, about_up

NEAR = 0.8  # metres: nothing closer than this is drawn


@dataclass(frozen=True)
class View:
    """A pinhole camera in a yard; yard axes are right, up and ahead, in metres."""

    width: int
    height: int
    focal: float  # pixels
    eye: np.ndarray  # (3,)
    rotation: np.ndarray  # (3, 3), yard axes to right, down and forward

    def place(self, spot: np.ndarray, turn: float = 0.0, lean: float = 0.0) -> Place:
        """Return how a thing looks whose own axes stand at `spot`, turned and leaning (radians)."""
        own = about_up(turn) @ about_ahead(lean)
        matrix = self.rotation @ own  # (3, 3)
        shift = self.rotation @ (np.asarray(spot, np.float64) - self.eye)
        return Place(matrix, shift, self.focal, (self.width / 2, self.height / 2))

    def elevation(self) -> np.ndarray:
        """Return the sine (H, W) of how far above the horizon each pixel's upper left corner is."""
        x = (np.arange(self.width, dtype=np.float32) - self.width / 2)[None] / self.focal
        y = (np.arange(self.height, dtype=np.float32) - self.height / 2)[:, None] / self.focal
        right, down, forward = self.rotation[:, 1].astype(np.float32)
        return (x * right + y * down + forward) / np.sqrt(1 + x * x + y * y)


@dataclass(frozen=True)
class Place:
    """The map from a thing's own axes to pixels."""

    matrix: np.ndarray  # (3, 3), own axes to right, down and forward
    shift: np.ndarray  # (3,)
    focal: float
    centre: tuple[float, float]

    def seen(self, points: np.ndarray) -> np.ndarray:
        """Return points (N, 3) as right, down and forward of the camera (N, 3)."""
        return np.asarray(points, np.float64) @ self.matrix.T + self.shift

    def pixels(self, seen: np.ndarray) -> np.ndarray:
        """Return points before the camera (N, 3) as pixels (N, 2)."""
        return seen[:, :2] * (self.focal / np.maximum(seen[:, 2:], NEAR)) + self.centre

    def distance(self, point: np.ndarray) -> float:
        """Return how far ahead of the camera a point is."""
        return float(self.matrix[2] @ point + self.shift[2])

    def moved(self, by: np.ndarray) -> Place:
        """Return the place whose origin is at the point `by` of this one."""
        shift = self.matrix @ np.asarray(by, np.float64) + self.shift
        return Place(self.matrix, shift, self.focal, self.centre)
