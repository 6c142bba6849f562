"""Canyon of paper: layers cut along lines of equal height, each throwing its shadow on the next.

The land is noise bent by noise (Perlin: "An image synthesizer", SIGGRAPH 1985).
"""

from __future__ import annotations

import cv2
import numpy as np

from vision.style.paintings import PAINTINGS
from vision.style.paintings.colour import blend, palette, ramp, to_bytes, to_light, to_screen, vary
from vision.style.paintings.fields import Random, Size, bend, grid, noise, smooth

FINE = 2
LEVELS = 15
LAND = palette("0b1f3a 12465e 1f7f83 6fb59a e9e0b5 f6bd6a ea7b4d b8384a 5f2352 2b1840")
GOLD = palette("f4d58a")
POOLS = ((0.50, 0.56, 0.24), (1.18, 0.30, 0.17))


@PAINTINGS.register("strata", paper="doi:10.1145/325165.325247", year=1985,
                    title="Canyon of paper")
def paint(seed: int, size: Size) -> np.ndarray:
    """Cut a land with two deep pools out of coloured paper."""
    random = np.random.default_rng((seed, 12))
    fine = (size[0] * FINE, size[1] * FINE)
    land = _land(random, fine)
    level = np.floor(land)
    sheets = vary(random, ramp(LAND, np.linspace(0, 1, LEVELS)), 0.01, 0.004)
    colour = sheets[np.clip(level, 0, LEVELS - 1).astype(int)]
    steep = np.maximum(np.hypot(*np.gradient(land)), 1e-5)
    edge = np.minimum(land - level, level + 1 - land) / steep  # pixels to the nearest cut
    rim = (land - level) / steep
    colour = blend(colour, _lighter(colour), smooth(3.2, 1.2, rim) * 0.8)
    colour = blend(colour, GOLD, 0.85 * _engraving(land, steep) * smooth(2, 5, edge))
    light = to_light(colour) * _shade(random, level, size[0])[..., None]
    return to_bytes(cv2.resize(to_screen(light), size[::-1], interpolation=cv2.INTER_AREA))


def _land(random: Random, size: Size) -> np.ndarray:
    """Return the height of the land in sheets of paper, each sheet as large as the others."""
    x, y = grid(size)
    u, v = x + 0.06 * noise(random, size, 3, 3), y + 0.06 * noise(random, size, 3, 3)
    land: np.ndarray = 0.45 * bend(noise(random, size, 4.5, 3), u, v)
    for cx, cy, radius in POOLS:
        land -= 2.6 * np.exp(-((u - cx) ** 2 + (v - cy) ** 2) / radius ** 2)
    land = cv2.GaussianBlur(land.astype(np.float32), (0, 0), 0.004 * size[0])
    steps = np.quantile(land, np.linspace(0, 1, 64))
    return (LEVELS * np.interp(land, steps, np.linspace(0, 0.999, 64))).astype(np.float32)


def _engraving(land: np.ndarray, steep: np.ndarray) -> np.ndarray:
    """Return fine lines of equal height, four on every sheet."""
    line = land * 4 % 1
    return smooth(1.1, 0.3, np.minimum(line, 1 - line) / (4 * steep))


def _lighter(colour: np.ndarray) -> np.ndarray:
    return colour + (1 - colour) * 0.5


def _shade(random: Random, level: np.ndarray, height: int) -> np.ndarray:
    """Return the light on each sheet: fibres, and soft shadows of the sheets above it."""
    fibres = noise(random, level.shape, 150, 2) + noise(random, level.shape, 90, 2, stretch=5)
    light: np.ndarray = 1 + 0.03 * fibres
    for reach, depth in ((0.005, 0.2), (0.012, 0.22), (0.022, 0.2)):
        shift = reach * height * FINE
        move = np.array([[1, 0, shift * 0.7], [0, 1, shift]], np.float32)
        above = cv2.warpAffine(level, move, level.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        cast = (above > level).astype(np.float32)
        light *= 1 - depth * cv2.GaussianBlur(cast, (0, 0), 0.45 * shift)
    return light
