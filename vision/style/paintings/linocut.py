"""Wheat before the harvest: lines cut into a block follow every form.

The width of a line gives the tone and its direction the form, as in Winkenbach, Salesin:
"Rendering parametric surfaces in pen and ink", SIGGRAPH 1996. Colour blocks are printed first,
the black one over them.
"""

from __future__ import annotations

import cv2
import numpy as np

from vision.style.paintings import PAINTINGS
from vision.style.paintings.colour import blend, palette, ramp, to_bytes, to_light, to_screen
from vision.style.paintings.fields import Random, Size, grid, noise, smooth, wander

FINE = 2
PAPER, RED, BLACK = palette("f5ead0 dd4a2b 1a1b24")
SKY = palette("2f7f90 7fb5a5 f2d9a0 f6b95f")
FIELDS = palette("8fae5a e3b23c c98a2f 5f9678 efc95a")
WHEAT = palette("f2c14e")
SUN = (0.95, 0.36, 0.13)
HILLS = ((0.50, 0.05, 2.5), (0.56, 0.05, 2.0), (0.63, 0.06, 2.4), (0.72, 0.06, 1.6))
TREES = ((0.16, 0.58, 0.12), (0.27, 0.61, 0.08), (1.33, 0.60, 0.11), (1.21, 0.62, 0.07),
         (0.62, 0.59, 0.05), (0.70, 0.60, 0.04))


@PAINTINGS.register("linocut", paper="doi:10.1145/237170.237287", year=1996,
                    title="Wheat before the harvest")
def paint(seed: int, size: Size) -> np.ndarray:
    """Print a low sun over fields from blocks of colour and one of black lines."""
    random = np.random.default_rng((seed, 10))
    fine = (size[0] * FINE, size[1] * FINE)
    x, y = grid(fine)
    shake = 0.012 * noise(random, fine, 6, 3)
    colour, ink = _sky(x, y, shake)
    for number, (level, rise, bumps) in enumerate(HILLS):
        ridge = level - rise * np.clip(wander(random, fine[1], bumps, 2), -1.6, 1.6)
        colour, ink = _field(random, colour, ink, x, y, ridge + shake[0], number)
        if number == 1:
            for tree in TREES:
                colour, ink = _tree(random, colour, ink, x, y, tree)
    colour, ink = _wheat(random, colour, ink)
    print_ = _press(random, colour, ink)
    return to_bytes(cv2.resize(print_, size[::-1], interpolation=cv2.INTER_AREA))


def _lines(phase: np.ndarray, tone: np.ndarray) -> np.ndarray:
    """Return ink (0…1) in lines one phase apart that cover the share `tone` of the block."""
    wave = np.abs(2 * (phase % 1) - 1)  # 0 in the middle of a line, 1 between two
    steep = np.maximum(np.hypot(*np.gradient(phase)) * 2, 1e-4)  # of the wave, per pixel
    return np.clip((tone.clip(-0.05, 1.05) - wave) / steep.clip(0, 0.5) + 0.5, 0, 1)


