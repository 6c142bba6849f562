"""Plain fields over the canvas: coordinates, noise, masks, points that keep apart, flow lines."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.spatial import cKDTree

Random = np.random.Generator
Size = tuple[int, int]
LINE = 4096  # points of a wandering line before it is fitted to a canvas


def grid(size: Size) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of every pixel in heights of the canvas."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    return (x + 0.5) / size[0], (y + 0.5) / size[0]


def noise(random: Random, size: Size, cells: float, octaves: int = 4,
          stretch: float = 1.0) -> np.ndarray:
    """Return smooth noise of mean 0 and spread 1; `cells` bumps a height, `stretch` times wider."""
    total = np.zeros(size, np.float32)
    for octave in range(octaves):
        rows = cells * 2 ** octave
        lattice = (int(rows) + 3, int(rows * size[1] / size[0] / stretch) + 3)
        layer = random.standard_normal(lattice, np.float32)
        total += cv2.resize(layer, size[::-1], interpolation=cv2.INTER_CUBIC) / 2 ** octave
    return (total - total.mean()) / total.std()


def wander(random: Random, count: int, bumps: float, octaves: int = 5) -> np.ndarray:
    """Return a line of `count` heights of mean 0 and spread 1 that goes up and down."""
    line = noise(random, (1, LINE), bumps / LINE, octaves)
    return cv2.resize(line, (count, 1), interpolation=cv2.INTER_LINEAR)[0]


def smooth(low: float, high: float, values: np.ndarray) -> np.ndarray:
    """Return 0 below `low`, 1 above `high`, and a soft step between (either may be larger)."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def look_up(field: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the values of a field at points (…×2, pixels), the nearest ones at its border."""
    x = np.clip(points[..., 0], 0, field.shape[1] - 1).astype(np.intp)
    y = np.clip(points[..., 1], 0, field.shape[0] - 1).astype(np.intp)
    return field[y, x]


def bend(field: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return a field seen through other coordinates (heights), mirrored beyond its border."""
    scale = field.shape[0]
    return cv2.remap(field, (x * scale).astype(np.float32), (y * scale).astype(np.float32),
                     cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def swirl(x: np.ndarray, y: np.ndarray, centre: tuple[float, float], radius: float,
          turn: float) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates turned around a centre, by `turn` radians there and less further out."""
    dx, dy = x - centre[0], y - centre[1]
    angle = turn * np.exp(-(dx ** 2 + dy ** 2) / radius ** 2)
    cos, sin = np.cos(angle), np.sin(angle)
    return centre[0] + cos * dx - sin * dy, centre[1] + sin * dx + cos * dy


def along(field: np.ndarray) -> np.ndarray:
    """Return the angle of the lines on which a field stays the same."""
    field = field.astype(np.float32)
    return np.arctan2(cv2.Sobel(field, cv2.CV_32F, 1, 0), -cv2.Sobel(field, cv2.CV_32F, 0, 1))


def apart(random: Random, size: Size, radius: float) -> np.ndarray:
    """Return Poisson-disc points (N×2, pixels): none nearer to another than `radius`."""
    kept = np.empty((0, 2))
    for _ in range(7):
        fresh = random.uniform(0, size[::-1], (int(size[0] * size[1] / radius ** 2), 2))
        if len(kept):
            fresh = fresh[cKDTree(kept).query(fresh)[0] >= radius]
        close = cKDTree(fresh).query_pairs(radius, output_type="ndarray")
        late = np.zeros(len(fresh), bool)
        late[close.max(1)] = True  # of two that are too close, the one drawn first stays
        kept = np.concatenate([kept, fresh[~late]])
    return kept


def trace(starts: np.ndarray, angle: np.ndarray, stride: float, steps: int) -> np.ndarray:
    """Return paths (N×steps×2, pixels) that follow a field of angles and never turn back."""
    paths = np.empty((len(starts), steps, 2), np.float32)
    paths[:, 0] = starts
    before = np.zeros((len(starts), 2))
    for step in range(1, steps):
        turn = look_up(angle, paths[:, step - 1])
        ahead = np.stack([np.cos(turn), np.sin(turn)], -1)
        ahead[(ahead * before).sum(-1) < 0] *= -1
        paths[:, step] = paths[:, step - 1] + stride * ahead
        before = ahead
    return paths
