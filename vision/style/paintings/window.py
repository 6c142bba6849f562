"""Cathedral sun: a rose window of coloured glass held by lead.

Cells after Worley: "A cellular texture basis function", SIGGRAPH 1996.
"""

from __future__ import annotations

import cv2
import numpy as np
from scipy.spatial import cKDTree

from vision.style.paintings import PAINTINGS
from vision.style.paintings.brushes import relief
from vision.style.paintings.colour import palette, ramp, to_bytes, to_light, to_screen, vary
from vision.style.paintings.fields import Random, Size, grid, noise, smooth

CENTRE = (0.62, 0.47)
RINGS = ((0.0, 1), (0.055, 8), (0.105, 12), (0.165, 16), (0.215, 32), (0.275, 24), (0.335, 24),
         (0.385, 48))
RAYS = ((0.455, 32), (0.53, 48), (0.605, 40), (0.69, 56), (0.775, 48), (0.87, 64), (0.97, 56),
        (1.08, 64))
ROSE = palette("fff1b8 ffc21f f58a1f d8281c b30f3a f2961e 7a1650 e8b52a")
SKY = palette("0a2a86 1450b8 1a86cf 0a2a86 3a2f9e 14a0a8 5a2a96")
GEMS = palette("d8281c f2a51e 2fa85a")
CAME = palette("15151a 6a6c72")


@PAINTINGS.register("window", paper="doi:10.1145/237170.237267", year=1996,
                    title="Cathedral sun")
def paint(seed: int, size: Size) -> np.ndarray:
    """Paint a rose window with light behind it."""
    random = np.random.default_rng((seed, 3))
    seeds, kinds = _cells(random)
    x, y = grid(size)
    wobble = 0.004 * np.stack([noise(random, size, 5, 2), noise(random, size, 5, 2)], -1)
    pixels = np.stack([x, y], -1) + wobble
    far, near = cKDTree(seeds).query(pixels.reshape(-1, 2).astype(np.float64), 2)
    cell = near[:, 0].reshape(size)
    gap = np.linalg.norm(seeds[near[:, 1]] - seeds[near[:, 0]], axis=1)
    edge = ((far[:, 1] ** 2 - far[:, 0] ** 2) / (2 * gap)).reshape(size)  # to the lead's middle
    glass = _glass(random, kinds[cell], _tints(random, seeds, kinds)[cell], edge, x, y)
    return to_bytes(_lead(random, glass, edge, kinds[cell]))


def _cells(random: Random) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle of every piece of glass (N×2) and its ring in the rose, −1 outside."""
    rose, kinds = [], []
    for ring, (radius, count) in enumerate(RINGS):
        turn = np.arange(count) * 2 * np.pi / count + (ring % 2) * np.pi / count
        rose.append(np.stack([CENTRE[0] + radius * np.cos(turn),
                              CENTRE[1] + radius * np.sin(turn)], -1))
        kinds += [ring] * count
    for ring, (radius, count) in enumerate(RAYS):
        turn = (np.arange(count) + 0.5 * (ring % 2)) * 2 * np.pi / count
        out = radius + random.normal(0, 0.011, count)
        turn = turn + random.normal(0, 0.03, count)
        rose.append(np.stack([CENTRE[0] + out * np.cos(turn), CENTRE[1] + out * np.sin(turn)], -1))
        kinds += [-1] * count
    return np.concatenate(rose), np.array(kinds)


def _tints(random: Random, seeds: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Return a colour for every piece: rings of fire, and a sky that turns around them."""
    away = seeds - CENTRE
    arms = np.arctan2(away[:, 1], away[:, 0]) / (2 * np.pi) * 21 + 9 * np.hypot(*away.T)
    tints = SKY[np.floor(arms).astype(int) % len(SKY)]
    gems = (random.random(len(seeds)) < 0.13)[:, None]
    tints = np.where(gems, GEMS[random.integers(len(GEMS), size=len(seeds))], tints)
    tints = np.where(kinds[:, None] >= 0, ROSE[kinds], tints)
    return vary(random, tints, 0.035, 0.02)


def _glass(random: Random, kinds: np.ndarray, tints: np.ndarray, edge: np.ndarray,
           x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the light behind the panes: streaks, ripples and bubbles, dimmer at the lead."""
    size = x.shape
    streaks = np.sin(3 * noise(random, size, 3, 4) + 9 * kinds + 60 * (x + 0.6 * y))
    ripples = noise(random, size, 60, 3)
    sun = 0.7 + 0.7 * np.exp(-(np.hypot(x - CENTRE[0], y - CENTRE[1]) / 0.5) ** 2)
    slant = noise(random, size, 9, 1)
    light = sun * (0.62 + 0.13 * streaks + 0.09 * ripples + 0.16 * slant
                   + 0.4 * smooth(0, 0.028, edge))
    glass = to_light(tints) * np.clip(light, 0.1, 2)[..., None]
    halo = cv2.GaussianBlur(glass.astype(np.float32), (0, 0), 0.02 * size[0])
    return to_screen(0.85 * glass + 0.25 * halo)


def _lead(random: Random, glass: np.ndarray, edge: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Return the glass with rounded lead over its joints."""
    half = np.where(kinds >= 0, 0.0045, 0.0058) + 0.0008 * noise(random, edge.shape, 20, 2)
    inside = smooth(0.0012, -0.0012, edge - half)
    round_top = np.sqrt(np.clip(1 - (edge / half) ** 2, 0, 1))
    tone = 0.35 * round_top + 0.12 * noise(random, edge.shape, 50, 2)
    height = (0.5 * round_top * inside + 0.012 * noise(random, edge.shape, 40, 3))
    mixed = glass + (ramp(CAME, tone) - glass) * inside[..., None]
    return relief(mixed.astype(np.float32), height.astype(np.float32), 0.55, 0.2)
