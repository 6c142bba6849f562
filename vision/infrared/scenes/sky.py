"""Weather, the sky behind the devices and the ground below them."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from vision.errors import unknown
from vision.fractal_noise import fractal
from vision.infrared.scenes.making import ANY
from vision.infrared.scenes.truth import Air
from vision.infrared.scenes.view import View

SIDE = 256  # pixels of a tile of noise, which repeats without a seam
COARSE = 4  # the sky is smooth: it is painted this many times smaller
WEATHERS = {
    "night": ((-5, 24), (26, 44), (0.0, 0.45), (0.0, 0.0)),
    "overcast": ((0, 28), (6, 18), (0.6, 1.0), (0.0, 1.5)),
    "sun": ((8, 36), (24, 42), (0.0, 0.5), (3.0, 9.0)),
    "dusk": ((4, 30), (22, 38), (0.1, 0.6), (0.5, 3.0)),
}  # ambient °C, K by which the sky is colder, clouds, K of full sunshine


def draw_air(rng: np.random.Generator, weather: str) -> Air:
    """Return the air of one hour in the named weather."""
    if weather not in (ANY, *WEATHERS):
        raise unknown("weather", weather, [ANY, *WEATHERS])
    drawn = str(rng.choice(list(WEATHERS), p=[0.3, 0.2, 0.25, 0.25]))
    kind = drawn if weather == ANY else weather
    warmth, colder, cover, shine = (rng.uniform(*limits) for limits in WEATHERS[kind])
    return Air(kind, warmth, warmth - colder, warmth - colder * rng.uniform(0.15, 0.5), cover,
               shine, rng.uniform(-1, 1), rng.uniform(0.15, 1.0))


def background(view: View, air: Air, rng: np.random.Generator) -> np.ndarray:
    """Return the field (H, W) of sky and ground alone."""
    small = View(view.width // COARSE, view.height // COARSE, view.focal / COARSE, view.eye,
                 view.rotation)
    height = small.elevation()  # sine of the angle above the horizon
    sky = air.zenith + (air.horizon - air.zenith) * np.exp(-np.maximum(height, 0) / 0.22)
    cover = _clouds(height.shape, air, rng)
    sky += (air.ambient - 4 - sky) * cover * 0.55
    haze = 0.5 * billow(height.shape, 1.5, rng)
    ground = air.ambient + 0.6 * air.sun + (0.4 + 0.1 * air.sun) * haze - 1.5 * (air.sun < 0.5)
    share = np.clip(height * 60 + 0.5, 0, 1)  # a soft horizon
    field = (ground + (sky + 0.3 * haze - ground) * share).astype(np.float32)
    return cv2.resize(field, (view.width, view.height), interpolation=cv2.INTER_LINEAR)


def _clouds(shape: tuple[int, int], air: Air, rng: np.random.Generator) -> np.ndarray:
    """Return how thick the clouds are, 0 … 1 (H, W)."""
    drift = billow(shape, rng.uniform(0.5, 1.6), rng)
    return np.clip((drift + 3.2 * air.clouds - 1.6) * rng.uniform(0.25, 0.7), 0, 1)


def billow(shape: tuple[int, int], zoom: float, rng: np.random.Generator) -> np.ndarray:
    """Return smooth noise (H, W), mean 0 and deviation 1 over its tile; `zoom` enlarges it."""
    height, width = shape
    x, y = rng.integers(0, SIDE, 2)
    grow = max(height, width) / (SIDE * 0.5) * zoom
    matrix = np.array([[1 / grow, 0, x], [0, 1 / grow, y]])
    return cv2.warpAffine(clouds(int(rng.integers(4))), matrix, (width, height),
                          flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                          borderMode=cv2.BORDER_WRAP)


@cache
def clouds(seed: int) -> np.ndarray:
    """Return a seamless tile of cloud-like noise (SIDE, SIDE)."""
    return fractal(SIDE, 1.8, seed)
