"""Mountains after rain: ink washes that sink into paper, and dry brushes that skip over it.

Brush lines are bundles of hairs that run dry one by one (Strassmann: "Hairy brushes",
SIGGRAPH 1986); washes absorb light in proportion to their ink.
"""

from __future__ import annotations

import cv2
import numpy as np

from vision.style.paintings import PAINTINGS
from vision.style.paintings.colour import glaze, palette, to_bytes, to_light, to_screen
from vision.style.paintings.fields import Random, Size, grid, look_up, noise, smooth, trace, wander

PAPER, INK, INDIGO, OCHRE, CINNABAR = palette("f8edd4 3a3d42 42688c d9924f e2432a")
SUN = (1.13, 0.2, 0.075)
RANGES = ((0.36, 0.07, 0.45, 4, 0), (0.46, 0.10, 0.7, 4, 0), (0.60, 0.10, 0.95, 4, 0),
          (0.78, 0.08, 1.25, 3, 4), (0.95, 0.05, 1.6, 3, 6))  # level, relief, ink, peaks, pines


@PAINTINGS.register("ink", paper="doi:10.1145/15886.15911", year=1986,
                    title="Mountains after rain")
def paint(seed: int, size: Size) -> np.ndarray:
    """Paint ranges of mountains in mist, with pines in front."""
    random = np.random.default_rng((seed, 6))
    x, y = grid(size)
    grain = noise(random, size, 170, 2) + 0.5 * noise(random, size, 60, 2, stretch=4)
    ink, blue, warm = _sky(random, x, y)
    ink = ink + 1.3 * _geese(size)
    for number, (level, rise, dark, peaks, pines) in enumerate(RANGES):
        ridge = level - rise * _peaks(random, size[1], peaks)
        deep = y - ridge
        inside = smooth(0, 0.003, deep)
        wash, lines = _mountain(random, deep, grain, dark)
        if pines:
            lines = np.maximum(lines, dark * _pines(random, ridge, size, grain, pines, number))
            inside = np.maximum(inside, smooth(0.3, 1, lines))
        ink = ink * (1 - inside) + wash * inside + lines
        blue = blue * (1 - inside) + (0.75 - 0.13 * number) * wash * inside
        warm = warm * (1 - inside) + 0.25 * inside * wash * smooth(0, 1, noise(random, size, 4, 3))
    light = np.broadcast_to(to_light(PAPER), (*size, 3)) * (1 + 0.03 * grain[..., None])
    red = smooth(SUN[2], SUN[2] - 0.004, np.hypot(x - SUN[0], y - SUN[1]) + 0.001 * grain)
    red = red * smooth(0.9, 0.3, ink) * (0.7 + 0.15 * noise(random, size, 14, 3)) + _seal(x, y)
    for pigment, amount in ((INDIGO, blue), (OCHRE, warm), (CINNABAR, red), (INK, ink)):
        granulated = np.clip(amount * (1 + 0.13 * grain), 0, 3)
        light = glaze(light, pigment, granulated)
    return to_bytes(to_screen(light))


