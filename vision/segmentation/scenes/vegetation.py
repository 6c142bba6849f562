"""Trees in leaf and bare trees, bushes and hedges."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from .camera import Camera
from .canvas import TREE, Canvas
from .light import Light
from .textures import crop, fractal
from .things import Cast, Thing, paint_quad, rectangle, upright

KINDS = 8  # sprites of each sort
SIDE = 256  # pixels


@lru_cache(maxsize=None)
def leafy(kind: int, trunk: bool) -> tuple[np.ndarray, np.ndarray]:
    """A crown as brightness H×W (uint8, 128 is plain) and opacity H×W, with or without trunk."""
    rng = np.random.default_rng(100 + kind)
    tone, alpha = np.full((SIDE, SIDE), 60, np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    low = 0.68 if trunk else 1.0
    if trunk:
        points = np.array([[122, 255], [134, 255], [131, 120], [126, 120]])
        cv2.fillConvexPoly(tone, points, 66)
        cv2.fillConvexPoly(alpha, points, 255)
    angle, reach = rng.uniform(0, 2 * np.pi, 260), np.sqrt(rng.random(260))
    lobes = 1 + 0.18 * np.sin(angle * rng.integers(3, 6) + rng.uniform(0, 6))
    x = 128 + 98 * reach * np.cos(angle) * lobes
    y = SIDE * low / 2 + SIDE * low * 0.4 * reach * np.sin(angle) * lobes
    for i in np.argsort(-y + rng.uniform(-60, 60, 260)):
        size = int(rng.integers(7, 20))
        bright = 128 + 75 * (0.5 - y[i] / (SIDE * low)) * 1.3 + rng.normal(0, 16)
        spot = (int(x[i]), int(min(y[i], SIDE - 4)))
        cv2.circle(tone, spot, size, float(np.clip(bright * 0.8, 20, 250)), -1)
        cv2.circle(tone, (spot[0], spot[1] - 3), size * 2 // 3, float(np.clip(bright, 20, 250)), -1)
        cv2.circle(alpha, spot, size, 255, -1)
    leaves = crop(fractal(0.62, 20 + kind), SIDE, SIDE)
    shaded = np.clip(tone * (1 + 0.24 * leaves), 0, 255).astype(np.uint8)
    soft = cv2.GaussianBlur(alpha, (0, 0), 4).astype(np.float32) + 50 * leaves
    opaque = np.where(alpha > 0, soft > 105, soft > 150)
    opaque |= cv2.erode(alpha, np.ones((15, 15))) > 0
    return shaded, (opaque * 255).astype(np.uint8)


@lru_cache(maxsize=None)
def bare(kind: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A leafless tree: brightness, opacity and the crown's closed outline, each H×W uint8."""
    rng = np.random.default_rng(200 + kind)
    side = SIDE * 2
    alpha = np.zeros((side, side), np.uint8)
    shoots = [(side / 2, side - 1.0, -np.pi / 2, side * 0.27, side * 0.028)]
    while shoots:
        x, y, angle, length, width = shoots.pop()
        bow = angle + rng.normal(0, 0.12)
        end = (x + length * np.cos(bow), y + length * np.sin(bow))
        cv2.line(alpha, (int(x), int(y)), (int(end[0]), int(end[1])), 255, max(1, round(width)))
        if length < side * 0.02:
            continue
        for turn in rng.uniform(0.12, 0.65, 3) * [1, -1, rng.choice([-0.5, 0.5])]:
            lifted = angle + turn
            lifted += 0.12 * (-np.pi / 2 - lifted)
            shoots.append((*end, lifted, length * rng.uniform(0.6, 0.82), width * 0.62))
        if len(shoots) > 900:
            shoots = shoots[-900:]
    tone = np.clip(112 + 22 * crop(fractal(0.5, 21), side, side), 0, 255).astype(np.uint8)
    closed = cv2.morphologyEx(alpha, cv2.MORPH_CLOSE, np.ones((23, 23), np.uint8))
    return tone, alpha, closed


