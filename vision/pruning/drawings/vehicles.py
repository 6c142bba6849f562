"""Airplanes, automobiles, ships and trucks, seen from the side and heading right."""

from __future__ import annotations

import numpy as np

from vision.pruning.drawings.brush import Brush, Subject, pick, shade

Random = np.random.Generator
GLASS, TYRE, HUB = (60, 80, 100), (28, 28, 30), (160, 162, 166)


def airplane(brush: Brush, random: Random) -> None:
    """A jet with swept wings, a fin, engines and a row of windows."""
    body = pick(random, (236, 238, 242), (205, 210, 216), (230, 226, 210))
    accent = pick(random, (190, 40, 40), (30, 70, 150), (40, 110, 80), (215, 130, 30))
    brush.polygon(shade(body, 0.7), (52, 47), (40, 22), (32, 22), (38, 47))
    brush.polygon(shade(body, 0.75), (16, 46), (8, 34), (3, 34), (8, 47))
    brush.ellipse(body, (50, 50), 46, 7.5)
    brush.polygon(body, (4, 50), (20, 43), (30, 57))
    brush.polygon(accent, (22, 45), (8, 22), (1, 22), (5, 47))
    brush.line(accent, 2, (10, 52), (90, 52))
    for x in range(30, 82, 7):
        brush.ellipse(GLASS, (x, 47.5), 1.6, 1.6)
    brush.polygon(GLASS, (88, 46), (93, 47.5), (88, 49))
    brush.polygon(shade(body, 0.85), (62, 53), (34, 83), (25, 83), (38, 54))
    brush.polygon(shade(body, 0.8), (18, 52), (7, 64), (2, 64), (8, 51))
    brush.ellipse(shade(body, 0.55), (50, 66), 7, 3.6)


def automobile(brush: Brush, random: Random) -> None:
    """A low car: bonnet, cabin with two windows, and two wheels."""
    paint = pick(random, (190, 40, 38), (40, 75, 150), (225, 225, 228), (60, 62, 68),
                 (225, 175, 40), (70, 130, 90))
    brush.ellipse((45, 45, 48), (50, 78), 46, 4)
    brush.polygon(shade(paint, 0.9), (22, 52), (34, 34), (62, 34), (78, 52))
    brush.polygon(GLASS, (28, 51), (36, 38), (48, 38), (48, 51))
    brush.polygon(GLASS, (51, 51), (51, 38), (61, 38), (72, 51))
    brush.polygon(paint, (4, 56), (8, 51), (78, 51), (93, 55), (97, 62), (97, 73), (3, 73))
    brush.polygon(shade(paint, 0.75), (3, 68), (97, 68), (97, 74), (3, 74))
    brush.line(shade(paint, 0.7), 1, (49.5, 52), (49.5, 68))
    brush.ellipse((255, 240, 180), (94, 60), 2.6, 3)
    brush.ellipse((200, 30, 30), (5, 59), 2, 3)
    _wheels(brush, 74, 10, 23, 77)


def truck(brush: Brush, random: Random) -> None:
    """A lorry: a tall box, a cab in front of it, and three wheels."""
    cab = pick(random, (200, 45, 40), (45, 85, 160), (235, 235, 235), (60, 120, 75),
               (235, 160, 40))
    load = pick(random, (232, 232, 228), (180, 190, 200), (205, 185, 150), (90, 120, 160))
    brush.ellipse((45, 45, 48), (50, 83), 48, 4)
    brush.polygon((55, 56, 60), (3, 70), (96, 70), (96, 77), (3, 77))
    brush.polygon(load, (3, 18), (66, 18), (66, 71), (3, 71))
    for x in (15, 28, 41, 54):
        brush.line(shade(load, 0.88), 1, (x, 19), (x, 70))
    brush.polygon(shade(load, 0.75), (3, 66), (66, 66), (66, 71), (3, 71))
    brush.polygon(cab, (69, 32), (84, 32), (90, 50), (97, 54), (97, 74), (69, 74))
    brush.polygon(GLASS, (74, 36), (82, 36), (87, 50), (74, 50))
    brush.ellipse((255, 240, 180), (95, 63), 2.2, 3)
    _wheels(brush, 77, 9, 17, 38, 83)


def ship(brush: Brush, random: Random) -> None:
    """A steamer or a sailing boat."""
    hull = pick(random, (140, 40, 40), (40, 55, 80), (60, 60, 62), (235, 235, 235),
                (60, 100, 90))
    if random.random() < 0.35:
        _sails(brush, random)
    else:
        _decks(brush, random)
    brush.polygon(hull, (4, 55), (97, 50), (86, 76), (13, 76))
    brush.polygon(shade(hull, 0.7), (10.5, 70), (89, 70), (86, 76), (13, 76))
    for x in range(24, 80, 9):
        brush.ellipse((235, 235, 225), (x, 61), 1.6, 1.6)
    for x in range(6, 96, 11):
        brush.line((225, 235, 242), 1.6, (x, 77.5), (x + 8, 77.5))


def _decks(brush: Brush, random: Random) -> None:
    white = (238, 238, 236)
    funnel = pick(random, (200, 60, 40), (230, 170, 50), (40, 60, 110))
    brush.polygon(funnel, (36, 14), (46, 14), (47, 36), (35, 36))
    brush.polygon((40, 40, 42), (36, 14), (46, 14), (46, 18), (36, 18))
    brush.polygon(white, (26, 36), (66, 34), (70, 46), (24, 46))
    brush.polygon(shade(white, 0.9), (18, 46), (78, 44), (82, 55), (16, 55))
    for x in range(30, 66, 8):
        brush.polygon(GLASS, (x, 38.5), (x + 4, 38.5), (x + 4, 42), (x, 42))
    brush.line((90, 80, 70), 1.2, (74, 16), (74, 46))


def _sails(brush: Brush, random: Random) -> None:
    cloth = pick(random, (240, 236, 222), (235, 235, 240), (225, 180, 150))
    brush.line((95, 75, 55), 2, (48, 4), (48, 56))
    brush.polygon(cloth, (46, 6), (46, 50), (14, 50))
    brush.polygon(shade(cloth, 0.88), (50, 10), (50, 48), (84, 48))


def _wheels(brush: Brush, height: float, radius: float, *places: float) -> None:
    for x in places:
        brush.ellipse(TYRE, (x, height), radius, radius)
        brush.ellipse(HUB, (x, height), radius * 0.45, radius * 0.45)


VEHICLES = {
    "airplane": Subject(airplane, ("sky",), 0.2),
    "automobile": Subject(automobile, ("street", "meadow"), 0.02),
    "ship": Subject(ship, ("sea",), 0.03),
    "truck": Subject(truck, ("street", "meadow"), 0.02),
}
