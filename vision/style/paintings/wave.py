"""The great roller: a breaking sea as sheets of lines that rise, bend over and turn to foam.

Each sheet is a ruled surface between two splines; brushes follow its lines (Hertzmann 1998).
"""

from __future__ import annotations

import cv2
import numpy as np
from scipy.interpolate import make_interp_spline

from vision.style.paintings import PAINTINGS
from vision.style.paintings.brushes import Brush, Canvas
from vision.style.paintings.colour import blend, palette, ramp
from vision.style.paintings.fields import Random, Size, grid, noise, smooth

Line = tuple[tuple[float, float], ...]
SKY = palette("2f7f86 8fb9a4 efdcae f3b779 e9875c")
SUN = palette("f7d98a e8452c")
SEA = palette("081f3f 0e3a68 1d6690 4b9aad a9d2c6")
FOAM = palette("8fc0c6 dfeee2 fffaf0")
ROLLER: tuple[Line, Line] = (
    ((-0.15, 1.10), (0.02, 0.80), (0.20, 0.48), (0.40, 0.22), (0.63, 0.11), (0.84, 0.16),
     (0.95, 0.30), (0.94, 0.43)),
    ((1.75, 1.05), (1.35, 0.97), (0.98, 0.87), (0.72, 0.68), (0.60, 0.48), (0.65, 0.33),
     (0.80, 0.30), (0.90, 0.42)))
SWELL: tuple[Line, Line] = (
    ((0.55, 1.30), (0.90, 1.02), (1.15, 0.86), (1.34, 0.76), (1.47, 0.75), (1.55, 0.80)),
    ((1.90, 1.30), (1.75, 1.10), (1.58, 0.98), (1.45, 0.90), (1.44, 0.83), (1.53, 0.82)))
BRUSHES = (Brush(0.035, 0.14, 0.5, hold=0.1), Brush(0.018, 0.10, 0.55, error=0.03, hold=0.09),
           Brush(0.009, 0.05, 0.7, error=0.04, hold=0.09),
           Brush(0.005, 0.02, 0.8, error=0.05, hold=0.09))


@PAINTINGS.register("wave", paper="doi:10.1145/280814.280951", year=1998,
                    title="The great roller")
def paint(seed: int, size: Size) -> np.ndarray:
    """Paint a wave about to break in front of a low sun."""
    random = np.random.default_rng((seed, 2))
    plan, angle = _sky(random, size)
    plan, angle = _far_sea(random, plan, angle)
    for lines, foam_from, weight in ((ROLLER, 0.42, 1.0), (SWELL, 0.5, 0.6)):
        outer, inner = (_spline(line, size[0]) for line in lines)
        _sheet(random, plan, angle, outer, inner)
        _foam(random, plan, angle, outer, foam_from, weight)
    canvas = Canvas(random, size, SEA[1])
    canvas.cover(plan, angle, *BRUSHES)
    return canvas.finish()


def _sky(random: Random, size: Size) -> tuple[np.ndarray, np.ndarray]:
    x, y = grid(size)
    cloud = noise(random, size, 4, 4, stretch=4)
    plan = ramp(SKY, 1.25 * y + 0.09 * cloud)
    far = np.hypot(x - 1.22, y - 0.42)
    plan = blend(plan, SUN[0], 0.8 * np.exp(-(far / 0.2) ** 2))
    plan = blend(plan, SUN[1], smooth(0.118, 0.112, far))
    ring = np.arctan2(x - 1.22, 0.42 - y)
    return plan, np.where(far < 0.24, ring, 0.25 * cloud).astype(np.float32)


