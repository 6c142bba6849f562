"""Poppies in the rain: transparent washes that darken at their edges and settle in the paper.

Edge darkening, granulation, backruns and glazes after Curtis et al.: "Computer-generated
watercolor", SIGGRAPH 1997; glazes absorb light one after the other.
"""

from __future__ import annotations

import cv2
import numpy as np

from vision.style.paintings import PAINTINGS
from vision.style.paintings.colour import blend, glaze, palette, to_bytes, to_light, to_screen
from vision.style.paintings.fields import Random, Size, noise, smooth, wander

PAPER = palette("fbf6ea")
WATER = palette("63b3cf d8cf5a ab8fd0 f7ab9a 5fb596")
PETALS = palette("e8402a f0652f d9284a f58a4a c21f3a")
GREEN = palette("4f7f4a 7fa04f 2f6652")
DARK = palette("2a2038")
FLOWERS = ((0.46, 0.42, 0.20), (0.96, 0.33, 0.17), (1.24, 0.58, 0.14), (0.16, 0.62, 0.13),
           (0.74, 0.66, 0.12), (0.24, 0.2, 0.09), (1.38, 0.18, 0.085), (0.70, 0.13, 0.07))


@PAINTINGS.register("poppies", paper="doi:10.1145/258734.258896", year=1997,
                    title="Poppies in the rain")
def paint(seed: int, size: Size) -> np.ndarray:
    """Paint poppies on wet paper, then on dry."""
    random = np.random.default_rng((seed, 11))
    sheet = Sheet(random, size)
    _background(random, sheet)
    flowers = sorted(FLOWERS, key=lambda flower: flower[2])
    for cx, cy, radius in flowers:
        _stem(random, sheet, np.array([cx, cy]), radius)
    for cx, cy, radius in flowers:
        _flower(random, sheet, np.array([cx, cy]), radius)
    _splashes(random, sheet)
    return to_bytes(to_screen(sheet.light))


class Sheet:
    """Rough paper, and the light that it gives back through all washes so far."""

    def __init__(self, random: Random, size: Size) -> None:
        self.size = size
        self.grain = noise(random, size, 130, 2)
        self.flow = noise(random, size, 9, 5)
        self.light = to_light(PAPER) * (1 + 0.03 * self.grain[..., None])

    def wash(self, shape: np.ndarray, pigment: np.ndarray, strength: float, soft: float,
             window: tuple[slice, slice] = np.s_[:, :]) -> None:
        """Lay a wash where `shape` (0…1) is wet; pigment gathers at its edge and in hollows."""
        rim = np.clip(shape - cv2.GaussianBlur(shape, (0, 0), soft * self.size[0]), 0, 1)
        amount = shape * (0.6 + 0.2 * self.flow[window]) + 1.2 * rim
        amount = strength * amount * (1 + 0.14 * self.grain[window])
        self.light[window] = glaze(self.light[window], pigment, np.clip(amount, 0, 3))

    def shape(self, outline: np.ndarray, pigment: np.ndarray, strength: float,
              soft: float = 0.006, lift: bool = False) -> None:
        """Lay a wash inside an outline (N×2, heights); `lift` takes half of what is below away."""
        outline = outline * self.size[0]
        low = np.clip(outline.min(0).astype(int) - 9, 0, self.size[::-1])
        high = np.clip(outline.max(0).astype(int) + 10, 0, self.size[::-1])
        if (high <= low).any():
            return
        window = np.s_[low[1] : high[1], low[0] : high[0]]
        mask = np.zeros(tuple(high - low)[::-1], np.float32)
        cv2.fillPoly(mask, [np.round((outline - low) * 16).astype(np.int32)], 1.0, cv2.LINE_8, 4)
        wet = cv2.GaussianBlur(mask, (0, 0), 0.8)
        if lift:
            self.light[window] = blend(self.light[window], to_light(PAPER), 0.94 * wet)
        self.wash(wet, pigment, strength, soft, window)


def _background(random: Random, sheet: Sheet) -> None:
    """Flood the sheet with colours that run into each other and dry with backruns."""
    for pigment in np.concatenate([WATER, WATER]):
        pool = noise(random, sheet.size, 2.2, 5)
        sheet.wash(smooth(-0.3, 0.9, pool), pigment, 0.22, 0.03)
    for _ in range(4):
        bloom = noise(random, sheet.size, 3, 6)
        sheet.wash(smooth(0.7, 0.74, bloom), WATER[random.integers(len(WATER))], 0.3, 0.012)
    for _ in range(46):
        foot = np.array([random.uniform(0, sheet.size[1] / sheet.size[0]), 1.05])
        tip = foot + [random.normal(0, 0.16), -random.uniform(0.15, 0.6)]
        blade = _ribbon(foot, tip, random.normal(0, 0.06), random.uniform(0.003, 0.011))
        sheet.shape(blade, GREEN[random.integers(3)], random.uniform(0.25, 0.6))


