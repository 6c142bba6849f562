"""Avenue in October: thick dabs of a palette knife, wet light on a path.

Painterly layers after Hertzmann 1998; the knife leaves square ends and smooth, heavy paint.
"""

from __future__ import annotations

import numpy as np

from vision.style.paintings import PAINTINGS
from vision.style.paintings.brushes import POINTS, Brush, Canvas
from vision.style.paintings.colour import blend, palette, ramp, vary
from vision.style.paintings.fields import Random, Size, bend, grid, look_up, noise, smooth

GLOW = palette("fffbe0 ffe79a f9bd55 d98a4a 8a6a86 3c4a7a")
LEAVES = palette("2b1730 6e1a2a b5331f e8641f f9a52e ffd862 fff0a8")
PATH = palette("1d2448 41467a 84698f e0a268 fff0b8")
BARK = palette("120f1c 2b2236 5d4252 b9805a")
DARK = palette("1a1626")
SILK = palette("7d0f20 d01f2c ff5a48")
VANISH = (0.86, 0.52)
TREES = tuple((side, near) for near in (0.0, 0.08, 0.2, 0.38, 0.62, 0.95) for side in (-1, 1))
KNIVES = (Brush(0.035, 0.05, 0.6, value=0.04, hue=0.016, streak=0.015, taper=0, load=0.85),
          Brush(0.02, 0.032, 0.65, 0.04, value=0.04, hue=0.016, streak=0.015, taper=0, load=0.9),
          Brush(0.011, 0.02, 0.7, 0.04, value=0.035, hue=0.015, streak=0.02, taper=0.05),
          Brush(0.006, 0.014, 0.8, 0.05, taper=0.1))
LEAF = Brush(0.008, 0.02, value=0.05, hue=0.015, streak=0.015, taper=0.7, load=0.9)


@PAINTINGS.register("autumn", paper="doi:10.1145/280814.280951", year=1998,
                    title="Avenue in October")
def paint(seed: int, size: Size) -> np.ndarray:
    """Paint a walker with a red umbrella between trees that lose their leaves."""
    random = np.random.default_rng((seed, 8))
    x, y = grid(size)
    plan = _air(random, x, y)
    angle = np.pi / 2 + 0.9 * noise(random, size, 6, 2)
    for side, near in TREES:
        plan, angle = _tree(random, plan, angle, x, y, side, near)
    plan, angle = _path(random, plan, angle, x, y)
    plan = _walker(plan, x - 0.80, y)
    canvas = Canvas(random, size, GLOW[3])
    canvas.cover(plan, angle.astype(np.float32), *KNIVES)
    _leaves(random, canvas, plan)
    return canvas.finish(0.7, 0.25)


