"""Valley of diamonds: a flat weave whose every thread is there, over and under.

The weft hides the warp, as in a kilim; each thread is a twisted cylinder that bends over the warp,
the geometry of Irawan and Marschner: "Specular reflection from woven cloth", 2012.
"""

from __future__ import annotations

import numpy as np

from vision.style.paintings import PAINTINGS
from vision.style.paintings.colour import palette, to_bytes, to_light, to_screen, vary
from vision.style.paintings.fields import Random, Size, noise

WEFTS, WARPS = 200, 150  # threads in a height: across, and upright
WOOL = palette("7c1d26 b5382a dd6b35 eab24f f3e4c3 1f3a5c 2f6f7c 7fae9a 33212b 6d3b57")
MEDALLIONS = ((0.25, 0.5), (0.75, 0.5), (1.25, 0.5))


@PAINTINGS.register("tapestry", paper="doi:10.1145/2077341.2077352", year=2012,
                    title="Valley of diamonds")
def paint(seed: int, size: Size) -> np.ndarray:
    """Weave diamonds in a bordered field."""
    random = np.random.default_rng((seed, 9))
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32) / size[0]
    x = x + 0.0012 * noise(random, size, 12, 2)
    y = y + 0.0016 * noise(random, size, 9, 2, stretch=2)
    row, column = np.floor(y * WEFTS).astype(int), np.floor(x * WARPS).astype(int)
    names = _pattern(row, column, size[1] / size[0])
    dyed = vary(random, np.broadcast_to(WOOL, (WEFTS + 4, *WOOL.shape)), 0.028, 0.008)
    wool = dyed[np.clip(row, 0, WEFTS + 3), names]  # each row is dyed a little differently
    return to_bytes(to_screen(to_light(wool) * _shading(random, x, y, row)[..., None]))


def _shading(random: Random, x: np.ndarray, y: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Return how bright each point of the threads is: round, twisted, over and under the warp."""
    across = 2 * (y * WEFTS % 1) - 1  # −1…1 over one weft thread
    rise = np.cos(np.pi * (x * WARPS + row))  # 1 on top of a warp thread, −1 below it
    twist = np.sin(2 * np.pi * (x * WARPS * 1.7 + across * 0.8 + row * 0.37))
    fuzz = noise(random, x.shape, 200, 1, stretch=2)
    rounded = np.sqrt(np.clip(1 - 0.85 * across ** 2, 0, 1))
    light = 0.35 + 0.75 * rounded * (0.78 + 0.26 * rise) + 0.09 * twist - 0.16 * across
    worn = 1 + 0.07 * noise(random, x.shape, 4, 4)
    return np.clip((light + 0.07 * fuzz) * worn, 0.08, 1.5)


def _pattern(row: np.ndarray, column: np.ndarray, wide: float) -> np.ndarray:
    """Return the wool (a number) of every crossing: field, medallions, and borders around them."""
    step = WEFTS // 40  # rows in one step of the pattern
    u = np.floor(column / step * WEFTS / WARPS + 0.001).astype(int)
    v = row // step  # the pattern's own cells, about 40 in a height
    across, down = round(wide * 40), 40
    field = _field(u, v)
    for px, py in MEDALLIONS:
        far = np.abs(u - round(px * down)) + np.abs(v - round(py * down))
        field = np.where(far <= 13, _medallion(u - round(px * down), v - 20, far), field)
    rim = np.minimum(np.minimum(u, across - 1 - u), np.minimum(v, down - 1 - v))
    return np.where(rim < 6, _border(u, v, rim), field)


def _field(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    zigzag = (v + np.abs(u % 10 - 5)) % 10
    return np.choose(zigzag, [5, 5, 6, 7, 6, 5, 5, 8, 2, 8])


def _medallion(du: np.ndarray, dv: np.ndarray, far: np.ndarray) -> np.ndarray:
    rings = np.array([3, 0, 0, 4, 6, 6, 8, 3, 1, 1, 1, 4, 5, 8])
    names = rings[np.clip(far, 0, 13)]
    hooks = (far >= 8) & (far <= 10) & ((du - dv) % 4 == 0)
    cross = (far < 7) & ((np.abs(du) == 0) | (np.abs(dv) == 0))
    return np.where(hooks, 3, np.where(cross, 4, names))


def _border(u: np.ndarray, v: np.ndarray, rim: np.ndarray) -> np.ndarray:
    teeth = np.where((u + v) % 4 < 2, 0, 3)
    names = np.choose(np.clip(rim, 0, 5), [8, 1, 1, 1, 4, 8])
    return np.where((rim >= 1) & (rim <= 3), np.where((u - v) % 6 < 3, teeth, 6), names)
