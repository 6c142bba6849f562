"""Rhythm in three keys: concentric discs whose quarters change colour where they meet.

Strokes circle each disc as a brush would (Haeberli: "Paint by numbers", SIGGRAPH 1990).
"""

from __future__ import annotations

import numpy as np

from vision.style.paintings import PAINTINGS
from vision.style.paintings.brushes import Brush, Canvas
from vision.style.paintings.colour import palette, vary
from vision.style.paintings.fields import Random, Size, grid

COLOURS = palette("d8352a f0762e f6b63c f7e3b0 2f9e8f 1b6ca8 16305c 7b3f7d e79aa8 8fc1c9 f4efe2 "
                  "232230 5f8f3e c2496b")
GROUND = palette("f0dfb6 e9b872 9fc4b8 5f9fb0 e8937a 3f6488 d8a0a8")
DISCS = ((0.56, 0.46, 0.40), (1.16, 0.66, 0.30), (1.12, 0.18, 0.20), (0.12, 0.80, 0.26),
         (0.09, 0.15, 0.17), (0.80, 0.94, 0.16), (1.44, 0.36, 0.15), (0.84, 0.10, 0.10))
BRUSHES = (Brush(0.03, 0.09, 0.5, hold=0.08, streak=0.022, load=0.6),
           Brush(0.016, 0.06, 0.6, error=0.02, hold=0.06, streak=0.022, load=0.6),
           Brush(0.008, 0.035, 0.7, error=0.03, hold=0.05, load=0.6),
           Brush(0.005, 0.015, 0.8, error=0.04, hold=0.05, load=0.6))


@PAINTINGS.register("discs", paper="doi:10.1145/97880.97902", year=1990,
                    title="Rhythm in three keys")
def paint(seed: int, size: Size) -> np.ndarray:
    """Paint coloured discs that turn against each other."""
    random = np.random.default_rng((seed, 7))
    x, y = grid(size)
    plan, angle = _ground(random, x, y)
    for cx, cy, radius in DISCS[::-1]:
        plan, angle = _disc(random, plan, angle, x - cx, y - cy, radius)
    canvas = Canvas(random, size, GROUND[0])
    canvas.cover(plan, angle.astype(np.float32), *BRUSHES)
    return canvas.finish(0.6, 0.1)


def _ground(random: Random, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a tilted grid of quiet colours."""
    tilt = random.uniform(0.3, 0.5)
    u, v = np.cos(tilt) * x + np.sin(tilt) * y, np.cos(tilt) * y - np.sin(tilt) * x
    cells = (np.floor(u / 0.17).astype(int) * 7 + np.floor(v / 0.13).astype(int) * 3) % 97
    table = vary(random, GROUND[random.integers(len(GROUND), size=97)], 0.04, 0.012)
    return table[cells], np.where(cells % 2 == 0, tilt, tilt + np.pi / 2)


def _disc(random: Random, plan: np.ndarray, angle: np.ndarray, dx: np.ndarray, dy: np.ndarray,
          radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Lay a disc over the plan: rings of uneven width, each quarter in a colour of its own."""
    far = np.hypot(dx, dy) / radius
    edges = np.concatenate([[0.13], 0.13 + np.cumsum(random.uniform(0.06, 0.19, 12))])
    edges = np.append(edges[edges < 0.9], 1.0)
    ring = np.searchsorted(edges, far)
    turn = (np.arctan2(dy, dx) + random.uniform(0, 2 * np.pi)) % (2 * np.pi)
    quarter = np.floor(turn / (np.pi / 2)).astype(int) % 4
    colours = _scheme(random, len(edges) + 1)[np.minimum(ring, len(edges)), quarter]
    inside = far < 1
    return (np.where(inside[..., None], colours, plan),
            np.where(inside, np.arctan2(dx, -dy), angle))


def _scheme(random: Random, rings: int) -> np.ndarray:
    """Return colours (rings×4×3) in which neighbours differ: each quarter shifts the order."""
    order = random.permutation(len(COLOURS))
    shifts = np.array([0, 5, 2, 8]) + random.integers(0, 2, 4)
    picks = (np.arange(rings)[:, None] + shifts) % len(COLOURS)
    return vary(random, COLOURS[order[picks]], 0.02, 0.008)
