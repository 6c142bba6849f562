"""Ten labelled shapes of 28×28, drawn by this project: a data set that needs no download."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

SIDE, FINE = 28, 4
CLASSES = ("disc", "ring", "square", "frame", "triangle", "diamond", "plus", "cross", "bar", "arc")
FIRST_SEED = {"train": 0, "val": 1_000_000, "test": 2_000_000}

Points = np.ndarray


def draw(label: int, seed: int) -> np.ndarray:
    """Return one shape as uint8 28×28, white on black; place, size, turn and stroke vary."""
    random = np.random.default_rng((label, seed))
    canvas = np.zeros((SIDE * FINE, SIDE * FINE), np.uint8)
    centre = SIDE * FINE / 2 + random.uniform(-10, 10, 2)
    radius, turn = random.uniform(26, 42), random.uniform(-0.25, 0.25)
    stroke = int(random.integers(8, 15))
    _SHAPES[CLASSES[label]](canvas, centre, radius, turn, stroke)
    return cv2.resize(canvas, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def draw_many(split: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return `count` shapes of a split (uint8 N×28×28), all classes in turn, and their labels."""
    labels = np.arange(count) % len(CLASSES)
    first = FIRST_SEED[split]
    return np.stack([draw(int(y), first + i) for i, y in enumerate(labels)]), labels


def _corners(count: int, centre: Points, radius: float, turn: float) -> Points:
    """Return the corners of a regular polygon, the first one on top if it is not turned."""
    angles = turn - np.pi / 2 + 2 * np.pi * np.arange(count) / count
    return np.round(centre + radius * np.stack([np.cos(angles), np.sin(angles)], 1)).astype(int)


def _polygon(count: int, offset: float, filled: bool) -> Callable[..., None]:
    def paint(canvas: np.ndarray, centre: Points, radius: float, turn: float, stroke: int) -> None:
        corners = _corners(count, centre, radius, turn + offset)
        if filled:
            cv2.fillPoly(canvas, [corners], 255)
        else:
            cv2.polylines(canvas, [corners], True, 255, stroke)
    return paint


def _spokes(offset: float, pairs: int) -> Callable[..., None]:
    def paint(canvas: np.ndarray, centre: Points, radius: float, turn: float, stroke: int) -> None:
        corners = _corners(2 * pairs, centre, radius, turn + offset)
        for start, end in zip(corners[:pairs], corners[pairs:], strict=True):
            cv2.line(canvas, start.tolist(), end.tolist(), 255, stroke)
    return paint


def _round(extent: int, filled: bool) -> Callable[..., None]:
    def paint(canvas: np.ndarray, centre: Points, radius: float, turn: float, stroke: int) -> None:
        place = tuple(np.round(centre).astype(int).tolist())
        axes = (int(0.9 * radius), int(0.9 * radius))
        start = np.degrees(turn) if extent < 360 else 0
        cv2.ellipse(canvas, place, axes, start, 0, extent, 255, -1 if filled else stroke)
    return paint


_SHAPES: dict[str, Callable[..., None]] = {
    "disc": _round(360, True),
    "ring": _round(360, False),
    "square": _polygon(4, np.pi / 4, True),
    "frame": _polygon(4, np.pi / 4, False),
    "triangle": _polygon(3, 0, True),
    "diamond": _polygon(4, 0, True),
    "plus": _spokes(0, 2),
    "cross": _spokes(np.pi / 4, 2),
    "bar": _spokes(0, 1),
    "arc": _round(180, False),
}
