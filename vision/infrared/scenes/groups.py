"""How devices of a class stand in a yard: in phases, on a transformer, in racks, on poles."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from vision.infrared.scenes import surroundings
from vision.infrared.scenes.devices import BUILDERS, Built
from vision.infrared.scenes.devices.built import cuboid
from vision.infrared.scenes.parts import BARE, Part
from vision.infrared.scenes.surfaces import STEEL

LOW = ("reactor", "main transformer body", "coupling filter")
ON_TANK = ("main transformer body", "conservator", "bushing", "high-voltage bushing",
           "neutral bushing", "neutral arrester")


@dataclass(frozen=True)
class Carrier:
    """Steel or concrete that devices stand on."""

    parts: list[Part]
    at: np.ndarray


@dataclass(frozen=True)
class Spot:
    """A device of a group and where it stands in the group's own axes."""

    label: str
    built: Built
    at: np.ndarray  # (3,), its foot
    turn: float = 0.0
    lean: float = 0.0
    behind: float = 0.0  # metres by which it is painted as if it stood farther away
    carriers: list[Carrier] = field(default_factory=list)


def arrange(label: str, rng: np.random.Generator, load: float) -> list[Spot]:
    """Return a group whose first spot is a device of this class."""
    if label in ON_TANK and (rng.random() < 0.45 or label in ("main transformer body",
                                                              "conservator")):
        return _transformer(label, rng, load)
    if label == "power capacitor":
        return _rack(rng, load)
    if label in ("fuse", "power cable") and rng.random() < 0.6:
        return _crossarm(label, rng, load)
    if label == "gis bushing":
        return _fan(rng, load)
    return _row(label, rng, load)


def _row(label: str, rng: np.random.Generator, load: float) -> list[Spot]:
    """Return one to four alike on their stands, the phases of one feeder."""
    count = int(rng.choice([1, 2, 3, 4], p=[0.3, 0.2, 0.42, 0.08]))
    seed = int(rng.integers(1 << 31))
    first = BUILDERS[label](np.random.default_rng(seed), load)
    high = rng.uniform(0.1, 0.6) if label in LOW else rng.uniform(1.2, 3.6)
    pitch = first.width + rng.uniform(0.5, 1.8)
    lean = rng.normal(0, 0.012)
    mast = surroundings.stand(rng, high, min(max(0.5, 0.6 * first.width), 2.2))
    turn = rng.normal(0, 0.3)
    spots = [Spot(label, first, np.array([place * pitch, high, 0.0]), turn, lean, 0.0,
                  [Carrier(mast, np.array([place * pitch, high, 0.0]))])
             for place in _places(count, rng)]
    if label == "coupling capacitor" and rng.random() < 0.5:
        spots += _filters(spots, rng, load)
    return spots


def _places(count: int, rng: np.random.Generator) -> list[int]:
    """Return the places of a row, beginning with the one that the camera frames: 0."""
    first = int(rng.integers(count))
    return sorted(range(-first, count - first), key=abs)


def _filters(spots: list[Spot], rng: np.random.Generator, load: float) -> list[Spot]:
    """Return a coupling filter beside the foot of each capacitor."""
    built = BUILDERS["coupling filter"](rng, load)
    side = rng.choice([-1, 1]) * rng.uniform(0.5, 0.7)
    found = []
    for spot in spots:
        at = spot.at + np.array([side, -rng.uniform(0.6, 0.9), -0.1])
        high = max(float(at[1]), 0.1)
        post = surroundings.stand(rng, high, 0.3)
        found.append(Spot("coupling filter", built, at, 0, 0, -0.05, [Carrier(post, at)]))
    return found


def _transformer(label: str, rng: np.random.Generator, load: float) -> list[Spot]:
    """Return a transformer with its bushings, conservator and neutral; the named one first."""
    body = BUILDERS["main transformer body"](rng, load)
    half, top = body.width / 2, body.height
    stone = rng.uniform(0.1, 0.4)
    ground = cuboid((0, -0.5 * stone, 0), (1.4 * body.width, stone, 2.4), STEEL, zone=BARE)
    at = np.array([0.0, stone, 0.0])
    spots = [Spot("main transformer body", body, at, carriers=[Carrier([ground], at)])]
    high = "high-voltage bushing" if label == "high-voltage bushing" or (
        label != "bushing" and rng.random() < 0.5) else "bushing"
    phases = BUILDERS[high](rng, load)
    tilt, pitch = rng.uniform(0, 0.2), rng.uniform(0.26, 0.4) * body.width
    spots += [Spot(high, phases, at + np.array([place * pitch, top, 0.25]), 0, place * tilt, 0.9)
              for place in (-1, 0, 1)]
    tank = BUILDERS["conservator"](rng, load)
    side = int(rng.choice([-1, 1]))
    if label == "conservator" or rng.random() < 0.6:
        spot = at + np.array([side * 0.35 * half, top + rng.uniform(0.5, 0.8), -0.55])
        spots.append(Spot("conservator", tank, spot, 0, 0, 0.2, _brackets(tank, spot)))
    if label.startswith("neutral") or rng.random() < 0.35:
        spots += _neutral(rng, load, at + np.array([-side * 0.8 * half, top, -0.35]), -side)
    return sorted(spots, key=lambda spot: spot.label != label)