def _sky(random: Random, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return a graded wet sky: ink, indigo and ochre."""
    cloud = noise(random, x.shape, 3, 5, stretch=3.5)
    bank = np.abs(noise(random, x.shape, 4, 4, stretch=4))
    ink = 0.02 + 0.045 * smooth(0.4, 0, y) * (1 + 0.6 * cloud) + 0.05 * smooth(0.8, 0, bank)
    warm = 0.14 * np.exp(-(np.hypot(x - SUN[0], y - SUN[1]) / 0.22) ** 2)
    return ink, 0.22 * smooth(0.45, 0, y) * (1 + 0.7 * cloud) + 0.05, warm


def _geese(size: Size) -> np.ndarray:
    """Return the ink (0…1) of a skein of geese, each two strokes of the brush."""
    layer = np.zeros(size, np.uint8)
    wings = np.array([[-1.1, -0.55], [-0.5, -0.6], [0, 0], [0.55, -0.75], [1.2, -0.6]])
    for rank in range(5):
        for away in (-0.5, 1) if rank else (0,):
            at = [0.66 + 0.031 * rank, 0.27 + 0.013 * rank * away]
            bird = np.round((at + (0.011 - 0.0007 * rank) * wings) * size[0] * 16).astype(np.int32)
            cv2.polylines(layer, [bird], False, 220, max(1, round(size[0] / 500)), cv2.LINE_AA, 4)
    return layer / np.float32(255)


def _peaks(random: Random, count: int, bumps: float) -> np.ndarray:
    """Return a skyline of steep, rounded peaks with rough edges."""
    bold = wander(random, count, bumps, 2)
    return np.sign(bold) * np.abs(bold) ** 1.4 + 0.1 * wander(random, count, 24, 5)


def _mountain(random: Random, deep: np.ndarray, grain: np.ndarray,
              dark: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the wash of one range, fading into mist, and its texture lines down the slopes."""
    size = deep.shape
    mist = smooth(0.30, 0.02, deep + 0.06 * noise(random, size, 3, 4, stretch=3))
    folds = noise(random, size, 9, 4, stretch=0.5)
    edge = np.exp(-np.clip(deep, 0, 1) / 0.01)
    wash = dark * (0.05 + mist * (0.3 + 0.14 * folds + 0.35 * edge))
    starts = random.uniform(0, size[::-1], (int(9000 * dark), 2))
    near = look_up(deep, starts)
    chance = np.exp(-near / 0.1) * (0.15 + 0.85 * (look_up(folds, starts) > 0.2))
    starts = starts[(near > 0) & (random.random(len(starts)) < chance)]
    skyline = np.gradient(deep, 1 / size[0], axis=1)  # its slope, in every row
    lean = np.arctan2(1.0, -0.6 * cv2.GaussianBlur(skyline, (0, 0), 0.015 * size[0]))
    paths = trace(starts, lean + 0.3 * noise(random, size, 8, 3), 0.0045 * size[0], 9)
    hairs = _hairs(random.spawn(1)[0], size, paths, grain, 0.003)
    return wash, 0.6 * dark * mist * hairs


def _hairs(random: Random, size: Size, paths: np.ndarray, grain: np.ndarray,
           width: float, wet: float = 0.0) -> np.ndarray:
    """Return the ink (0…1) of brush lines; each hair runs dry somewhere, dry ink skips hollows."""
    layer = np.zeros(size, np.uint8)
    thick = size[0] / 600  # pixels; a thinner line than one pixel is a paler one
    for path in paths:
        for offset in random.normal(0, 0.35 * width * size[0], (3, 2)):
            stop = random.integers(3, len(path) + 1)
            hair = np.round((path[:stop] + offset) * 16).astype(np.int32)
            tone = int(random.uniform(90, 255) * min(thick, 1))
            cv2.polylines(layer, [hair], False, tone, max(1, round(thick)), cv2.LINE_AA, 4)
    return layer / np.float32(255) * smooth(-1.3 - wet, 0.4 - wet, grain)


def _pines(random: Random, ridge: np.ndarray, size: Size, grain: np.ndarray, count: int,
           number: int) -> np.ndarray:
    """Return the ink of pines that stand on a ridge: a bent trunk and flat pads of needles."""
    paths, tall = [], (0.045 * number - 0.01) * size[0]
    columns = (np.arange(count) + random.uniform(0.1, 0.9, count)) / count * size[1]
    for column in columns:
        foot = np.array([column, ridge[int(column)] * size[0] + 0.015 * size[0]])
        height = tall * random.uniform(0.75, 1.3)
        trunk = _trunk(random, foot, height)
        paths += [trunk + shift * [1, 0] for shift in random.normal(0, 0.011 * height, (9, 1))]
        for share in np.linspace(0.4, 1, 6):
            at = trunk[int(share * (len(trunk) - 1))]
            side = 1 if round(share * 10) % 2 else -1
            reach = height * 0.5 * (1.25 - share)
            pad = at + [side * reach * random.uniform(0.5, 0.9), -0.02 * height]
            paths.append(at + np.linspace(0, 1, 9)[:, None] * (pad - at))
            paths += _needles(random, pad, reach) + _needles(random, at, 0.5 * reach)
    return _hairs(random.spawn(1)[0], size, np.array(paths), grain, 0.0016, 1.2)


def _trunk(random: Random, foot: np.ndarray, height: float) -> np.ndarray:
    up = np.linspace(0, 1, 9)
    bend = random.normal(0, 0.15) * up + 0.06 * np.sin(random.uniform(4, 8) * up)
    return np.stack([foot[0] + height * bend, foot[1] - height * up], -1)


def _needles(random: Random, centre: np.ndarray, reach: float) -> list[np.ndarray]:
    """Return a cloud of needles as paths: wide, flat below, a fan of short strokes above."""
    roots = centre + random.uniform(-1, 1, (46, 2)) * [reach, 0.08 * reach]
    turns = -np.pi / 2 + random.normal(0, 0.5, 46) + 0.8 * (roots[:, 0] - centre[0]) / reach
    arch = 1 - 0.6 * ((roots[:, 0] - centre[0]) / reach) ** 2
    steps = np.linspace(0, 0.32 * reach, 9)[:, None]
    return [root + steps * size * [np.cos(turn), np.sin(turn)]
            for root, turn, size in zip(roots, turns, arch, strict=True)]


def _seal(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the red of a carved seal in the upper left corner."""
    u, v = (x - 0.1) / 0.04, (y - 0.13) / 0.04
    square = smooth(1.0, 0.92, np.maximum(np.abs(u), np.abs(v)))
    carved = (np.abs(np.abs(u) - 0.5) < 0.1) | ((np.abs(v) < 0.1) & (np.abs(u) < 0.5))
    carved |= (np.abs(u) < 0.1) & (np.abs(v) > 0.3)
    return 1.5 * square * ~carved