def _ribbon(foot: np.ndarray, tip: np.ndarray, bend: float, width: float,
            end: float = 0.1) -> np.ndarray:
    """Return the outline of a bent blade that narrows to the share `end` of its width."""
    part = np.linspace(0, 1, 24)[:, None]
    aside = np.array([tip[1] - foot[1], foot[0] - tip[0]])
    aside = aside / np.linalg.norm(aside)
    line = foot + part * (tip - foot) + np.sin(np.pi * part) * bend * aside
    half = width * (1 - (1 - end) * part) * aside
    return np.concatenate([line + half, (line - half)[::-1]])


def _stem(random: Random, sheet: Sheet, centre: np.ndarray, radius: float) -> None:
    foot = np.array([centre[0] + random.normal(0, 0.12), 1.05])
    bend = random.normal(0, 0.05)
    sheet.shape(_ribbon(foot, centre, bend, 0.006 + 0.012 * radius, 0.7), GREEN[2], 1.0)
    for share in random.uniform(0.15, 0.6, 3):
        start = foot + share * (centre - foot)
        for side in (-1, 1):
            tip = start + [side * random.uniform(0.06, 0.16), -random.uniform(0.02, 0.12)]
            sheet.shape(_ribbon(start, tip, 0.02 * side, 0.014), GREEN[random.integers(3)], 0.7)


def _flower(random: Random, sheet: Sheet, centre: np.ndarray, radius: float) -> None:
    """Lay petals over each other, veins in them, and a dark heart with stamens."""
    under = centre + (_dot(centre, 0.8 * radius) - centre) * [1, 0.8]
    sheet.shape(under, PETALS[3], 0.3, lift=True)
    start = random.uniform(0, 2 * np.pi)
    tint = random.integers(len(PETALS))
    for number in range(6):
        turn = start + number * 2 * np.pi / 6 * 1.07
        size = radius * random.uniform(0.85, 1.1)
        outline = _petal(random, centre, size, turn)
        pigment = PETALS[(tint + random.integers(0, 3)) % len(PETALS)]
        sheet.shape(outline, pigment, random.uniform(0.5, 0.7), 0.02, lift=number < 3)
        inner = centre + (outline - centre) * random.uniform(0.5, 0.7)
        sheet.shape(inner, PETALS[tint], 0.32, 0.03)
        for spread in np.linspace(-0.5, 0.5, 9):
            ahead = np.array([np.cos(turn + spread), np.sin(turn + spread) * 0.8])
            reach = size * random.uniform(0.55, 0.9)
            vein = _ribbon(centre + 0.2 * size * ahead, centre + reach * ahead, 0.006, 0.0016)
            sheet.shape(vein, PETALS[4], 0.5)
    _heart(random, sheet, centre, radius)


def _petal(random: Random, centre: np.ndarray, radius: float, turn: float) -> np.ndarray:
    """Return the outline of a broad, frilled petal (flattened, as seen a little from the side)."""
    part = np.linspace(-1, 1, 60)
    frill = 0.035 * wander(random, 60, 9, 3) * (1 - part ** 6)
    length = radius * ((1 - np.abs(part) ** 3.2) ** 0.55 + frill)
    angle = turn + 0.92 * part
    return centre + length[:, None] * np.stack([np.cos(angle), 0.8 * np.sin(angle)], -1)


def _heart(random: Random, sheet: Sheet, centre: np.ndarray, radius: float) -> None:
    for size, strength in ((0.27, 0.55), (0.17, 0.9)):
        turn = np.linspace(0, 2 * np.pi, 50)
        ragged = radius * size * (1 + 0.12 * wander(random, 50, 12, 3))
        ring = ragged[:, None] * np.stack([np.cos(turn), 0.8 * np.sin(turn)], -1)
        sheet.shape(centre + ring, DARK, strength, 0.012)
    for turn in random.uniform(0, 2 * np.pi, 34):
        tip = centre + radius * random.uniform(0.2, 0.4) * np.array(
            [np.cos(turn), 0.8 * np.sin(turn)])
        sheet.shape(_ribbon(centre, tip, 0.004, 0.0012, 1.0), DARK, 0.8)
        sheet.shape(_dot(tip, 0.022 * radius + 0.0012), DARK, 1.1)


def _dot(centre: np.ndarray, radius: float) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, 14)
    return centre + radius * np.stack([np.cos(turn), np.sin(turn)], -1)


def _splashes(random: Random, sheet: Sheet) -> None:
    """Let drops of colour fall on the sheet."""
    wide = sheet.size[1] / sheet.size[0]
    for _ in range(110):
        place = random.uniform(0, 1, 2) * [wide, 1]
        pigment = (PETALS if random.random() < 0.6 else WATER)[random.integers(5)]
        sheet.shape(_dot(place, 0.0012 + 0.006 * random.random() ** 3), pigment, 0.6, 0.002)