def _brackets(tank: Built, at: np.ndarray) -> list[Carrier]:
    """Return the two legs of a conservator."""
    legs = [cuboid((x * tank.width, -0.3, 0), (0.1, 0.7, 0.3), STEEL, (2, 4), BARE)
            for x in (-0.28, 0.28)]
    return [Carrier([leg], at) for leg in legs]


def _neutral(rng: np.random.Generator, load: float, at: np.ndarray, side: int) -> list[Spot]:
    """Return a neutral bushing on the lid and its arrester on a post beside the tank."""
    beside = at + np.array([side * rng.uniform(0.9, 1.3), -0.6, -0.1])
    post = surroundings.stand(rng, float(beside[1]), 0.35)
    return [Spot("neutral bushing", BUILDERS["neutral bushing"](rng, load), at, 0, 0, 0.3),
            Spot("neutral arrester", BUILDERS["neutral arrester"](rng, load), beside, 0, 0, -0.3,
                 [Carrier(post, beside)])]


def _rack(rng: np.random.Generator, load: float) -> list[Spot]:
    """Return capacitors side by side on the beams of a rack."""
    count, high = int(rng.integers(3, 6)), rng.uniform(0.6, 2.0)
    first = BUILDERS["power capacitor"](rng, load)
    pitch = first.width + rng.uniform(0.06, 0.2)
    wide = (count + 0.5) * pitch
    spots = []
    for level in range(int(rng.integers(1, 3))):
        y = high + level * (first.height + 0.35)
        beam = cuboid((0, -0.06, 0), (wide, 0.12, 0.3), STEEL, zone=BARE)
        at = [np.array([(place - (count - 1) / 2) * pitch, y, 0]) for place in range(count)]
        spots += [Spot("power capacitor", first, spot, 0, 0, 0) for spot in at]
        spots[-1].carriers.append(Carrier([beam], np.array([0, y, 0])))
    legs = [cuboid((x * wide, 0.5 * y + 0.1, 0.1), (0.1, y + 0.4, 0.1), STEEL, zone=BARE)
            for x in (-0.5, 0.5)]
    spots[0].carriers.append(Carrier([*legs], np.array([0, 0, 0.1])))
    return sorted(spots, key=lambda spot: abs(spot.at[0]))


def _crossarm(label: str, rng: np.random.Generator, load: float) -> list[Spot]:
    """Return three on the crossarm of a pole."""
    built = BUILDERS[label](rng, load)
    high, pitch = rng.uniform(3, 6), rng.uniform(0.6, 0.95)
    arm = cuboid((0, -0.06, 0.12), (3 * pitch, 0.12, 0.1), STEEL, zone=BARE)
    mast = surroundings.pole(rng)
    carriers = [Carrier([arm], np.array([0, high, 0.05])),
                Carrier(mast, np.array([0.4 * pitch, 0, 0.35]))]
    spots = [Spot(label, built, np.array([place * pitch, high, 0.0]), 0,
                  rng.normal(0, 0.02) + (0.3 if label == "fuse" else 0), 0)
             for place in (0, -1, 1)]
    spots[0].carriers.extend(carriers)
    return spots


def _fan(rng: np.random.Generator, load: float) -> list[Spot]:
    """Return one to three bushings of a GIS that spread like the fingers of a hand."""
    count = int(rng.choice([1, 2, 3], p=[0.25, 0.15, 0.6]))
    built = BUILDERS["gis bushing"](rng, load)
    high, spread = rng.uniform(1.2, 3.5), rng.choice([0.0, rng.uniform(0.15, 0.5)])
    pitch = built.width + rng.uniform(0.2, 1.2)
    post = surroundings.stand(rng, high, 0.7)
    return [Spot("gis bushing", built, np.array([place * pitch, high, 0]), 0, place * spread, 0,
                 [Carrier(post, np.array([place * pitch, high, 0]))])
            for place in _places(count, rng)]
