"""The ten classes drawn so that they are hard to name: small, cut off, hidden, in bad weather.

The same subjects as the plain drawings. What is varied more: the place, which may be any, the
size, the tilt, colours that the surroundings share, things in front, weather, and the camera.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from vision.pruning.drawings.brush import Brush, pick, shade
from vision.pruning.drawings.places import PLACES
from vision.pruning.drawings.subjects import CLASSES, SUBJECTS

FINE = 2  # how many times larger a drawing is painted
Random = np.random.Generator


def draw_hard(label: int, seed: int, side: int = 32) -> np.ndarray:
    """Return one hard drawing (uint8 side×side×3); the same seed gives the same one."""
    random = np.random.default_rng((label, seed, 77))
    canvas = np.zeros((side * FINE, side * FINE, 3), np.uint8)
    PLACES[str(random.choice(sorted(PLACES)))](Brush(canvas), random)
    clutter(canvas, random, int(random.integers(0, 7)))
    canvas = placed(canvas, label, random)
    clutter(canvas, random, int(random.integers(0, 4)))
    canvas = WEATHER[int(random.integers(len(WEATHER)))](canvas, random)
    return camera(canvas, random, side)


def placed(canvas: np.ndarray, label: int, random: Random) -> np.ndarray:
    """Return a place with the subject in it: seen oddly, and half in the colours around it."""
    alone = canvas.copy()
    size = random.uniform(0.45, 1.15)
    reach = 14 + 24 * (1 - min(size, 1))  # smaller things lie farther from the middle
    brush = Brush(alone, size=size, shift=tuple(random.uniform(-reach, reach, 2)),
                  turn=random.normal(0, 0.35), mirror=bool(random.integers(2)))
    squeeze = random.uniform(0.65, 1.35)
    brush.matrix *= np.array([[squeeze], [1 / squeeze]])  # as if seen from aside
    SUBJECTS[CLASSES[label]].paint(brush, random)
    return camouflaged(canvas, alone, random)


def camouflaged(place: np.ndarray, alone: np.ndarray, random: Random) -> np.ndarray:
    """Return the subject's picture with its colours drawn towards those of the place."""
    changed = (alone != place).any(2, keepdims=True)  # (h, w, 1)
    own = alone.astype(np.float32)
    grey = own.mean(2, keepdims=True)
    around = place.reshape(-1, 3).mean(0) / max(float(place.mean()), 1)  # (3,) the place's tint
    tint, veil = random.uniform(0, 0.9), random.uniform(0, 0.4)
    own = (1 - tint) * own + tint * grey * around
    own = (1 - veil) * own + veil * place
    return np.where(changed, own.clip(0, 255), place).astype(np.uint8)


def clutter(canvas: np.ndarray, random: Random, count: int) -> None:
    """Paint things that belong to no class: poles, leaves, boxes, lines of all colours."""
    brush = Brush(canvas)
    for _ in range(count):
        colour = pick(random, (70, 60, 50), (90, 120, 60), (150, 145, 140), (190, 70, 50),
                      (60, 90, 150), (220, 210, 180))
        x, y = random.uniform(0, 100, 2)
        kind = int(random.integers(3))
        if kind == 0:
            brush.line(colour, random.uniform(2, 6), (x, y), (x + random.normal(0, 9), y + 60))
        elif kind == 1:
            brush.ellipse(colour, (x, y), random.uniform(3, 13), random.uniform(3, 9),
                          random.uniform(0, 180))
        else:
            wide, high = random.uniform(4, 18, 2)
            brush.polygon(shade(colour, 0.8), (x, y), (x + wide, y + 1), (x + wide, y + high),
                          (x - 1, y + high))


def clear(canvas: np.ndarray, random: Random) -> np.ndarray:
    """Return the picture as it is."""
    return canvas


def fog(canvas: np.ndarray, random: Random) -> np.ndarray:
    """Return the picture behind fog that thickens upwards."""
    veil = np.linspace(random.uniform(0.4, 0.65), random.uniform(0.1, 0.3), len(canvas))
    return ((1 - veil)[:, None, None] * canvas + veil[:, None, None] * 205).astype(np.uint8)


def night(canvas: np.ndarray, random: Random) -> np.ndarray:
    """Return the picture at night: dark and bluish."""
    light = np.array([0.8, 0.9, 1.25]) * random.uniform(0.3, 0.5)
    return (canvas * light).clip(0, 255).astype(np.uint8)


def rain(canvas: np.ndarray, random: Random) -> np.ndarray:
    """Return the picture with slanting streaks across it."""
    canvas = (canvas * 0.75).astype(np.uint8)
    brush = Brush(canvas)
    for x, y in random.uniform(-5, 100, (26, 2)):
        brush.line((185, 195, 210), 1.2, (x, y), (x + 4, y + 13))
    return canvas


def snow(canvas: np.ndarray, random: Random) -> np.ndarray:
    """Return the picture with flakes before it."""
    canvas = canvas.copy()
    brush = Brush(canvas)
    for x, y in random.uniform(0, 100, (30, 2)):
        brush.ellipse((245, 246, 250), (x, y), *random.uniform(1, 2.6, 2))
    return canvas


def glare(canvas: np.ndarray, random: Random) -> np.ndarray:
    """Return the picture against a low sun."""
    side = len(canvas)
    rows, columns = np.mgrid[:side, :side] / side
    x, y = random.uniform(0, 1), random.uniform(0, 0.5)
    sun = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / random.uniform(0.05, 0.2))
    return (canvas * 0.7 + 200 * sun[..., None]).clip(0, 255).astype(np.uint8)


def camera(canvas: np.ndarray, random: Random, side: int) -> np.ndarray:
    """Return a picture as a modest camera takes it: blurred, noisy, in odd light."""
    blur = random.uniform(0, 0.022) * len(canvas)
    soft = cv2.GaussianBlur(canvas, (0, 0), blur) if blur > 0.4 else canvas
    small = cv2.resize(soft, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    contrast, light = random.uniform(0.6, 1.15), random.uniform(-12, 25)
    noise = random.uniform(0, 0.22) * float(small.std())  # dark pictures bear less of it
    small += noise * random.standard_normal(small.shape, np.float32)
    middle = float(small.mean())
    return ((small - middle) * contrast + middle + light).clip(0, 255).astype(np.uint8)


WEATHER: tuple[Callable[[np.ndarray, Random], np.ndarray], ...] = (
    clear, clear, fog, night, rain, snow, glare)
