"""Sunday by the river: dots of a few pure pigments that the eye mixes.

Dots keep apart as Poisson discs do (Bridson: "Fast Poisson disk sampling in arbitrary
dimensions", SIGGRAPH 2007); each takes the pigment that, with its neighbours, gives the colour.
"""

from __future__ import annotations

import cv2
import numpy as np

from vision.style.paintings import PAINTINGS
from vision.style.paintings.brushes import relief
from vision.style.paintings.colour import blend, palette, ramp, to_bytes, to_oklab
from vision.style.paintings.fields import (
    Random,
    Size,
    apart,
    grid,
    look_up,
    noise,
    smooth,
    wander,
)

FINE = 2
PIGMENTS = palette("14213d 1f3c88 2f6fb7 6fb1d8 b7dbe6 1d5b45 3f8f4f 8dbb4a c9d86a f6e27a f8c04a "
                   "ee8a3a d9502e a8324a 7a4a8c b98bb8 f3b9a6 fdf3d7 6b4a3a")
SKY = palette("2f7fc4 6fb4dc a9d3dc f6cdb4 fbc46a")
WATER = palette("f8d08a 8fbfd0 3f86bd 1f4f96 1d3a7a")
GRASS = palette("3a3a86 2a6b56 6fae4a d9d45a f6e27a")
LEAVES = palette("1f2a5c 1d5b45 3f8f4f 9fbe4a f0d860")
DRESSES = (palette("f3b9a6 d9502e"), palette("fdf3d7 7a4a8c"))
HORIZON = 0.43
TREES = ((0.02, 0.22, 0.25), (0.21, 0.15, 0.15), (1.49, 0.20, 0.17))
POPLARS = (0.50, 0.55, 0.78, 1.20, 1.25, 1.31)
SAILS = ((0.66, 0.50, 0.09), (0.40, 0.475, 0.06), (1.0, 0.60, 0.25))
WALKERS = ((0.33, 0.90, 0.24), (0.45, 0.885, 0.2))


@PAINTINGS.register("river", paper="doi:10.1145/1278780.1278807", year=2007,
                    title="Sunday by the river")
def paint(seed: int, size: Size) -> np.ndarray:
    """Paint sails on a river in dots of pure colour."""
    random = np.random.default_rng((seed, 4))
    plan = _scene(random, size)
    canvas = np.empty((size[0] * FINE, size[1] * FINE, 4), np.uint8)
    canvas[..., :3] = to_bytes(cv2.resize(0.85 * plan + 0.1, None, fx=FINE, fy=FINE))
    canvas[..., 3] = 30
    for radius, accent in ((0.0105, 0.06), (0.0075, 0.05), (0.0052, 0.03)):
        _dots(random, canvas, plan, radius * size[0], accent)
    lit = relief(canvas[..., :3] / np.float32(255), canvas[..., 3] / np.float32(255), 0.22, 0.05)
    return to_bytes(cv2.resize(lit, size[::-1], interpolation=cv2.INTER_AREA))


def _dots(random: Random, canvas: np.ndarray, plan: np.ndarray, radius: float,
          accent: float) -> None:
    """Set one layer of dots; a share `accent` of them is a pigment the place does not ask for."""
    places = random.permutation(apart(random, plan.shape[:2], 1.25 * radius))
    wanted = to_oklab(look_up(plan, places)) * [1, 1.25, 1.25]
    pigments = to_oklab(PIGMENTS)
    wrong = ((wanted[:, None] - pigments) ** 2).sum(-1) / 0.008  # (dots, pigments)
    pick = (wrong + random.gumbel(size=wrong.shape) * -1).argmin(1)
    odd = random.random(len(pick)) < accent
    pick[odd] = random.integers(len(PIGMENTS), size=odd.sum())
    shade = random.normal(0, 7, len(places))
    colours = np.clip(255 * PIGMENTS[pick] + shade[:, None], 0, 255)
    sizes = radius * random.uniform(0.75, 1.1, (len(places), 2)) * [1, 0.85]
    turns = random.uniform(-40, 40, len(places))
    for place, colour, axes, turn in zip(places, colours, sizes, turns, strict=True):
        _dot(canvas, place, colour, axes, turn, int(random.integers(150, 255)))


def _dot(canvas: np.ndarray, place: np.ndarray, colour: np.ndarray, axes: np.ndarray,
         turn: float, thick: int) -> None:
    spot = np.round(place * FINE * 16).astype(int).tolist()
    half = np.round(axes * FINE * 8).astype(int).tolist()
    cv2.ellipse(canvas, spot, half, turn, 0, 360, [*colour.tolist(), thick], -1,
                cv2.LINE_AA, 4)


def _scene(random: Random, size: Size) -> np.ndarray:
    x, y = grid(size)
    cloud = noise(random, size, 5, 4, stretch=3)
    plan = ramp(SKY, y / HORIZON + 0.16 * cloud)
    glow = np.exp(-(np.hypot(x - 1.0, (y - 0.36) * 1.3) / 0.22) ** 2)
    plan = blend(plan, palette("fff0b0"), 0.9 * glow)
    far = HORIZON - 0.03 - 0.012 * wander(random, size[1], 6)
    plan = blend(plan, ramp(palette("6a6fa8 5f9a8f"), (y - far) / 0.04), smooth(0, 0.004, y - far))
    for place in POPLARS:
        plan = _poplar(random, plan, x - place, y)
    shown = _reflected(random, plan, x, y)
    for place, foot, tall in SAILS:
        shown = _sail(shown, x - place, y - foot, tall)
    shown = _bank(random, shown, x, y)
    for tree in TREES:
        shown = _tree(random, shown, x, y, tree)
    for (place, foot, tall), tints in zip(WALKERS, DRESSES, strict=True):
        shown = _walker(shown, x - place, (foot - y) / tall, tall, tints)
    return shown


