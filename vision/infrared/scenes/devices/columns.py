"""Devices that are one upright column: arresters, instrument transformers, capacitors."""

from __future__ import annotations

import numpy as np

from vision.infrared.scenes.devices.built import (
    Built,
    cap,
    cuboid,
    flag,
    flange,
    ring,
    rods,
    struts,
    stud,
)
from vision.infrared.scenes.parts import Part
from vision.infrared.scenes.profiles import Section, ball, column, dome, sheds, straight
from vision.infrared.scenes.surfaces import METAL, PAINT, POLYMER, PORCELAIN


def surge_arrester(rng: np.random.Generator, load: float) -> Built:
    """One to three units on an insulated base, with a wide grading ring around the top."""
    units, core = int(rng.integers(1, 4)), rng.uniform(0.075, 0.1)
    length = rng.uniform(0.75, 1.1) if units > 1 else rng.uniform(1.2, 1.7)
    kind, surface = [("porcelain", PORCELAIN), ("polymer", POLYMER)][rng.integers(2)]
    warm, second = rng.uniform(0.2, 0.8), float(rng.choice([1, 0.7]))
    shape = sheds(int(length * rng.uniform(11, 15)), core, 1.75 * core, kind, 1, second)
    sections = [flange(2 * core, "base", 0.06)]
    for unit in range(units):
        sections += [flange(1.35 * core, "", 0.07),
                     Section(length, shape, "insulator", surface, warm * (0.7 + 0.3 * unit)),
                     flange(1.35 * core, "", 0.07)]
    parts: list[Part] = [*_feet(3, 1.6 * core), *column((0, 0.14, 0), sections),
                         cuboid((0, -0.12, -0.2), (0.12, 0.16, 0.1), zone="base")]
    top = 0.2 + units * (length + 0.14)
    drop, wide = rng.uniform(0.15, 0.35), rng.uniform(0.3, 0.45)
    parts += [*ring(top - drop, wide, 0.028), struts(top - drop, top, core, wide),
              *column((0, top, 0), [stud(0.03, 0.15)]), flag((0, top + 0.05, 0), 0.2, "terminal")]
    return Built(parts, [np.array([0, top + 0.15, 0])], 2 * wide, top + 0.2)


def neutral_arrester(rng: np.random.Generator, load: float) -> Built:
    """A short slim arrester with a rod gap beside it, for a transformer's neutral point."""
    length, core = rng.uniform(0.7, 1.05), rng.uniform(0.05, 0.065)
    kind, surface = [("porcelain", PORCELAIN), ("polymer", POLYMER)][rng.integers(2)]
    sections = [
        Section(0.14, straight(1.5 * core), "base"), flange(1.9 * core, "base", 0.04),
        Section(length, sheds(int(length * 13), core, 1.9 * core, kind), "insulator", surface,
                rng.uniform(0.1, 0.7)),
        flange(1.4 * core, "terminal", 0.07), stud(0.025, 0.14)]
    parts: list[Part] = list(column((0, 0, 0), sections))
    low, high, away = 0.16, length + 0.22, rng.choice([-1, 1]) * rng.uniform(0.32, 0.45)
    gap, middle = rng.uniform(0.06, 0.1), (low + high) / 2 + rng.uniform(-0.1, 0.1)
    parts.append(rods([(0, low, 0), (away, low, 0), (away, middle - gap, 0)],
                      [(0, high, 0), (away, high, 0), (away, middle + gap, 0)], radius=0.022))
    parts += column((away, middle - gap - 0.05, 0), [Section(0.07, ball(0.045), "", METAL)])
    parts += column((away, middle + gap - 0.02, 0), [Section(0.07, ball(0.045), "", METAL)])
    return Built(parts, [np.array([0, high + 0.1, 0])], 2 * abs(away), high + 0.15)


def voltage_transformer(rng: np.random.Generator, load: float) -> Built:
    """A wide oil tank under a stout insulator that ends in a small head."""
    wide, high = rng.uniform(0.55, 0.75), rng.uniform(0.4, 0.65)
    units, core = int(rng.integers(1, 3)), rng.uniform(0.13, 0.17)
    length = rng.uniform(0.9, 1.1) if units == 2 else rng.uniform(1.2, 1.6)
    warm = rng.uniform(0.6, 2.2)
    shape = sheds(int(length * rng.uniform(13, 17)), core, 1.4 * core)
    if rng.random() < 0.6:
        tank: list[Part] = [cuboid((0, high / 2, 0), (wide, high, wide), PAINT,
                                   (0.6 * warm, warm), "tank")]
    else:
        tank = list(column((0, 0, 0), [Section(high, straight(0.55 * wide), "tank", PAINT, warm)]))
    sections = [Section(0.1, straight(1.6 * core, 1.4 * core), "tank", PAINT, warm)]
    for unit in range(units):
        sections += [flange(1.3 * core), Section(length, shape, "insulator", PORCELAIN,
                                                 0.3 + 0.25 * warm * (unit == 0))]
    sections += [flange(1.4 * core, "head"), Section(rng.uniform(0.12, 0.2), straight(1.2 * core),
                                                     "head", PAINT, 0.3 * warm),
                 cap(1.2 * core, 0.09, "head")]
    parts = column((0, high, 0), sections)
    top = float(parts[-1].end[1])
    box = cuboid((0.1 * wide, 0.45 * high, -0.56 * wide), (0.25, 0.3, 0.12), zone="tank")
    return Built([*tank, box, *parts, flag((0, top - 0.06, 0), 0.3, "head")],
                 [np.array([0, top, 0])], wide, top + 0.05)


