"""Where the drawn things are: skies, water, meadow, road, wood, and rooms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vision.pruning.drawings.brush import Brush, Colour, pick, shade

Random = np.random.Generator


def _bands(brush: Brush, top: Colour, bottom: Colour, start: float = 0) -> None:
    """Fill the rows from `start`, in percent, down with a smooth change of colour."""
    rows = len(brush.canvas)
    first = int(start * rows / 100)
    mix = np.linspace(0, 1, rows - first)[:, None]  # (rows, 1)
    brush.canvas[first:] = ((1 - mix) * top + mix * np.array(bottom))[:, None]


def sky(brush: Brush, random: Random) -> None:
    """Blue or grey, with a few clouds."""
    top = pick(random, (70, 130, 205), (110, 160, 220), (140, 160, 185), (95, 145, 210))
    _bands(brush, top, shade(top, 1.35))
    for _ in range(int(random.integers(0, 4))):
        x, y = random.uniform(0, 100, 2)
        for step in (-9, 0, 9):
            brush.ellipse((236, 240, 246), (x + step, y - 2 * (step == 0)), 9, 4)


def sea(brush: Brush, random: Random) -> None:
    """Sky above water with small waves."""
    sky(brush, random)
    water = pick(random, (35, 85, 130), (50, 110, 140), (60, 95, 120))
    _bands(brush, shade(water, 1.2), shade(water, 0.8), 58)
    for _ in range(14):
        x, y = random.uniform(-5, 100), random.uniform(60, 99)
        brush.line(shade(water, 1.35), 0.8, (x, y), (x + 9, y))


def meadow(brush: Brush, random: Random) -> None:
    """Sky above grass."""
    sky(brush, random)
    grass = pick(random, (95, 140, 60), (120, 150, 70), (80, 125, 65), (165, 155, 95))
    horizon = random.uniform(35, 55)
    _bands(brush, shade(grass, 1.1), shade(grass, 0.85), horizon)
    _grain(brush, grass, random, horizon)


def wood(brush: Brush, random: Random) -> None:
    """Stems before dark leaves."""
    leaf = pick(random, (50, 85, 50), (70, 95, 55), (95, 95, 50))
    _bands(brush, shade(leaf, 0.75), shade(leaf, 1.2))
    for _ in range(int(random.integers(3, 7))):
        x = random.uniform(0, 100)
        brush.line(pick(random, (75, 60, 45)), random.uniform(3, 7), (x, -5), (x, 75))
    _bands(brush, shade(leaf, 1.35), shade(leaf, 1.1), 74)
    _grain(brush, shade(leaf, 1.2), random, 74)


def street(brush: Brush, random: Random) -> None:
    """Houses behind a road."""
    wall = pick(random, (170, 150, 130), (185, 180, 170), (140, 115, 100), (150, 165, 180))
    _bands(brush, shade(wall, 1.15), wall)
    for x in np.arange(random.uniform(0, 12), 100, 20):
        brush.polygon(shade(wall, 0.6), (x, 12), (x + 9, 12), (x + 9, 30), (x, 30))
    road = pick(random, (95, 95, 100), (120, 118, 115))
    _bands(brush, shade(road, 1.1), road, 64)


def room(brush: Brush, random: Random) -> None:
    """A wall in one colour above a floor."""
    wall = pick(random, (205, 190, 165), (170, 185, 195), (190, 165, 150), (150, 120, 110))
    _bands(brush, shade(wall, 1.05), wall)
    _bands(brush, shade(wall, 0.75), shade(wall, 0.6), random.uniform(66, 80))


def pond(brush: Brush, random: Random) -> None:
    """Mud and leaves close by."""
    mud = pick(random, (110, 95, 65), (90, 105, 75), (70, 95, 90), (150, 135, 100))
    _bands(brush, mud, shade(mud, 0.8))
    for _ in range(int(random.integers(3, 8))):
        x, y = random.uniform(0, 100, 2)
        brush.ellipse(pick(random, (85, 110, 60), (125, 105, 60)), (x, y), 11, 5,
                      random.uniform(0, 180))


def _grain(brush: Brush, colour: Colour, random: Random, top: float) -> None:
    for _ in range(40):
        x, y = random.uniform(0, 100), random.uniform(top, 100)
        brush.line(shade(colour, random.uniform(0.8, 1.2)), 1, (x, y), (x + 1, y - 4))


PLACES: dict[str, Callable[[Brush, Random], None]] = {
    "sky": sky, "sea": sea, "meadow": meadow, "wood": wood, "street": street, "room": room,
    "pond": pond,
}
