"""Night of turning stars: curved strokes from coarse to fine brushes along a whirling flow.

Hertzmann: "Painterly rendering with curved brush strokes of multiple sizes", SIGGRAPH 1998.
"""

from __future__ import annotations

import cv2
import numpy as np

from vision.style.paintings import PAINTINGS
from vision.style.paintings.brushes import Brush, Canvas
from vision.style.paintings.colour import blend, palette, ramp
from vision.style.paintings.fields import (
    Random,
    Size,
    along,
    bend,
    grid,
    noise,
    smooth,
    swirl,
    wander,
)

Star = tuple[float, float, float]  # centre and radius
SKY = palette("0b1640 14307a 1f55a8 3f8fc0 8fc9cf e6e6b8")
GLOW = palette("3f8fc0 a9d5b8 f4e08a fbb93c fff3c4")
HILLS = palette("2b5b86 1d4468 17304f")
LAKE = palette("2a6fa8 174a8c 0e2a63 0a1a48")
TREE = palette("071426 12323a 2f5a45")
SHORE = 0.72
WHIRLS = (((0.54, 0.34), 0.27, 5.2), ((0.93, 0.42), 0.17, -4.4), ((0.12, 0.15), 0.15, 3.6))
STARS = ((0.30, 0.11), (0.47, 0.055), (0.72, 0.12), (0.83, 0.53), (0.99, 0.07), (1.08, 0.31),
         (1.42, 0.47), (0.42, 0.56), (1.46, 0.06), (0.62, 0.28))
BRUSHES = (Brush(0.045, 0.16, 0.5), Brush(0.022, 0.11, 0.55, error=0.035),
           Brush(0.011, 0.07, 0.7, error=0.04), Brush(0.006, 0.03, 0.9, error=0.06))


@PAINTINGS.register("night", paper="doi:10.1145/280814.280951", year=1998,
                    title="Night of turning stars")
def paint(seed: int, size: Size) -> np.ndarray:
    """Paint a whirling night sky over hills, and its light on a lake."""
    random = np.random.default_rng((seed, 1))
    x, y = grid(size)
    stars = [(1.26, 0.2, 0.075), *((px, py, random.uniform(0.012, 0.03)) for px, py in STARS)]
    plan, angle = _sky(random, x, y)
    for star in stars:
        plan, angle = _star(plan, angle, x, y, star)
    for number, base in enumerate((0.6, 0.65, 0.69)):
        plan, angle = _hill(random, plan, angle, y, base, number)
    plan, angle = _lake(random, plan, angle, x, y, stars)
    for place, height, width in ((0.13, 0.86, 0.075), (0.25, 0.5, 0.05)):
        plan, angle = _cypress(random, plan, angle, x - place, y, height, width)
    canvas = Canvas(random, size, SKY[0])
    canvas.cover(plan, angle, *BRUSHES)
    return canvas.finish()


def _sky(random: Random, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return bands of blue drawn out by whirls, and the angle of the whirling lines."""
    calm = cv2.GaussianBlur(y + 0.03 * noise(random, y.shape, 2, 1), (0, 0), 2)
    bands = noise(random, y.shape, 5, 3, stretch=5)
    for centre, radius, turn in WHIRLS:
        x, y = swirl(x, y, centre, radius, turn)
    return ramp(SKY, 0.36 + 0.15 * bend(bands, x, y) + 0.2 * (y - 0.35)), along(bend(calm, x, y))


def _star(plan: np.ndarray, angle: np.ndarray, x: np.ndarray, y: np.ndarray,
          star: Star) -> tuple[np.ndarray, np.ndarray]:
    """Lay a star's core and its rings of light into the sky, and let strokes circle around it."""
    dx, dy = x - star[0], y - star[1]
    far = np.hypot(dx, dy) / star[2]
    rings = 1.15 * np.exp(-far / 1.7) + 0.1 * np.sin(far * 4.5) * np.exp(-far / 2.2)
    share = smooth(0.05, 0.55, rings)
    return (blend(plan, ramp(GLOW, rings), share),
            np.where(far < 2.6, np.arctan2(dx, -dy), angle))


def _hill(random: Random, plan: np.ndarray, angle: np.ndarray, y: np.ndarray, base: float,
          number: int) -> tuple[np.ndarray, np.ndarray]:
    """Lay a range of hills over the plan, moonlit along its top, with strokes down its slopes."""
    ridge = base + 0.03 * wander(random, y.shape[1], 3, 2)  # (W,)
    deep = y - ridge
    inside = smooth(0, 0.004, deep)
    light = np.exp(-np.clip(deep, 0, 1) / 0.02) + 0.3 * noise(random, y.shape, 12, 2, 3)
    colour = blend(np.broadcast_to(HILLS[number], plan.shape), SKY[4], 0.4 * light.clip(0, 1))
    slope = np.arctan2(np.gradient(ridge) * y.shape[0], 1.0) + 0.6 * np.sin(deep * 40)
    return blend(plan, colour, inside), np.where(inside > 0.5, slope, angle)


def _lake(random: Random, plan: np.ndarray, angle: np.ndarray, x: np.ndarray, y: np.ndarray,
          stars: list[Star]) -> tuple[np.ndarray, np.ndarray]:
    """Lay water over the plan with lit windows on its shore; every light draws a path on it."""
    deep = y - SHORE
    ripple = noise(random, y.shape, 34, 2, stretch=7)
    water = ramp(LAKE, deep / 0.28 + 0.14 * ripple)
    windows = [(px, SHORE - 0.01, 0.006) for px in random.uniform(0.5, 1.1, 9)]
    for cx, _, radius in [*stars, *windows]:
        spread = 0.006 + 0.55 * radius + 0.06 * deep
        path = np.exp(-(((x - cx) + 0.012 * ripple) / spread) ** 2)
        shimmer = path * np.exp(-deep / (0.06 + 2.2 * radius)) * (0.75 + 0.45 * ripple)
        water = blend(water, ramp(GLOW, 0.25 + 0.6 * path), shimmer.clip(0, 1))
    plan = blend(plan, water, smooth(0, 0.004, deep))
    for cx, cy, _ in windows:
        lit = (np.abs(x - cx) < 0.006) & (np.abs(y - cy) < 0.008)
        plan = blend(plan, np.broadcast_to(GLOW[3], plan.shape), lit)
    return plan, np.where(deep > 0, 0.12 * ripple, angle)


def _cypress(random: Random, plan: np.ndarray, angle: np.ndarray, dx: np.ndarray, y: np.ndarray,
             height: float, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Lay a dark tree like a flame over the plan, from the lower edge up to its tip."""
    up = (1 - y) / height
    edge = width * np.clip(1 - up, 0, 1) ** 0.7 * (0.55 + 0.45 * np.sin(3 * np.clip(up, 0, 1)))
    lean = dx + 0.02 * np.sin(9 * up) + 0.006 * noise(random, y.shape, 16, 3)
    inside = smooth(0.004, -0.004, np.abs(lean) - edge)
    tone = 0.45 + 0.3 * noise(random, y.shape, 9, 3, stretch=0.25) - 0.5 * lean / width
    slope = -np.pi / 2 + 2.2 * lean / width * (1 - up) + 0.5 * np.sin(30 * up)
    return blend(plan, ramp(TREE, tone), inside), np.where(inside > 0.5, slope, angle)