def current_transformer(rng: np.random.Generator, load: float) -> Built:
    """An inverted one: a big head with a terminal on either side, on a slimmer insulator."""
    length, core = rng.uniform(1.2, 1.9), rng.uniform(0.13, 0.17)
    head, tall = core * rng.uniform(2.0, 2.6), rng.uniform(0.35, 0.6)
    warm = rng.uniform(0.5, 3) * load
    hot = rng.uniform(0.3, 1.8) * load
    count = int(length * rng.uniform(11, 15))
    sections = [
        Section(0.12, straight(1.5 * core), "base"),
        Section(length, sheds(count, core, 1.55 * core, "porcelain", rng.uniform(0.8, 1)),
                "insulator", PORCELAIN, np.linspace(0, 0.6 * hot, 10 * count)),
        flange(1.3 * core), Section(rng.uniform(0.12, 0.3), straight(1.1 * core, head), "head",
                                    PAINT, hot),
        Section(tall, straight(head), "head", PAINT, hot), flange(1.08 * head, "head", 0.05, hot),
        _lid(rng, head, hot)]
    base = cuboid((0, 0.15, 0), (0.5, 0.3, 0.5), zone="base")
    parts = column((0, 0.3, 0), sections)
    middle = float(parts[4].middle[1])
    arms: list[Part] = []
    for side in (-1, 1):
        direction = np.array([side, 0.0, 0])
        arms += column((side * 0.9 * head, middle, 0),
                       [Section(0.2, straight(0.06), "terminal", METAL, warm),
                        Section(0.14, straight(0.09), "terminal", METAL, warm)], direction)
    ends = [np.array([side * (head + 0.3), middle, 0]) for side in (-1, 1)]
    return Built([base, *parts, *arms], ends, 2 * head + 0.7, float(parts[-1].end[1]))


def coupling_capacitor(rng: np.random.Generator, load: float) -> Built:
    """A slender, evenly ribbed stack on a small insulating pedestal."""
    units, core = int(rng.integers(1, 3)), rng.uniform(0.12, 0.15)
    length = rng.uniform(1.0, 1.3) if units == 2 else rng.uniform(1.4, 1.9)
    shape = sheds(int(length * rng.uniform(17, 22)), core, 1.25 * core, "bell")
    sections = [Section(0.24, sheds(3, 0.5 * core, 0.95 * core), "base", PORCELAIN),
                flange(1.5 * core, "base", 0.05)]
    for _ in range(units):
        sections += [flange(1.2 * core, "", 0.08), Section(length, shape, "insulator", PORCELAIN,
                                                          rng.uniform(0.1, 0.5)),
                     flange(1.2 * core, "", 0.08)]
    sections += [cap(1.1 * core, 0.07), stud(0.03, 0.16)]
    parts = column((0, 0, 0), sections)
    top = float(parts[-1].end[1])
    lead = rods([(0, 0.26, 0), (-0.3, 0.2, 0), (-0.34, -0.5, 0)], radius=0.012)
    return Built([lead, *parts, flag((0, top - 0.1, 0), 0.2, "terminal")],
                 [np.array([0, top, 0])], 3 * core, top)


def _lid(rng: np.random.Generator, head: float, hot: float) -> Section:
    """Return the top of an inverted current transformer: a dome or a bellows housing."""
    if rng.random() < 0.5:
        return Section(rng.uniform(0.1, 0.25), dome(head), "head", PAINT, hot)
    return Section(rng.uniform(0.15, 0.3), straight(0.6 * head), "head", PAINT, 0.5 * hot)


def _feet(count: int, radius: float) -> list[Part]:
    """Return short post insulators in a circle that keep a base off the earth."""
    turns = 0.4 + np.arange(count) * 2 * np.pi / count
    return [part for a in turns for part in column(
        (radius * np.cos(a), 0, radius * np.sin(a)),
        [Section(0.14, sheds(2, 0.025, 0.045), "base", PORCELAIN)])]
