"""What stands in a yard besides devices: steel, poles, wires, fences, walls and trees."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vision.infrared.scenes.devices.built import cuboid, rods
from vision.infrared.scenes.parts import BARE, Part, Plate, Rods
from vision.infrared.scenes.profiles import Section, column, sheds, straight
from vision.infrared.scenes.surfaces import CONCRETE, METAL, PAINT, POLYMER, PORCELAIN, STEEL


def lattice(start: npt.ArrayLike, end: npt.ArrayLike, width: float, tip: float | None = None,
            thick: float = 0.035) -> list[Part]:
    """Return a square mast or beam of angle steel between two points."""
    first, last = np.asarray(start, float), np.asarray(end, float)
    reach = last - first
    length = float(np.sqrt(reach @ reach))
    along = reach / length
    side = np.cross(along, (0, 0, 1.0) if abs(along[2]) < 0.9 else (1.0, 0, 0))
    side /= np.sqrt(side @ side)
    over = np.cross(along, side)
    bays = max(2, round(length / width))
    share = np.linspace(0, 1, bays + 1)[:, None]  # (bays + 1, 1)
    half = (width + ((width if tip is None else tip) - width) * share) / 2
    spine = first + share * reach  # (bays + 1, 3)
    legs = [spine + half * (a * side + b * over) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    zigzags = []
    for leg, other in zip(legs, legs[1:] + legs[:1], strict=True):
        weave = leg.copy()
        weave[1::2] = other[1::2]
        zigzags.append(weave)
    return [Rods(tuple(legs), thick, STEEL, 0.0, BARE),
            Rods(tuple(zigzags), 0.6 * thick, STEEL, 0.0, BARE)]


def gantry(rng: np.random.Generator) -> list[Part]:
    """Return two masts and the beam on them, with strings of insulators below it."""
    span, high = rng.uniform(7, 14), rng.uniform(5.5, 10)
    width = rng.uniform(0.5, 0.9)
    thick = rng.uniform(0.025, 0.05)
    parts = lattice((-span / 2, high, 0), (span / 2, high, 0), width, thick=thick)
    for x in (-span / 2, span / 2):
        parts += lattice((x, 0, 0), (x, high + rng.uniform(0, 1.5), 0), 1.4 * width, width,
                         thick=thick)
    for x in np.linspace(-0.35, 0.35, 3) * span:
        parts += string((x, high - width / 2, 0), rng)
    return parts


def string(top: npt.ArrayLike, rng: np.random.Generator) -> list[Part]:
    """Return a string of cap-and-pin insulators that hangs, more or less upright."""
    lean = rng.uniform(-0.7, 0.7)
    down = np.array([np.sin(lean), -np.cos(lean), 0])
    count = int(rng.integers(4, 9))
    return [*column(top, [Section(0.15, straight(0.02), BARE, METAL),
                          Section(0.14 * count, sheds(count, 0.04, 0.12, "bell"), BARE, PORCELAIN),
                          Section(0.15, straight(0.03), BARE, METAL)], down)]


def pole(rng: np.random.Generator) -> list[Part]:
    """Return a concrete or wooden pole with one or two crossarms."""
    high, thick = rng.uniform(7, 11), rng.uniform(0.13, 0.2)
    parts: list[Part] = [*column((0, 0, 0), [
        Section(high, straight(thick, 0.65 * thick), BARE, CONCRETE, rng.uniform(-0.5, 1))])]
    for arm in range(int(rng.integers(1, 3))):
        y, wide = high - 0.3 - 1.1 * arm, rng.uniform(1.6, 2.6)
        parts.append(cuboid((0, y, -0.12), (wide, 0.11, 0.09), STEEL, zone=BARE))
        for x in (-0.46, -0.2, 0.3, 0.46):
            parts += column((x * wide, y + 0.05, -0.12), [
                Section(0.24, sheds(2, 0.04, 0.075, "bell"), BARE, PORCELAIN)])
    return parts


def fence(rng: np.random.Generator) -> list[Part]:
    """Return posts with wire mesh between them."""
    wide, high, mesh = rng.uniform(5, 10), rng.uniform(1.8, 2.4), rng.uniform(0.12, 0.2)
    posts = [[(x, 0, 0), (x, high + 0.3, 0)] for x in np.linspace(-wide / 2, wide / 2, 5)]
    starts = np.arange(-wide / 2, wide / 2 - high, mesh * 1.5)
    wires = [[(x, 0, 0), (x + high, high, 0)] for x in starts]
    wires += [[(x + high, 0, 0), (x, high, 0)] for x in starts]
    return [rods(*posts, radius=0.03, zone=BARE, surface=STEEL),
            rods(*wires, radius=0.004, zone=BARE, surface=STEEL)]


def wall(rng: np.random.Generator) -> list[Part]:
    """Return a building or firewall with a few openings."""
    wide, high = rng.uniform(4, 14), rng.uniform(2.2, 5.5)
    warm = rng.uniform(-1, 4)
    parts: list[Part] = [cuboid((0, high / 2, 0.5), (wide, high, 1.0), CONCRETE, (warm, warm - 1),
                                BARE)]
    for x in np.arange(-0.4, 0.45, 0.2) * wide:
        if rng.random() < 0.4:
            parts.append(cuboid((x, 0.55 * high, -0.01), (0.9, 1.1, 0.02), PAINT,
                                (warm + rng.uniform(-3, 4),) * 2, BARE))
    return parts


def tree(rng: np.random.Generator) -> list[Part]:
    """Return a bare tree: every branch splits in two, six times."""
    tips, ways = np.zeros((1, 3)), np.array([[0.0, 1, 0]])
    length, thick = rng.uniform(1.0, 1.7), rng.uniform(0.07, 0.13)
    parts: list[Part] = []
    for _ in range(7):
        ends = tips + ways * length * rng.uniform(0.7, 1.2, (len(tips), 1))
        lines = tuple(np.stack([tips, ends], 1))  # each (2, 3)
        parts.append(Rods(lines, thick, CONCRETE, rng.uniform(-1, 0), BARE))
        tips = np.repeat(ends, 2, axis=0)
        ways = np.repeat(ways, 2, axis=0) + rng.normal(0, 0.45, (len(tips), 3))
        ways /= np.sqrt((ways**2).sum(1, keepdims=True))
        length, thick = 0.78 * length, 0.66 * thick
    return parts


def bush(rng: np.random.Generator) -> list[Part]:
    """Return leaves as a heap of short strokes."""
    count, wide, high = 260, rng.uniform(0.8, 2.2), rng.uniform(0.6, 2.2)
    at = rng.normal(0, 0.4, (count, 3)) * (wide, high, 0.5) + (0, 0.8 * high, 0)
    ends = at + rng.normal(0, 0.16, (count, 3))
    shades = np.array_split(np.stack([at, ends], 1), 5)
    return [Rods(tuple(some), 0.05, CONCRETE, rng.uniform(-2.2, -0.2), BARE) for some in shades]


def ridge(rng: np.random.Generator, ahead: float) -> list[Part]:
    """Return the outline of a far wood or row of houses across the whole view."""
    count, high = 240, rng.uniform(0.03, 0.13) * ahead
    steps = np.cumsum(rng.normal(0, 1, count))
    wave = steps - np.linspace(steps[0], steps[-1], count)
    rough = high * (1 + 0.05 * wave + 0.03 * rng.normal(0, 1, count))
    x = np.linspace(-0.8, 0.8, count) * ahead
    top = np.stack([x, np.maximum(rough, 0.2), np.full(count, ahead)], 1)
    foot = np.array([(x[-1], 0.0, ahead), (x[0], 0.0, ahead)])
    return [Plate(np.concatenate([top, foot]), CONCRETE, rng.uniform(-2, 0.5), BARE)]


def lamp(rng: np.random.Generator) -> list[Part]:
    """Return a street lamp on a bent pipe."""
    high, reach = rng.uniform(4, 7), rng.choice([-1, 1]) * rng.uniform(0.6, 1.2)
    return [rods([(0, 0, 0), (0, high, 0), (0.3 * reach, high + 0.35, 0),
                  (reach, high + 0.5, 0)], radius=0.045, zone=BARE, surface=PAINT),
            cuboid((reach, high + 0.5, 0), (0.5, 0.12, 0.25), PAINT, (2.0, 2.0), BARE)]


def wire(start: np.ndarray, end: np.ndarray, sag: float, radius: float, warm: float
         ) -> list[Part]:
    """Return a conductor that sags between two points."""
    share = np.linspace(0, 1, 17)[:, None]
    line = start + (end - start) * share
    line[:, 1:2] -= 4 * sag * share * (1 - share)
    return [Rods((line,), radius, METAL, warm, BARE)]


def stand(rng: np.random.Generator, high: float, wide: float) -> list[Part]:
    """Return what carries a device: a mast of steel, a post, a table of two posts or a plinth."""
    top: Part = cuboid((0, -0.04, 0), (wide, 0.08, min(wide, 0.6)), STEEL, zone=BARE)
    kind = rng.integers(3) if high > 0.8 else 3
    if kind == 0:
        return [top, *lattice((0, -0.08, 0), (0, -high, 0), min(0.45, wide), 0.5)]
    if kind == 1:
        return [top, *column((0, -high, 0), [
            Section(high - 0.08, straight(rng.uniform(0.1, 0.16)), BARE, CONCRETE)])]
    if kind == 2:
        legs = [part for x in (-0.4 * wide, 0.4 * wide) for part in column((x, -high, 0), [
            Section(high - 0.08, straight(0.07), BARE, STEEL)])]
        return [top, *legs]
    return [top, cuboid((0, -high / 2 - 0.04, 0), (0.9 * wide, high, 0.7), CONCRETE,
                        (0.5, 1.0), BARE)]


def pipes(rng: np.random.Generator) -> list[Part]:
    """Return a rigid busbar on post insulators."""
    wide, high = rng.uniform(4, 9), rng.uniform(3.0, 5.0)
    parts: list[Part] = []
    for x in np.linspace(-0.4, 0.4, int(rng.integers(2, 4))) * wide:
        parts += column((x, 0, 0), [
            Section(high - 1.0, straight(0.09), BARE, STEEL),
            Section(0.95, sheds(9, 0.06, 0.11), BARE, POLYMER)])
    return [*parts, *column((-wide / 2, high, 0), [
        Section(wide, straight(0.06), BARE, METAL, rng.uniform(0, 2))], np.array([1.0, 0, 0]))]