def _air(random: Random, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return light that spreads from the end of the avenue, and far leaves in it."""
    far = np.hypot((x - VANISH[0]) * 0.75, y - VANISH[1] + 0.1)
    leaf = noise(random, x.shape, 14, 3)
    plan = ramp(GLOW, 1.1 * far + 0.05 * leaf)
    foliage = ramp(LEAVES, 0.98 - 0.85 * far + 0.12 * leaf)
    return blend(plan, foliage, 0.85 * smooth(0.12, 0.3, far + 0.06 * leaf))


def _tree(random: Random, plan: np.ndarray, angle: np.ndarray, x: np.ndarray, y: np.ndarray,
          side: float, near: float) -> tuple[np.ndarray, np.ndarray]:
    """Lay one tree of the avenue over the plan: its crown, then its trunk and boughs."""
    foot_x, foot_y = VANISH[0] + side * (0.1 + 0.68 * near), VANISH[1] + 0.03 + 0.34 * near
    out = side * (x - foot_x)  # positive away from the path
    crown = noise(random, x.shape, 12 - 5 * near, 4) + 2.6 * smooth(0.5, 0.05, y)
    crown = crown - 2.5 * np.abs(out + 0.05) / (0.2 + 0.45 * near) - 0.3
    shine = 0.66 - 0.36 * near - 0.5 * out + 0.17 * noise(random, x.shape, 18, 3) - 0.25 * (0.3 - y)
    plan = blend(plan, ramp(LEAVES, shine), smooth(0.0, 0.5, crown))
    wood, tone = _wood(random, x, y, out, foot_y, near)
    wood = wood * smooth(1.3, 0.5, noise(random, x.shape, 11, 2) + 1.6 * smooth(0.4, 0.0, y) - 0.5)
    return blend(plan, ramp(BARK, tone), wood), np.where(wood > 0.4, np.pi / 2, angle)


def _wood(random: Random, x: np.ndarray, y: np.ndarray, out: np.ndarray, foot: float,
          near: float) -> tuple[np.ndarray, np.ndarray]:
    """Return where trunk and boughs are, and how light: bright on the side of the path."""
    width = 0.007 + 0.03 * near
    bent = out + 0.5 * width * np.sin(y * 11 + 7 * near) + 0.008 * noise(random, x.shape, 4, 2)
    up = foot - y
    edge = width * (0.8 - 0.5 * up + 1.1 * np.exp(-up.clip(0) / (0.03 + 0.05 * near)))
    wood = smooth(0.003, -0.003, np.abs(bent) - edge) * (up > 0)
    for height, slope in ((0.3, 1.3), (0.42, -1.0), (0.52, 0.8)):
        rise = up - height * (0.5 + near) - slope * -out - 1.2 * out ** 2
        thin = width * (0.45 - 0.9 * np.abs(out)).clip(0)
        arm = smooth(0.003, -0.003, np.abs(rise) / np.hypot(1, slope) - thin)
        wood = np.maximum(wood, arm * (slope * -out > 0))
    return wood, 0.62 - 0.45 * near - 0.35 * bent / width + 0.05 * noise(random, x.shape, 30, 2)


def _path(random: Random, plan: np.ndarray, angle: np.ndarray, x: np.ndarray,
          y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lay the ground over the plan: a wet path that mirrors the trees, leaves on both sides."""
    deep = y - VANISH[1]
    ripple = noise(random, x.shape, 24, 2, stretch=6)
    up = np.clip(VANISH[1] - 1.1 * deep + 0.02 * ripple, 0, 1)
    mirror = bend(plan, x, up)
    shine = np.exp(-((x - VANISH[0]) / (0.05 + 0.3 * deep.clip(0))) ** 2)
    wet = ramp(PATH, 0.2 + 0.8 * shine - 0.7 * deep + 0.13 * ripple)
    wet = blend(mirror, wet, 0.6)
    fallen = noise(random, x.shape, 16, 3, stretch=4)
    verge = ramp(LEAVES, 0.68 + 0.15 * fallen - 0.85 * deep - 0.25 * np.abs(x - VANISH[0]))
    edge = np.abs(x - VANISH[0]) - 0.03 - 0.95 * deep + 0.02 * noise(random, x.shape, 8, 3)
    ground = blend(wet, verge, smooth(-0.02, 0.03, edge))
    return blend(plan, ground, smooth(0, 0.004, deep)), np.where(deep > 0, 0.15 * ripple, angle)


def _walker(plan: np.ndarray, dx: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Lay a walker with a red umbrella, and the reflection of both, over the plan."""
    foot, tall = 0.76, 0.21
    for side, keep in ((-1, 0.55), (1, 1.0)):
        up = side * (foot - y) / tall
        coat = (np.abs(dx) < 0.2 * tall * (1.08 - 0.75 * up)) & (up > 0.22) & (up < 0.85)
        legs = (np.abs(np.abs(dx) - 0.055 * tall) < 0.045 * tall) & (up >= 0) & (up < 0.3)
        shade = (dx / (0.5 * tall)) ** 2 + ((up - 0.82) / 0.4) ** 2 < 1
        shade &= up > 0.86 + 0.04 * np.cos(dx / tall * 24)
        plan = blend(plan, DARK, keep * (coat | legs))
        plan = blend(plan, ramp(SILK, 0.6 - 2.4 * dx / tall), keep * shade)
    return plan


def _leaves(random: Random, canvas: Canvas, plan: np.ndarray) -> None:
    """Dab single leaves, brighter than what is behind them, where leaves are."""
    height, width = plan.shape[:2]
    starts = random.uniform(0, (width, height), (2200, 2))
    x, y = starts.T / height
    far = np.abs(x - VANISH[0])
    chance = np.where(y < VANISH[1], smooth(0.02, 0.3, far) * 0.75, 0.3 * smooth(0.1, 0.5, far))
    starts = starts[random.random(len(starts)) < chance]
    bright = random.random(len(starts)) < 0.3
    tones = vary(random, look_up(plan, starts), 0.07, 0.015)
    tones = np.where(bright[:, None], ramp(LEAVES, random.uniform(0.5, 1, len(starts))), tones)
    turns = random.uniform(0, np.pi, len(starts))
    steps = np.linspace(-0.5, 0.5, POINTS)[:, None] * LEAF.length * height
    ahead = np.stack([np.cos(turns), np.sin(turns)], -1)
    canvas.strokes(starts[:, None] + steps * ahead[:, None], tones, LEAF)
