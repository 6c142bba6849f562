"""Heavy plant: transformer tank, conservator, reactor, capacitors and the coupling filter."""

from __future__ import annotations

import numpy as np

from vision.infrared.scenes.devices.built import Built, cuboid, flag, flange, rods, stud
from vision.infrared.scenes.parts import Part, Plate
from vision.infrared.scenes.profiles import Section, ball, column, sheds, straight
from vision.infrared.scenes.surfaces import METAL, PAINT, POLYMER, PORCELAIN


def main_transformer_body(rng: np.random.Generator, load: float) -> Built:
    """A ribbed tank, hot at the top, with banks of radiator panels before it."""
    wide, high, deep = rng.uniform(2.8, 4.0), rng.uniform(1.7, 2.3), rng.uniform(1.2, 1.6)
    hot = 4 + rng.uniform(6, 20) * load
    tank = cuboid((0, high / 2, 0), (wide, high, deep), PAINT, (0.45 * hot, hot), "tank")
    lid = cuboid((0, high + 0.05, 0), (1.04 * wide, 0.1, 1.08 * deep), PAINT, (hot, hot), "tank")
    parts: list[Part] = [tank, lid, *_ribs(wide, high, deep, hot)]
    share = rng.uniform(0.35, 0.75)
    middle = rng.uniform(-0.5, 0.5) * (1 - share) * wide
    parts += _radiator(rng, middle, share * wide, high, -deep / 2 - 0.08, hot)
    return Built(parts, [], wide, high + 0.1)


def _ribs(wide: float, high: float, deep: float, hot: float) -> list[Part]:
    """Return the stiffeners of the tank's front."""
    return [cuboid((x, high / 2, -deep / 2 - 0.03), (0.07, 0.96 * high, 0.06), PAINT,
                   (0.3 * hot, 0.8 * hot), "tank")
            for x in np.linspace(-0.47 * wide, 0.47 * wide, 7)]


def _radiator(rng: np.random.Generator, middle: float, wide: float, high: float, front: float,
              hot: float) -> list[Part]:
    """Return upright panels between two headers; air cools them towards the bottom."""
    count, low = int(rng.integers(7, 15)), 0.1 * high
    pitch, deep, cool = wide / count, rng.uniform(0.35, 0.6), rng.uniform(0.15, 0.35)
    parts: list[Part] = []
    for number in range(count):
        x = middle - wide / 2 + (number + 0.5) * pitch
        warm = hot * rng.uniform(0.93, 1.0)
        parts.append(cuboid((x, low + 0.42 * high, front - deep / 2), (0.62 * pitch, 0.84 * high,
                            deep), PAINT, (cool * warm, 0.95 * warm), "radiator"))
    ends = (middle - wide / 2, middle + wide / 2)
    for y, warm in ((0.96 * high, hot), (0.1 * high, 0.35 * hot)):
        parts.append(rods([(ends[0], y, front), (ends[1], y, front)], radius=0.06,
                          zone="radiator", surface=PAINT, warm=warm))
    return parts


def conservator(rng: np.random.Generator, load: float) -> Built:
    """A lying oil drum with domed ends, an oil gauge and a pipe to the tank."""
    long, radius = rng.uniform(1.5, 2.4), rng.uniform(0.32, 0.45)
    warm = 2 + rng.uniform(2, 8) * load
    drum = column((-long / 2, radius, 0), [
        Section(long, ball(radius), "shell", PAINT, warm)], np.array([1.0, 0, 0]))
    edge = int(rng.choice([-1, 1])) * (long / 2 - 0.3)
    gauge = column((edge, radius, -0.8 * radius), [
        Section(0.3 * radius, straight(0.13), "gauge", METAL, 0.5 * warm)],
        np.array([0, 0, -1.0]))
    pipe = rods([(0.1 * long, 0.1, 0), (0.1 * long, -0.5, 0)], radius=0.05, surface=PAINT,
                warm=1.2 * warm)
    return Built([pipe, *drum, *gauge], [], long, 2 * radius)


