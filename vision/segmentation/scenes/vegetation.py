"""Trees in leaf and bare trees, bushes and hedges."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from vision.segmentation.scenes.camera import Camera
from vision.segmentation.scenes.canvas import TREE, Canvas
from vision.segmentation.scenes.light import Light
from vision.segmentation.scenes.textures import crop, fractal
from vision.segmentation.scenes.things import (
    Cast,
    Spot,
    Thing,
    paint_flat,
    paint_quad,
    rectangle,
    upright,
)

KINDS = 8  # sprites of each sort
SIDE = 320  # pixels


@cache
def leafy(kind: int, trunk: bool) -> tuple[np.ndarray, np.ndarray]:
    """A crown as brightness H×W (uint8, 128 is plain) and opacity H×W, with or without trunk."""
    rng = np.random.default_rng(100 + kind)
    tone, alpha = np.full((SIDE, SIDE), 50, np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    low = SIDE * (0.78 if trunk else 0.98)
    for lean in rng.normal(0, 0.14, 8 if trunk else 0):
        foot, tip = (SIDE // 2, int(low * 0.9)), (int(SIDE * (0.5 + lean)), int(low * 0.45))
        cv2.line(tone, foot, tip, 66, SIDE // 55)
        cv2.line(alpha, foot, tip, 255, SIDE // 55)
    clumps = rng.integers(9, 16)
    turn, reach = rng.uniform(0, 2 * np.pi, clumps), np.sqrt(rng.uniform(0.05, 1, clumps))
    centres = np.stack([SIDE / 2 + 0.31 * SIDE * reach * np.cos(turn),
                        low / 2 + 0.33 * low * reach * np.sin(turn)], 1)
    sizes = rng.uniform(0.1, 0.19, clumps) * SIDE
    for i in np.argsort(-centres[:, 1]):
        spots = centres[i] + rng.normal(0, 0.43, (70, 2)) * sizes[i]
        for x, y in spots[np.argsort(-spots[:, 1])]:
            lift = (centres[i, 1] - y) / sizes[i] * 22 + (0.5 - y / low) * 70
            leaf = int(SIDE * rng.uniform(0.011, 0.032))
            spot = (int(x), int(min(y, SIDE - 4)))
            bright = float(np.clip(122 + lift + rng.normal(0, 14), 25, 250))
            cv2.circle(tone, spot, leaf, bright, -1)
            cv2.circle(alpha, spot, leaf, 255, -1)
    leaves = crop(fractal(0.7, 20 + kind), SIDE, SIDE)
    shaded = np.clip(tone * (1 + 0.2 * leaves), 0, 255).astype(np.uint8)
    deep = cv2.blur(alpha, (SIDE // 25, SIDE // 25)) + 60 * leaves
    return shaded, np.where((alpha > 0) & (deep > 95), 255, 0).astype(np.uint8)


@cache
def bare(kind: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A leafless tree: brightness, opacity and the crown's closed outline, each H×W uint8."""
    rng = np.random.default_rng(200 + kind)
    lines, widths = branches(rng)
    low, high = lines.reshape(-1, 2).min(0), lines.reshape(-1, 2).max(0)
    side = SIDE * 2
    spread = max(abs(low[0]), high[0])
    lines = lines * (side * 0.49 / spread, side * 0.98 / -low[1]) + (side / 2, side - 1)
    alpha = np.zeros((side, side), np.uint8)
    for line, width in zip(np.round(lines * 8).astype(int), widths * side, strict=True):
        cv2.line(alpha, line[0], line[1], 255, max(1, round(width)), shift=3)
    tone = np.clip(112 + 22 * crop(fractal(0.5, 21), side, side), 0, 255).astype(np.uint8)
    closed = cv2.morphologyEx(alpha, cv2.MORPH_CLOSE, np.ones((21, 21), np.uint8))
    return tone, alpha, closed


