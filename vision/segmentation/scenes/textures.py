"""Noise, masonry and paving patterns, made once when first needed."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from vision import fractal_noise

SIDE = 512  # pixels, every tile repeats without a seam


@cache
def fractal(roughness: float, seed: int = 0) -> np.ndarray:
    """A seamless noise tile SIDE×SIDE, mean 0 and deviation 1; a lower roughness is smoother."""
    return fractal_noise.fractal(SIDE, 2.2 - 2.2 * roughness, seed)


@cache
def brick() -> np.ndarray:
    """Brickwork as brightness factors SIDE×SIDE, 16 metres a side."""
    rng = np.random.default_rng(1)
    tile = np.empty((SIDE, SIDE), np.float32)
    for row in range(SIDE // 4):
        shades = np.repeat(rng.normal(1, 0.12, SIDE // 8), 8)
        shades[::8] *= 1.12
        tile[row * 4 : row * 4 + 4] = np.roll(shades, 4 * (row % 2))
    tile[::4] *= 1.12
    return tile + 0.05 * fractal(0.4, 2)


@cache
def slabs() -> np.ndarray:
    """Paving slabs as brightness factors SIDE×SIDE, 16 slabs a side."""
    rng = np.random.default_rng(3)
    shades = rng.normal(1, 0.05, (16, 16)).astype(np.float32)
    tile = np.kron(shades, np.ones((SIDE // 16, SIDE // 16), np.float32))
    tile[::32] *= 0.8
    tile[:, ::32] *= 0.8
    tile[1::32] *= 0.9
    return tile + 0.05 * fractal(0.6, 4)


@cache
def masonry(bricks: bool) -> np.ndarray:
    """A stained wall as brightness (uint8, 128 is plain), twice SIDE both ways."""
    tile = 1 + 0.07 * fractal(0.45, 11) + 0.06 * fractal(0.15, 12)
    tile = tile * brick() if bricks else tile
    return np.tile(np.clip(tile * 128, 0, 255).astype(np.uint8), (2, 2))


def crop(tile: np.ndarray, rows: int, columns: int, at: tuple[int, int] = (0, 0)) -> np.ndarray:
    """A rows×columns piece of a seamless tile, repeated as needed."""
    if at[0] + rows <= SIDE and at[1] + columns <= SIDE:
        return tile[at[0] : at[0] + rows, at[1] : at[1] + columns]
    down = (np.arange(rows) + at[0]) % SIDE
    right = (np.arange(columns) + at[1]) % SIDE
    return tile[down[:, None], right[None]]


def sample(tile: np.ndarray, x: np.ndarray, y: np.ndarray, per_unit: float) -> np.ndarray:
    """A seamless tile looked up at positions of any size, `per_unit` tile pixels a unit."""
    across, down = (x * per_unit).astype(np.float32), (y * per_unit).astype(np.float32)
    return cv2.remap(tile, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