def reactor(rng: np.random.Generator, load: float) -> Built:
    """A dry-type reactor: a wide coil between two spiders, on post insulators."""
    radius, long = rng.uniform(0.5, 0.85), rng.uniform(0.9, 1.6)
    post, hot = rng.uniform(0.4, 0.8), 3 + rng.uniform(6, 20) * load
    parts: list[Part] = []
    for a in 0.3 + np.arange(4) * np.pi / 2:
        parts += column((0.8 * radius * np.cos(a), 0, 0.8 * radius * np.sin(a)), [
            Section(post, sheds(int(post * 10), 0.05, 0.1), "support", PORCELAIN)])
    parts += column((0, post + 0.08, 0), [
        Section(long, straight(radius), "winding", POLYMER, hot * np.linspace(0.7, 1.0, 60))])
    parts += _spider(post + 0.06, radius, hot) + _spider(post + long + 0.1, radius, hot)
    parts += _slots(radius, post + 0.1, long, hot)
    top = post + long + 0.1
    side = int(rng.choice([-1, 1]))
    parts.append(cuboid((side * 1.08 * radius, top - 0.02, -0.1), (0.26, 0.1, 0.05), METAL,
                        (hot, hot), "terminal"))
    return Built(parts, [np.array([side * 1.15 * radius, top, -0.1])], 2.4 * radius, top + 0.1)


def _spider(y: float, radius: float, warm: float) -> list[Part]:
    """Return the arms that hold the coil together."""
    turns = np.arange(4) * np.pi / 4 + 0.2
    arms = [[(-1.06 * radius * np.cos(a), y, -1.06 * radius * np.sin(a)),
             (1.06 * radius * np.cos(a), y, 1.06 * radius * np.sin(a))] for a in turns]
    return [rods(*arms, radius=0.03, warm=0.7 * warm)]


def _slots(radius: float, low: float, long: float, hot: float) -> list[Part]:
    """Return the upright glass-fibre ties on the side that is seen."""
    turns = np.linspace(np.pi + 0.25, 2 * np.pi - 0.25, 9)
    lines = [[(radius * np.cos(a), low, radius * np.sin(a)),
              (radius * np.cos(a), low + long, radius * np.sin(a))] for a in turns]
    return [rods(*lines, radius=0.012, zone="winding", surface=POLYMER, warm=0.6 * hot)]


def power_capacitor(rng: np.random.Generator, load: float) -> Built:
    """A flat can with two small bushings on its lid."""
    wide, high, deep = rng.uniform(0.32, 0.42), rng.uniform(0.55, 0.8), rng.uniform(0.13, 0.18)
    warm, hot = rng.uniform(0.3, 2), rng.uniform(1, 5) * load
    parts: list[Part] = [cuboid((0, high / 2, 0), (wide, high, deep), PAINT, (0.6 * hot, hot),
                                "can")]
    ends = []
    for side in (-1, 1):
        lean = side * rng.uniform(0.05, 0.25)
        pole = column((side * 0.27 * wide, high, 0), [
            Section(0.17, sheds(int(rng.integers(3, 5)), 0.022, 0.05, "bell"), "", PORCELAIN),
            stud(0.016, 0.06, "terminal", warm)], np.array([np.sin(lean), np.cos(lean), 0]))
        parts += pole
        ends.append(pole[-1].end)
    return Built(parts, ends, wide, high + 0.24)


def coupling_filter(rng: np.random.Generator, load: float) -> Built:
    """A small cabinet on a post with an insulated lead on its lid."""
    wide, high, deep = rng.uniform(0.38, 0.5), rng.uniform(0.45, 0.65), rng.uniform(0.25, 0.35)
    warm = rng.uniform(0.2, 1.5)
    box = cuboid((0, high / 2, 0), (wide, high, deep), PAINT, (warm, 1.3 * warm), "box")
    door = Plate(np.array([(-0.4 * wide, 0.1 * high, -0.51 * deep),
                           (0.4 * wide, 0.1 * high, -0.51 * deep),
                           (0.4 * wide, 0.88 * high, -0.51 * deep),
                           (-0.4 * wide, 0.88 * high, -0.51 * deep)]), PAINT, 0.6 * warm, "box")
    roof = cuboid((0, high + 0.02, 0), (1.15 * wide, 0.04, 1.2 * deep), PAINT, (0.3, 0.3), "box")
    x = rng.uniform(-0.25, 0.25) * wide
    lead = column((x, high + 0.04, 0), [
        flange(0.07, "lead-in", 0.03),
        Section(0.18, sheds(int(rng.integers(3, 5)), 0.03, 0.065), "lead-in", PORCELAIN),
        stud(0.018, 0.07, "lead-in")])
    handle = flag((0.3 * wide, 0.45 * high, -0.52 * deep), 0.03, "box", 0.0, 0.12)
    return Built([box, door, handle, roof, *lead], [lead[-1].end], wide, high + 0.34)