def _sky(x: np.ndarray, y: np.ndarray, shake: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the colour of the sky and its black rays, wider the further from the sun."""
    dx, dy = x - SUN[0], y - SUN[1]
    far = np.hypot(dx, dy)
    rays = np.arctan2(dy, dx) / (2 * np.pi) * 150
    rings = far * 62 + 3 * shake
    broken = 0.1 * np.sin(far * 55 + 9 * np.sin(rays * 0.7)) + 3 * shake
    ink = _lines(rays + 8 * shake, 0.1 + 0.62 * smooth(0.17, 1.1, far) + broken)
    ink = np.where(far < 0.235, _lines(rings, 0.3 + 0 * far), ink)
    disc = smooth(SUN[2] + 0.002, SUN[2], far)
    colour = blend(ramp(SKY, y / 0.5), RED, disc)
    return colour, ink * (1 - disc) + disc * _lines(rings, 0.16 + 0.6 * dy / SUN[2] - 0.3)


def _field(random: Random, colour: np.ndarray, ink: np.ndarray, x: np.ndarray, y: np.ndarray,
           ridge: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Lay a field over both blocks: furrows that run over the hill, light on its crest."""
    deep = y - ridge
    inside = smooth(0, 0.002, deep)
    drift = noise(random, x.shape, 2, 2)
    lean = random.uniform(-0.9, 0.9)
    furrows = (deep * (36 - 4 * number) * (1 + 0.3 * np.sin(3 * x + number))
               if number % 2 else (x + lean * deep + 0.03 * drift) / (0.25 + 2.2 * deep) * 15)
    tone = 0.08 + 0.42 * smooth(0.0, 0.12, deep) + 0.14 * drift + 0.06 * np.sin(40 * x + 30 * deep)
    tint = FIELDS[number % len(FIELDS)]
    outline = smooth(0.0045, 0.003, np.abs(deep - 0.002))
    black = np.maximum(_lines(furrows, tone), outline)
    return blend(colour, tint, inside), ink * (1 - inside) + black * inside


def _tree(random: Random, colour: np.ndarray, ink: np.ndarray, x: np.ndarray, y: np.ndarray,
          tree: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Lay a round tree over both blocks, cut in arcs, its far side from the sun black."""
    cx, foot, radius = tree
    dx, dy = (x - cx) / radius, (y - foot + 1.15 * radius) / (1.15 * radius)
    far = np.hypot(dx, dy) + 0.07 * np.sin(9 * np.arctan2(dy, dx)) + 0.02 * np.sin(
        31 * np.arctan2(dy, dx))
    trunk = (np.abs(dx) < 0.09 + 0.05 * dy) & (dy > 0.5) & (dy < 1.25)
    inside = smooth(1.0, 0.985, far)
    light = np.sign(SUN[0] - cx) * dx * 0.6 - dy * 0.45
    arcs = np.hypot(dx + 0.4, dy + 1.1) * radius * 75 + 0.35 * noise(random, x.shape, 18, 2)
    black = np.maximum(_lines(arcs, 0.62 - 0.5 * light), smooth(0.95, 0.97, far))
    colour = blend(colour, FIELDS[3], inside)
    return colour, np.maximum(ink * (1 - inside) + black * inside, trunk)


def _wheat(random: Random, colour: np.ndarray, ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut ears of wheat into the foreground: gold on black, the nearer the larger."""
    height = colour.shape[0]
    gold = np.zeros(ink.shape, np.uint8)
    for near in np.linspace(0, 1, 120):
        x = random.uniform(-0.03, colour.shape[1] / height + 0.03)
        top = 0.80 + 0.13 * near + random.uniform(-0.06, 0.05)
        _ear(random, gold, np.array([x, top]) * height, (0.6 + 0.5 * near) * height)
    tops = cv2.dilate(gold, np.ones((9, 9), np.uint8))
    x, y = grid(ink.shape)
    ground = np.maximum(smooth(0.80, 0.93, y + 0.02 * noise(random, ink.shape, 9, 3)) > 0.5,
                        tops > 0)
    kept = gold / np.float32(255)
    colour = blend(colour, WHEAT[0], ground)
    return colour, np.where(ground, 1 - kept, ink)


def _ear(random: Random, gold: np.ndarray, tip: np.ndarray, unit: float) -> None:
    """Cut one ear, a bent stalk, grains in two rows and their beards, with black around it."""
    lean = random.normal(0, 0.2)
    steps = np.linspace(0, 1, 12)[:, None]
    down = np.array([np.sin(lean), np.cos(lean)])
    stalk = tip + steps * down * 0.4 * unit + steps ** 2 * [0.06 * lean * unit, 0]
    for gap, tone in ((max(2, round(0.007 * unit)), 0), (0, 255)):
        _line(gold, stalk, tone, max(1, round(0.0032 * unit)) + gap)
        for step in range(11):
            for side in (-1, 1):
                turn = lean + side * 0.38
                ahead = np.array([-np.sin(turn), -np.cos(turn)])
                root = tip + down * unit * 0.0115 * step + side * unit * np.array([0.0055, 0])
                _line(gold, np.array([root, root + 0.055 * unit * ahead]), tone, 1 + gap // 2)
                grain = np.round((root + 0.004 * unit * ahead) * 16).astype(int).tolist()
                half = [round(16 * (part * unit + gap / 3)) for part in (0.0105, 0.0042)]
                angle = np.degrees(np.arctan2(ahead[1], ahead[0]))
                cv2.ellipse(gold, grain, half, angle, 0, 360, tone, -1, cv2.LINE_AA, 4)


def _line(gold: np.ndarray, path: np.ndarray, tone: int, thick: int) -> None:
    cv2.polylines(gold, [np.round(path * 16).astype(np.int32)], False, tone, thick, cv2.LINE_AA, 4)


def _press(random: Random, colour: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Return the print: thin colour lets the paper through, black misses the paper's hollows."""
    grain = noise(random, ink.shape, 220, 2)
    cover = 0.88 + 0.06 * noise(random, ink.shape, 5, 4) + 0.05 * grain
    printed = blend(to_light(np.broadcast_to(PAPER, colour.shape)), to_light(colour), cover)
    solid = ink * smooth(-2.6, -1.2, grain + 0.4 * noise(random, ink.shape, 7, 3))
    return to_screen(blend(printed, to_light(BLACK), 0.97 * solid)).astype(np.float32)
