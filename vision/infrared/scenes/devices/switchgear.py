"""What opens and closes: breakers, disconnectors and fuses."""

from __future__ import annotations

import numpy as np

from vision.infrared.scenes.devices.built import Built, cuboid, flag, flange, rods, stud
from vision.infrared.scenes.parts import Part
from vision.infrared.scenes.profiles import Section, column, sheds, straight
from vision.infrared.scenes.surfaces import METAL, PAINT, POLYMER, PORCELAIN


def circuit_breaker(rng: np.random.Generator, load: float) -> Built:
    """A live-tank breaker: a chamber on top of its support, or two of them like a T or a Y."""
    return _upright_breaker(rng, load) if rng.random() < 0.55 else _forked_breaker(rng, load)


def _upright_breaker(rng: np.random.Generator, load: float) -> Built:
    low, core = rng.uniform(1.0, 1.5), rng.uniform(0.085, 0.11)
    high, wide = rng.uniform(0.9, 1.3), core * rng.uniform(1.4, 1.7)
    warm = rng.uniform(0.5, 3) * load
    sections = [
        Section(0.2, straight(1.8 * core), "", PAINT, 0.5),
        Section(low, sheds(int(low * 14), core, 1.6 * core), "support", PORCELAIN),
        Section(0.24, straight(1.35 * wide), "", PAINT, warm),
        Section(high, sheds(int(high * 12), wide, 1.45 * wide), "chamber", PORCELAIN, 0.4 * warm),
        Section(0.14, straight(1.35 * wide), "terminal", PAINT, warm)]
    parts: list[Part] = list(column((0, 0, 0), sections))
    side = int(rng.choice([-1, 1]))
    middle, top = low + 0.3, low + high + 0.5
    parts += [_mechanism(rng), flag((0, middle, 0), side * 2.6 * wide, "", warm, 0.07),
              flag((0, top, 0), -side * 2.6 * wide, "terminal", warm, 0.07)]
    ends = [np.array([side * 2.5 * wide, middle, 0]), np.array([-side * 2.5 * wide, top, 0])]
    return Built(parts, ends, 4 * wide, top + 0.1)


def _forked_breaker(rng: np.random.Generator, load: float) -> Built:
    low, core = rng.uniform(1.3, 1.9), rng.uniform(0.09, 0.12)
    arm, wide = rng.uniform(0.75, 1.05), core * rng.uniform(1.0, 1.25)
    rise = float(rng.choice([0.0, rng.uniform(0.35, 0.7)]))
    warm = rng.uniform(0.5, 3) * load
    parts: list[Part] = [_mechanism(rng), *column((0, 0, 0), [
        Section(0.2, straight(1.8 * core), "", PAINT, 0.5),
        Section(low, sheds(int(low * 13), core, 1.65 * core), "support", PORCELAIN)])]
    hub = low + 0.35
    parts.append(cuboid((0, hub, 0), (2.6 * wide, 0.3, 2.6 * wide), PAINT, (warm, warm), ""))
    ends = []
    for side in (-1, 1):
        direction = np.array([side * np.cos(rise), np.sin(rise), 0])
        chamber = column(np.array([0, hub, 0]) + 1.2 * wide * direction, [
            flange(1.2 * wide, "", 0.08, warm),
            Section(arm, sheds(int(arm * 13), wide, 1.5 * wide), "chamber", PORCELAIN,
                    0.5 * warm),
            Section(0.16, straight(1.25 * wide), "terminal", PAINT, warm)], direction)
        parts += chamber
        ends.append(chamber[-1].end)
    return Built(parts, ends, 2 * arm + 0.8, hub + (arm + 0.4) * np.sin(rise) + 0.2)


def _mechanism(rng: np.random.Generator) -> Part:
    """Return the cabinet of the drive below the column."""
    height = rng.uniform(0.45, 0.7)
    return cuboid((0, -height / 2, 0), (0.5, height, 0.45), PAINT, (0.5, 1.5))


def disconnector(rng: np.random.Generator, load: float) -> Built:
    """Post insulators on a beam and a blade between them, closed or open."""
    high, core, span = rng.uniform(0.9, 1.3), rng.uniform(0.055, 0.07), rng.uniform(1.3, 1.9)
    warm, middle = rng.uniform(0.5, 4) * load, bool(rng.random() < 0.5)
    posts = (-span / 2, span / 2)
    parts: list[Part] = [cuboid((0, -0.08, 0), (span + 0.5, 0.16, 0.18))]
    for x in posts:
        parts += column((x, 0, 0), [
            flange(1.7 * core, "support", 0.08),
            Section(high, sheds(int(high * 12), core, 1.9 * core), "support", PORCELAIN),
            flange(1.4 * core, "", 0.1, warm)])
    top = high + 0.22
    parts += _blades(rng, span, top, warm, middle)
    parts += [flag((x, top - 0.05, 0), np.sign(x) * 0.3, "", warm, 0.09) for x in posts]
    ends = [np.array([1.3 * x + np.sign(x) * 0.1, top, 0]) for x in posts]
    return Built(parts, ends, span + 0.8, top + 0.1)


