"""Buildings: blocks with textured fronts, sides, roofs and chimneys."""

from __future__ import annotations

import numpy as np

from vision.segmentation.scenes.camera import Camera
from vision.segmentation.scenes.canvas import BUILDING, Canvas
from vision.segmentation.scenes.facades import add_windows, draw_style, facade, wall_texture
from vision.segmentation.scenes.light import Light
from vision.segmentation.scenes.things import Cast, Spot, Thing, paint_flat, paint_quad, upright

ROOFS = [(92, 84, 84), (120, 82, 66), (84, 88, 98), (104, 96, 88), (140, 96, 74)]


class Building(Thing):
    """A block whose front runs from `left` to `right` (across, ahead) as seen from the street."""

    low = False

    def __init__(
        self,
        rng: np.random.Generator,
        left: Spot,
        right: Spot,
        depth: float,
        height: float,
        shop: bool,
    ) -> None:
        """Choose the building's look; textures are finer the nearer it stands."""
        self.left, self.right = np.array(left, float), np.array(right, float)
        width = float(np.linalg.norm(self.right - self.left))
        along = (self.right - self.left) / width
        self.back = np.array([-along[1], along[0]]) * depth
        super().__init__(float(max(left[1], right[1])))
        self.along, self.height = along, height
        self.nearest = max(min(left[1], right[1]), 4)
        self.fine = float(np.clip(700 / self.nearest, 7, 34))
        self.style, self.seed = draw_style(rng, shop), int(rng.integers(1 << 32))
        self.rise = rng.uniform(1.5, 3.5) if height < 13 and rng.random() < 0.7 else 0.0
        self.roof = np.array(ROOFS[rng.integers(len(ROOFS))]) * rng.uniform(0.6, 1.1)
        self.chimneys = rng.uniform(0.05, 0.95, rng.integers(0, 3)) if self.rise else np.zeros(0)
        outline = np.array([self.left, self.right, self.right + self.back, self.left + self.back])
        self.casts = [Cast(outline, 0, height + self.rise / 2)]

    def paint(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the visible walls, then the roof."""
        left, right, back, height = self.left, self.right, self.back, self.height
        out = -back / np.linalg.norm(back)
        front, aside = (out[0], 0, out[1]), (self.along[0], 0, self.along[1])
        against = (-aside[0], 0, -aside[2])
        self._gable(canvas, camera, light, left + back, left, against)
        self._gable(canvas, camera, light, right, right + back, aside)
        corners = upright(left, right, -0.3, height)
        paint_quad(canvas, camera, light, self._front, corners, front, BUILDING)
        if self.rise:
            self._roof(canvas, camera, light, front)

    def _front(self) -> np.ndarray:
        """The texture of the front."""
        width = float(np.linalg.norm(self.right - self.left))
        rng = np.random.default_rng(self.seed)
        return facade(rng, self.style, width, self.height, self.fine)

    def _side(self) -> np.ndarray:
        """The texture of a side wall."""
        rng = np.random.default_rng(self.seed)
        depth = float(np.linalg.norm(self.back))
        wall = wall_texture(rng, self.style, depth, self.height, self.fine)
        if rng.random() < 0.5:
            storeys = max(1, round(self.height / self.style.storey))
            add_windows(rng, self.style, wall, storeys, int(rng.integers(1, 4)))
        return wall

    def _gable(
        self, canvas: Canvas, camera: Camera, light: Light, a: np.ndarray, b: np.ndarray, n: tuple
    ) -> None:
        """Paint a side wall and the triangle under the roof."""
        corners = upright(a, b, -0.3, self.height)
        middle = (a + b) / 2
        colour = light.on(self.style.colour, n, float(middle[1]))
        if self.nearest < 55:
            paint_quad(canvas, camera, light, self._side, corners, n, BUILDING)
        else:
            paint_flat(canvas, camera, colour, corners, BUILDING)
        if self.rise:
            peak = np.array([[middle[0], self.height + self.rise, middle[1]]])
            triangle = np.concatenate([corners[:1], peak, corners[1:2]])
            paint_flat(canvas, camera, colour, triangle, BUILDING)

    def _roof(self, canvas: Canvas, camera: Camera, light: Light, front: tuple) -> None:
        """Paint the roof's front slope and the chimneys on its ridge."""
        ridge_left, ridge_right = self.left + self.back / 2, self.right + self.back / 2
        high = self.height + self.rise
        for share in self.chimneys:
            foot = ridge_left + (ridge_right - ridge_left) * share
            self._chimney(canvas, camera, light, foot, high)
        slope = np.concatenate(
            [upright(ridge_left, ridge_right, high, high)[:2],
             upright(self.left, self.right, self.height, self.height)[2:]]
        )
        colour = light.on(self.roof, (front[0] * 0.6, 0.8, front[2] * 0.6), self.ahead)
        points = camera.outline(slope)
        if len(points) > 2:
            canvas.shade(points, colour * 0.9, colour * 1.08, BUILDING)

    def _chimney(
        self, canvas: Canvas, camera: Camera, light: Light, foot: np.ndarray, low: float
    ) -> None:
        """Paint one chimney as two flat faces."""
        brick = np.array([128, 84, 66])
        half = self.along * 0.5
        depth = self.back / np.linalg.norm(self.back) * 0.6
        near = foot - depth
        out = -depth / 0.6
        for a, b, n in (
            (near - half, near + half, (out[0], 0, out[1])),
            (foot + depth - half, near - half, (-self.along[0], 0, -self.along[1])),
            (near + half, foot + depth + half, (self.along[0], 0, self.along[1])),
        ):
            corners = upright(a, b, low - 0.6, low + 1.1)
            paint_flat(canvas, camera, light.on(brick, n, self.ahead), corners, BUILDING)