def _reflected(random: Random, plan: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the plan with water below the horizon that shows what stands above it, broken up."""
    deep = y - HORIZON
    ripple = noise(random, y.shape, 30, 2, stretch=8)
    up = np.clip(HORIZON - 0.9 * deep + 0.012 * ripple * smooth(0, 0.1, deep), 0, 1)
    scale = y.shape[0]
    mirror = cv2.remap(plan, (x * scale).astype(np.float32), (up * scale).astype(np.float32),
                       cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    water = blend(mirror, ramp(WATER, deep / 0.5 + 0.14 * ripple), 0.3 + 0.8 * deep)
    return blend(plan, water, smooth(0, 0.003, deep))


def _poplar(random: Random, plan: np.ndarray, dx: np.ndarray, y: np.ndarray) -> np.ndarray:
    tall, foot = random.uniform(0.16, 0.26), HORIZON
    up = (foot - y) / tall
    edge = 0.024 * np.clip(1 - up, 0, 1) ** 0.6 * (up > 0)
    edge = edge + 0.004 * noise(random, y.shape, 30, 2) * (up > 0)
    leaf = ramp(LEAVES, 0.5 + dx * 14 + 0.15 * noise(random, y.shape, 20, 2))
    return blend(plan, leaf, smooth(0.003, -0.003, np.abs(dx) - edge) * (up > 0) * (up < 1))


def _sail(plan: np.ndarray, dx: np.ndarray, dy: np.ndarray, tall: float) -> np.ndarray:
    """Lay a boat with two sails and its reflection over the plan; `dy` is 0 on the water line."""
    for side, tint, keep in ((1, "fdf3d7", 1.0), (-1, "f8d99a", 0.55)):
        up = side * -dy / tall
        main = (up > 0.12) & (up < 1) & (dx > 0) & (dx < 0.45 * tall * (1 - up))
        jib = (up > 0.16) & (up < 0.85) & (dx < -0.01 * tall) & (-dx < 0.3 * tall * (0.85 - up))
        hull = (up > 0) & (up < 0.11) & (np.abs(dx) < tall * (0.26 + 0.8 * up))
        plan = blend(plan, palette(tint), keep * main)
        plan = blend(plan, palette("ee8a3a"), keep * jib)
        plan = blend(plan, palette("6e2438"), keep * hull)
    return plan


def _bank(random: Random, plan: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Lay the near bank over the plan: sunlit grass, long shadows, flowers."""
    edge = 0.80 - 0.16 * smooth(0.75, 0.0, x) - 0.05 * smooth(1.1, 1.5, x)
    edge = edge + 0.006 * wander(random, y.shape[1], 12)
    deep = y - edge
    shadow = noise(random, y.shape, 6, 3, stretch=4)
    grass = ramp(GRASS, 0.75 - 1.6 * deep + 0.22 * shadow)
    bloom = smooth(1.5, 1.9, noise(random, y.shape, 44, 2))
    grass = blend(grass, palette("d9502e"), bloom * smooth(0.03, 0.1, deep))
    return blend(plan, grass, smooth(0, 0.004, deep))


def _walker(plan: np.ndarray, dx: np.ndarray, up: np.ndarray, tall: float,
            tints: np.ndarray) -> np.ndarray:
    """Lay a walker in a long dress under a parasol, and a shadow in the grass, over the plan."""
    dx = dx / tall
    skirt = (np.abs(dx + 0.05 * up) < 0.24 - 0.3 * up) & (up > 0)
    waist = (np.abs(dx) < 0.1) & (up > 0.38) & (up < 0.68)
    head = np.hypot(dx, up - 0.74) < 0.07
    shade = (dx - 0.1) ** 2 / 0.12 + (up - 0.84) ** 2 / 0.05 < 1
    shadow = (np.abs(up + 0.04 + 0.12 * dx) < 0.04) & (dx < 0.1) & (dx > -1.0)
    plan = blend(plan, palette("2f2f78"), 0.8 * shadow)
    plan = blend(plan, ramp(np.stack([tints[1], tints[0]]), 0.5 + 2 * dx), skirt | waist)
    plan = blend(plan, palette("6b3a3a"), head)
    return blend(plan, ramp(tints, 0.5 - dx), shade & (up > 0.82 + 0.2 * (dx - 0.1) ** 2))


def _tree(random: Random, plan: np.ndarray, x: np.ndarray, y: np.ndarray,
          tree: tuple[float, float, float]) -> np.ndarray:
    """Lay a broad tree over the plan: a trunk, and clumps of leaves lit from the right."""
    cx, cy, radius = tree
    trunk = smooth(0.004, -0.004, np.abs(x - cx + 0.015 * np.sin(9 * y)) - 0.016) * (y > cy)
    plan = blend(plan, palette("3b2b33"), trunk * (y < cy + 2.6 * radius))
    for _ in range(16):
        turn, out = random.uniform(0, 2 * np.pi), radius * np.sqrt(random.uniform(0, 1))
        px, py = cx + out * np.cos(turn), cy + 0.8 * out * np.sin(turn)
        far = np.hypot(x - px, y - py) + 0.012 * noise(random, y.shape, 18, 2)
        light = 0.42 + 2.4 * ((x - px) - (y - py)) + 0.1 * noise(random, y.shape, 22, 2)
        plan = blend(plan, ramp(LEAVES, light), smooth(0.002, -0.004, far - 0.42 * radius))
    return plan