class Tree(Thing):
    """One tree or bush that always faces the camera."""

    def __init__(
        self, rng: np.random.Generator, across: float, ahead: float, height: float, sort: str
    ) -> None:
        """A tree of a `sort`: "leafy", "bare" or "bush"."""
        super().__init__(ahead)
        self.across, self.height, self.sort = across, height, sort
        self.width = height * rng.uniform(0.7, 1.15) * (1.5 if sort == "bush" else 1.0)
        self.kind, self.flipped = int(rng.integers(KINDS)), bool(rng.random() < 0.5)
        self.colour = leaf_colour(rng)
        if sort == "bare":
            self.colour = np.array([128, 116, 104]) * rng.uniform(0.55, 1.0)
        crown = rectangle(across, ahead, self.width * 0.7, self.width * 0.7)
        trunk = rectangle(across, ahead, height * 0.04, height * 0.04)
        self.casts = [Cast(trunk, 0, height * 0.5)]
        if sort != "bare":
            self.casts.append(Cast(crown, height * 0.35, height * 0.95))

    def paint(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the tree as one sprite."""
        half = self.width / 2
        left, right = (self.across - half, self.ahead), (self.across + half, self.ahead)
        corners = upright(np.array(left), np.array(right), 0, self.height)
        if canvas.misses(camera.outline(corners)):
            return
        if self.sort == "bare":
            tone, alpha, cover = bare(self.kind)
        else:
            tone, alpha = leafy(self.kind, self.sort == "leafy")
            cover = None
        texture = sprite(tone, alpha, self.colour)
        if self.flipped:
            texture = texture[:, ::-1].copy()
            cover = cover if cover is None else cover[:, ::-1].copy()
        side = -np.sign(light.sun[0]) if light.sun[2] > 0 else 0.0
        normal = (side * 0.2, 0.55, -0.5)
        paint_quad(canvas, camera, light, texture, corners, normal, TREE, cover)


class Hedge(Thing):
    """A clipped hedge along the street."""

    def __init__(
        self, rng: np.random.Generator, left: np.ndarray, right: np.ndarray, height: float
    ) -> None:
        """A hedge whose front runs from `left` to `right` as seen from the street."""
        super().__init__(float(max(left[1], right[1])))
        self.left, self.right, self.height = np.asarray(left), np.asarray(right), height
        self.colour = leaf_colour(rng)
        length = float(np.linalg.norm(self.right - self.left))
        rows, columns = round(height * 40), max(8, round(length * 40))
        leaves = crop(fractal(0.62, 22), rows, columns, tuple(rng.integers(0, 512, 2)))
        lobes = crop(fractal(0.3, 23), rows, columns, tuple(rng.integers(0, 512, 2)))
        up = np.linspace(1.15, 0.6, rows)[:, None]
        self.tone = np.clip(118 * up * (1 + 0.24 * leaves + 0.12 * lobes), 0, 255).astype(np.uint8)
        ragged = np.arange(rows)[:, None] > 5 + 4 * lobes[:1] + 3 * leaves[:1]
        self.alpha = (ragged * 255).astype(np.uint8)
        away = (self.right - self.left)[::-1] / length * (-0.8, 0.8)
        outline = np.array([self.left, self.right, self.right + away, self.left + away])
        self.casts = [Cast(outline, 0, height)]

    def paint(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the front of the hedge."""
        along = (self.right - self.left) / np.linalg.norm(self.right - self.left)
        normal = (along[1] * 0.8, 0.5, -along[0] * 0.8)
        corners = upright(self.left, self.right, 0, self.height)
        texture = sprite(self.tone, self.alpha, self.colour)
        paint_quad(canvas, camera, light, texture, corners, normal, TREE)


def leaf_colour(rng: np.random.Generator) -> np.ndarray:
    """A foliage colour: mostly greens, at times olive, rust or dark."""
    greens = [(84, 108, 48), (64, 92, 44), (104, 116, 58), (52, 74, 42), (120, 112, 56)]
    rare = [(150, 104, 50), (128, 78, 52), (112, 96, 64)]
    choice = greens if rng.random() < 0.85 else rare
    return np.array(choice[rng.integers(len(choice))]) * rng.uniform(0.7, 1.2)


def sprite(tone: np.ndarray, alpha: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """A four-channel texture from brightness (128 is plain), opacity and colour."""
    levels = np.clip(np.arange(256)[:, None] / 128 * colour, 0, 255).astype(np.uint8)
    tinted = cv2.LUT(cv2.merge([tone] * 3), levels[None])
    return cv2.merge([tinted[..., 0], tinted[..., 1], tinted[..., 2], alpha])