def _far_sea(random: Random, plan: np.ndarray,
             angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lay rows of small waves over the plan, larger the nearer they are."""
    x, y = grid(plan.shape[:2])
    for row in range(14):
        near = row / 13
        top = 0.6 + 0.4 * near ** 1.6
        phase = x / (0.05 + 0.3 * near) + random.uniform(0, 6)
        crest = top - (0.008 + 0.05 * near) * np.abs(np.sin(phase)) ** 0.8
        deep = (y - crest) / (0.03 + 0.09 * near)
        tone = 0.75 * np.exp(-np.clip(deep, 0, 9) * 3) + 0.3 * (1 - near) + 0.1 * np.sin(phase)
        glint = 0.6 * np.exp(-((x - 1.22) / (0.07 + 0.08 * near)) ** 2) * smooth(0.35, 0.8, tone)
        water = blend(ramp(SEA, tone), SKY[3], glint)
        plan = blend(plan, water, smooth(0, 0.05, deep))
        angle = np.where(deep > 0, 0.4 * np.cos(phase), angle)
    return plan, angle.astype(np.float32)


def _spline(line: Line, height: int, count: int = 90) -> np.ndarray:
    """Return a smooth curve (count×2, pixels) through the points of a line."""
    places = np.array(line) * height
    return make_interp_spline(np.linspace(0, 1, len(line)), places)(np.linspace(0, 1, count))


def _sheet(random: Random, plan: np.ndarray, angle: np.ndarray, outer: np.ndarray,
           inner: np.ndarray, lines: int = 110) -> None:
    """Draw the lines between two curves into plan and angle, striped from dark to light."""
    share = np.linspace(0, 1, lines)[:, None, None]
    sheet = outer * (1 - share) + inner * share  # (lines, points, 2)
    stripe = 0.36 + 0.25 * np.sin(np.linspace(0, 46, lines) + random.uniform(0, 6))
    stripe += 0.09 * random.standard_normal(lines) + 0.5 * (random.random(lines) < 0.06)
    rise = np.linspace(-0.1, 0.3, sheet.shape[1])
    colours = ramp(SEA, stripe[:, None] + rise).tolist()
    ahead = np.gradient(sheet, axis=1)
    angles = np.arctan2(ahead[..., 1], ahead[..., 0]).tolist()
    corners = np.round(sheet).astype(np.int32)
    for i in range(lines - 1):
        for j in range(sheet.shape[1] - 1):
            quad = corners[[i, i, i + 1, i + 1], [j, j + 1, j + 1, j]]
            cv2.fillConvexPoly(plan, quad, colours[i][j], cv2.LINE_8)
            cv2.fillConvexPoly(angle, quad, angles[i][j], cv2.LINE_8)


def _foam(random: Random, plan: np.ndarray, angle: np.ndarray, crest: np.ndarray, start: float,
          weight: float) -> None:
    """Draw foam along the end of a crest: heaps of white, fingers that hook down, and spray."""
    unit = weight * plan.shape[0]
    edge = crest[int(start * len(crest)):]
    for place in np.repeat(edge, 5, 0):
        spot = place + random.normal(0, 0.014, 2) * unit
        _dab(plan, spot, random.uniform(0.006, 0.02) * unit, FOAM[random.integers(3)])
    for place in np.repeat(edge, 2, 0)[:: 3]:
        _finger(random, plan, angle, place + random.normal(0, 0.01, 2) * unit, unit)
    for place in np.repeat(edge[len(edge) // 3:], 4, 0):
        spot = place + (random.normal([0.06, 0.02], [0.08, 0.07])) * unit
        _dab(plan, spot, random.uniform(0.0015, 0.005) * unit, FOAM[2])


def _finger(random: Random, plan: np.ndarray, angle: np.ndarray, start: np.ndarray,
            unit: float) -> None:
    """Draw one finger of foam as dabs that shrink along a bending path."""
    place, turn = start.copy(), random.uniform(0.0, 0.9)
    bending = random.uniform(0.05, 0.22)
    for step in range(12):
        width = unit * 0.0145 * (1 - step / 14)
        _dab(plan, place + width * 0.45, 1.1 * width, SEA[2])
        _dab(plan, place, width * 0.85, FOAM[2] if step % 3 else FOAM[1])
        _dab(angle, place, width, turn)
        place = place + 0.0095 * unit * np.array([np.cos(turn), np.sin(turn)])
        turn += bending


def _dab(image: np.ndarray, place: np.ndarray, radius: float, value: np.ndarray | float) -> None:
    spot = (round(16 * float(place[0])), round(16 * float(place[1])))
    colour = np.atleast_1d(value).tolist()
    cv2.circle(image, spot, round(16 * radius), colour, -1, cv2.LINE_8, 4)