def _blades(rng: np.random.Generator, span: float, top: float, warm: float, middle: bool
            ) -> list[Part]:
    """Return two arms that meet in the middle, or one that closes at its end; some stand open."""
    swing = rng.uniform(0.9, 1.4) * (rng.random() < 0.2)
    reach = span / 2 if middle else span
    parts: list[Part] = []
    for side in ((-1, 1) if middle else (1,)):
        direction = np.array([side * np.cos(swing), 0 if middle else np.sin(swing),
                              np.sin(swing) if middle else 0])
        parts += column((-side * span / 2, top, 0),
                        [Section(reach, straight(0.035), "blade", METAL, warm)], direction)
    contact = 0.0 if middle else span / 2
    parts.append(cuboid((contact, top, 0), (0.22, 0.16, 0.14), METAL, (warm, warm), "contact"))
    return parts


def dc_breaker(rng: np.random.Generator, load: float) -> Built:
    """A platform on posts with two chambers in a row and the arrester that takes their energy."""
    high, core, wide = rng.uniform(1.0, 1.5), rng.uniform(0.08, 0.1), rng.uniform(2.0, 2.6)
    warm = rng.uniform(0.5, 3) * load
    parts: list[Part] = []
    for x in (-0.4 * wide, 0.4 * wide):
        for z in (-0.45, 0.45):
            parts += column((x, 0, z), [
                Section(high, sheds(int(high * 12), core, 1.6 * core), "support", PORCELAIN)])
    parts.append(cuboid((0, high + 0.1, 0), (wide, 0.2, 1.2)))
    deck = high + 0.2
    parts += _chamber_pair(rng, deck, wide, warm)
    stack = [flange(0.17, "arrester", 0.06)]
    tall = rng.uniform(0.8, 1.2)
    stack += [Section(tall, sheds(int(tall * 13), 0.13, 0.2, "polymer"), "arrester", POLYMER,
                      rng.uniform(0.2, 0.8)), flange(0.18, "arrester", 0.08)]
    parts += column((0.36 * wide, deck, -0.2), stack)
    ends = [np.array([-0.5 * wide, deck + 0.5, 0]), np.array([0.36 * wide, deck + tall + 0.15, 0])]
    return Built(parts, ends, wide, deck + tall + 0.2)


def _chamber_pair(rng: np.random.Generator, deck: float, wide: float, warm: float) -> list[Part]:
    """Return two lying interrupters with a short post under each of their three ends."""
    level, length = deck + rng.uniform(0.4, 0.55), 0.3 * wide
    start = -0.45 * wide
    row = [flange(0.17, "", 0.08, warm),
           Section(length - 0.1, sheds(int(length * 14), 0.11, 0.17), "chamber", PORCELAIN, warm),
           flange(0.19, "", 0.16, warm),
           Section(length - 0.1, sheds(int(length * 14), 0.11, 0.17), "chamber", PORCELAIN, warm),
           flange(0.17, "", 0.08, warm)]
    posts = [part for x in (start + 0.04, start + length + 0.04, start + 2 * length + 0.06)
             for part in column((x, deck, 0), [Section(level - deck, straight(0.05), "")])]
    return [*posts, *column((start, level, 0), row, np.array([1.0, 0, 0]))]


def fuse(rng: np.random.Generator, load: float) -> Built:
    """A drop-out fuse: a tube held between two contacts on a slanting insulator."""
    length, core = rng.uniform(0.3, 0.4), rng.uniform(0.035, 0.045)
    warm, gap = rng.uniform(0.5, 4) * load, rng.uniform(0.13, 0.18)
    side = int(rng.choice([-1, 1]))
    parts: list[Part] = list(column((0, -length / 2, 0), [
        flange(1.2 * core, "", 0.05),
        Section(length - 0.1, sheds(int(rng.integers(4, 7)), core, 2 * core, "bell"), "",
                PORCELAIN), flange(1.2 * core, "", 0.05)]))
    hang = np.array([0.0, 1.0, 0]) if rng.random() < 0.8 else np.array([side * 0.55, -0.835, 0])
    foot = np.array([side * gap, -0.6 * length, 0])
    parts += column(foot, [Section(1.15 * length, straight(0.021), "tube", POLYMER, warm),
                           stud(0.03, 0.04, "tube", warm)], hang)
    for level, zone in ((0.5, "upper contact"), (-0.58, "lower contact")):
        y = level * length
        parts += [rods([(0, y, 0), (side * gap, y, 0)], radius=0.02, zone=zone, warm=warm),
                  cuboid((side * gap, y, 0), (0.075, 0.06, 0.06), METAL, (warm, warm), zone)]
    parts.append(rods([(0, 0, 0), (-side * 0.28, 0.02, 0)], radius=0.022, zone=""))
    ends = [np.array([side * gap, 0.5 * length, 0]), np.array([side * gap, -0.6 * length, 0])]
    return Built(parts, ends, 0.5, length)
