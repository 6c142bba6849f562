"""What every object in a street shares: a place, a shadow and a way to be painted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from vision.segmentation.scenes.camera import Camera
from vision.segmentation.scenes.canvas import Canvas
from vision.segmentation.scenes.light import Light
from vision.segmentation.scenes.mesh import clockwise

Spot = tuple[float, float]  # a ground point: (across, ahead) in metres


@dataclass
class Cast:
    """A shape that throws a shadow: a ground outline M×2 raised from `low` to `high` metres."""

    outline: np.ndarray
    low: float
    high: float

    def shadow(self, sun: np.ndarray) -> np.ndarray:
        """The shadow's outline K×2 on the ground."""
        slope = -np.array([sun[0], sun[2]]) / max(sun[1], 0.05)
        reach = float(np.hypot(*slope)) * self.high
        slope = slope * min(1, 45 / max(reach, 1e-6))
        points = np.concatenate([self.outline + slope * self.low, self.outline + slope * self.high])
        return cv2.convexHull(points.astype(np.float32))[:, 0].astype(np.float64)


@dataclass
class Thing(ABC):
    """Something that stands in the street."""

    ahead: float  # metres, the order of painting: far things first
    casts: list[Cast] = field(default_factory=list, init=False)
    low = True  # whether it is so low that a building's shadow can cover it

    def shadows(self, light: Light) -> list[np.ndarray]:
        """The outlines K×2 of its shadows on the ground; without sun only right below it."""
        if light.strength > 0.02:
            return [cast.shadow(light.sun) for cast in self.casts]
        return [cast.outline for cast in self.casts if cast.low == 0 and cast.high < 2]

    @abstractmethod
    def paint(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the thing where the camera sees it."""


def rectangle(across: float, ahead: float, width: float, length: float) -> np.ndarray:
    """A ground rectangle 4×2 around a point."""
    half = np.array([width, length]) / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    return corners + (across, ahead)


def upright(left: np.ndarray, right: np.ndarray, low: float, high: float) -> np.ndarray:
    """The corners 4×3 of a wall over two ground points, clockwise from the top left."""
    return np.array(
        [[left[0], high, left[1]], [right[0], high, right[1]],
         [right[0], low, right[1]], [left[0], low, left[1]]], np.float64
    )


def paint_quad(
    canvas: Canvas,
    camera: Camera,
    light: Light,
    texture: np.ndarray | Callable[[], np.ndarray],
    corners: np.ndarray,
    normal: tuple,
    label: int,
    colour: np.ndarray | None = None,
    cover: np.ndarray | None = None,
) -> None:
    """Paint a textured quad 4×3 (clockwise from the top left) if its front is seen.

    A texture given as a function is only made then; see `Canvas.warp` for what it may hold.
    """
    points = camera.outline(corners)
    if not clockwise(points) or canvas.misses(points):
        return
    surface = texture() if callable(texture) else texture
    plane = camera.plane(corners[0], corners[1], corners[3])
    table = light.table(colour, normal, float(corners[:, 2].mean()))
    canvas.warp(surface, plane, points, table, label, cover)


def paint_flat(
    canvas: Canvas, camera: Camera, colour: np.ndarray, corners: np.ndarray, label: int
) -> None:
    """Paint a polygon N×3 in one final colour if its front faces the camera."""
    points = camera.outline(corners)
    if clockwise(points):
        canvas.fill(points, colour, label)