def branches(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A bare tree's lines N×2×2 (right, down from the foot) and their widths, about 1 high."""
    tips = np.array([[0.0, 0.0, -np.pi / 2, rng.uniform(0.2, 0.3), 0.032]])
    lines, widths = [], []
    for level in range(8):
        x, y, angle, length, width = tips.T
        bow = angle + rng.normal(0, 0.1, len(tips))
        end = np.stack([x + length * np.cos(bow), y + length * np.sin(bow)], 1)
        lines.append(np.stack([tips[:, :2], end], 1))
        widths.append(width)
        turns = rng.uniform(0.15, 0.75, (len(tips), 3)) * [1, -1, 0.3]
        lifted = angle[:, None] + turns
        lifted += 0.12 * (-np.pi / 2 - lifted)
        longer = length[:, None] * rng.uniform(0.58, 0.85, (len(tips), 3))
        thinner = np.repeat(width[:, None] * 0.6, 3, 1)
        ends = np.repeat(end[:, None], 3, 1)
        tips = np.dstack([ends, lifted, longer, thinner]).reshape(-1, 5)
        tips = tips[rng.random(len(tips)) < (1 if level < 2 else 0.83)]
    return np.concatenate(lines), np.concatenate(widths)


class Tree(Thing):
    """One tree or bush that always faces the camera."""

    low = False

    def __init__(
        self, rng: np.random.Generator, across: float, ahead: float, height: float, sort: str
    ) -> None:
        """A tree of a `sort`: "leafy", "bare" or "bush"."""
        super().__init__(ahead)
        self.across, self.height, self.sort = across, height, sort
        self.width = height * rng.uniform(0.7, 1.15) * (1.5 if sort == "bush" else 1.1)
        self.kind, self.flipped = int(rng.integers(KINDS)), bool(rng.random() < 0.5)
        self.colour = leaf_colour(rng)
        if sort == "bare":
            self.colour = np.array([140, 130, 120]) * rng.uniform(0.6, 1.25)
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
        if self.sort == "leafy":
            self._trunk(canvas, camera, light)
        pixels = self.height * camera.scale(np.array([self.across, 0.0, self.ahead]))
        texture, cover = sprite(self.sort, self.kind, self.flipped, pixels < SIDE / 3)
        side = -np.sign(light.sun[0]) if light.sun[2] > 0 else 0.0
        normal = (side * 0.2, 0.55, -0.5)
        paint_quad(canvas, camera, light, texture, corners, normal, TREE, self.colour, cover)

    def _trunk(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint a leafy tree's stem as a dark and a light half."""
        bark = np.array([112, 98, 84])
        for start, stop, turn in ((-0.016, 0.003, -0.5), (0.0, 0.016, 0.5)):
            left = np.array([self.across + start * self.height, self.ahead])
            right = np.array([self.across + stop * self.height, self.ahead])
            colour = light.on(bark, (turn, 0.1, -0.6), self.ahead)
            paint_flat(canvas, camera, colour, upright(left, right, 0, self.height * 0.45), TREE)


class Hedge(Thing):
    """A clipped hedge along the street."""

    def __init__(self, rng: np.random.Generator, left: Spot, right: Spot, height: float) -> None:
        """A hedge whose front runs from `left` to `right` as seen from the street."""
        super().__init__(float(max(left[1], right[1])))
        self.left, self.right, self.height = np.asarray(left), np.asarray(right), height
        self.colour, self.seed = leaf_colour(rng), int(rng.integers(1 << 32))
        length = float(np.linalg.norm(self.right - self.left))
        away = (self.right - self.left)[::-1] / length * (-0.8, 0.8)
        outline = np.array([self.left, self.right, self.right + away, self.left + away])
        self.casts = [Cast(outline, 0, height)]

    def paint(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the front of the hedge."""
        along = (self.right - self.left) / np.linalg.norm(self.right - self.left)
        normal = (along[1] * 0.8, 0.5, -along[0] * 0.8)
        corners = upright(self.left, self.right, 0, self.height)
        paint_quad(canvas, camera, light, self._leaves, corners, normal, TREE, self.colour)

    def _leaves(self) -> np.ndarray:
        """The texture of the front: foliage with a ragged top."""
        rng = np.random.default_rng(self.seed)
        length = float(np.linalg.norm(self.right - self.left))
        rows, columns = round(self.height * 40), max(8, round(length * 40))
        leaves = crop(fractal(0.62, 22), rows, columns, tuple(rng.integers(0, 512, 2)))
        lobes = crop(fractal(0.3, 23), rows, columns, tuple(rng.integers(0, 512, 2)))
        up = np.linspace(1.15, 0.6, rows)[:, None]
        tone = np.clip(118 * up * (1 + 0.24 * leaves + 0.12 * lobes), 0, 255)
        ragged = np.arange(rows)[:, None] > 5 + 4 * lobes[:1] + 3 * leaves[:1]
        return np.dstack([tone, ragged * 255]).astype(np.uint8)


def leaf_colour(rng: np.random.Generator) -> np.ndarray:
    """A foliage colour: mostly greens, at times olive, rust or dark."""
    greens = [(84, 108, 48), (64, 92, 44), (104, 116, 58), (52, 74, 42), (120, 112, 56)]
    rare = [(150, 104, 50), (128, 78, 52), (112, 96, 64)]
    choice = greens if rng.random() < 0.85 else rare
    return np.array(choice[rng.integers(len(choice))]) * rng.uniform(0.9, 1.55)


@cache
def sprite(sort: str, kind: int, flipped: bool, small: bool) -> tuple:
    """A tree's texture (brightness, opacity) and, for a bare one, where its label goes."""
    layers = list(bare(kind) if sort == "bare" else leafy(kind, sort == "leafy"))
    if small:
        layers = [cv2.pyrDown(cv2.pyrDown(layer)) for layer in layers]
    if flipped:
        layers = [layer[:, ::-1] for layer in layers]
    cover = np.ascontiguousarray(layers[2]) if sort == "bare" else None
    return cv2.merge([np.ascontiguousarray(layer) for layer in layers[:2]]), cover
