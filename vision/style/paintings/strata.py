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
LEVELS = 12
LAND = palette("08162d 0d2f4c 115a6c 2c8a86 7bb89c cfd9ac f6e3b4 f8c482 f0955f dd6149 b63a4b "
               "7a2a4e")
GOLD = palette("ffe3a0")
CANYONS = ((0.42, 0.60, 0.30), (1.08, 0.34, 0.22), (0.78, 0.46, 0.16))  # x, y and radius
LIFTS = ((0.009, 0.30), (0.022, 0.30), (0.045, 0.22))  # reach and depth of a sheet's shadows


@PAINTINGS.register("strata", paper="doi:10.1145/325165.325247", year=1985,
                    title="Canyon of paper")
def paint(seed: int, size: Size) -> np.ndarray:
    """Cut a canyon that winds through sheets of coloured paper."""
    random = np.random.default_rng((seed, 12))
    fine = (size[0] * FINE, size[1] * FINE)
    land = _land(random, fine)
    level = np.floor(land)
    sheets = vary(random, ramp(LAND, np.linspace(0, 1, LEVELS)), 0.01, 0.004)
    colour = sheets[np.clip(level, 0, LEVELS - 1).astype(int)]
    rim = _rim(level)
    colour = blend(colour, _lighter(colour), smooth(4.5, 2.0, rim) * 0.75)
    colour = blend(colour, GOLD, 0.9 * smooth(1.6, 0.6, np.abs(rim - 11)))
    light = to_light(colour) * _shade(random, level, size[0])[..., None]
    return to_bytes(cv2.resize(to_screen(light), size[::-1], interpolation=cv2.INTER_AREA))


def _land(random: Random, size: Size) -> np.ndarray:
    """Return the height of the land in sheets of paper, each sheet as large as the others."""
    x, y = grid(size)
    u, v = x + 0.07 * noise(random, size, 2.5, 2), y + 0.07 * noise(random, size, 2.5, 2)
    land: np.ndarray = 0.5 * bend(noise(random, size, 2.6, 2), u, v)
    for cx, cy, radius in CANYONS:
        land -= 2.2 * np.exp(-((u - cx) ** 2 + (v - cy) ** 2) / radius ** 2)
    land = cv2.GaussianBlur(land.astype(np.float32), (0, 0), 0.008 * size[0])
    steps = np.quantile(land, np.linspace(0, 1, 64))
    return (LEVELS * np.interp(land, steps, np.linspace(0, 0.999, 64))).astype(np.float32)


def _rim(level: np.ndarray) -> np.ndarray:
    """Return how many pixels each place is away from the edge that its sheet was cut along."""
    rim = np.full(level.shape, np.inf, np.float32)
    for sheet in range(1, LEVELS):
        paper = (level >= sheet).astype(np.uint8)
        rim = np.where(level == sheet, cv2.distanceTransform(paper, cv2.DIST_L2, 5), rim)
    return rim


def _lighter(colour: np.ndarray) -> np.ndarray:
    return colour + (1 - colour) * 0.5


def _shade(random: Random, level: np.ndarray, height: int) -> np.ndarray:
    """Return the light on each sheet: fibres, and soft shadows of the sheets above it."""
    fibres = noise(random, level.shape, 150, 2) + noise(random, level.shape, 90, 2, stretch=5)
    light: np.ndarray = 1 + 0.03 * fibres
    for reach, depth in LIFTS:
        shift = reach * height * FINE
        move = np.array([[1, 0, shift * 0.7], [0, 1, shift]], np.float32)
        above = cv2.warpAffine(level, move, level.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        cast = (above > level).astype(np.float32)
        light *= 1 - depth * cv2.GaussianBlur(cast, (0, 0), 0.45 * shift)
    return light
