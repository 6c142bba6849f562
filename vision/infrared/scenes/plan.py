"""What stands where: a main group of devices, others behind it, and the yard around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vision.errors import unknown
from vision.infrared.classes import CLASSES, FAULT_NAMES, FAULTS
from vision.infrared.scenes import surroundings
from vision.infrared.scenes.devices import Built
from vision.infrared.scenes.groups import Spot, arrange
from vision.infrared.scenes.making import ANY, NONE, OVERLAYS, Making
from vision.infrared.scenes.parts import Part
from vision.infrared.scenes.truth import Air
from vision.infrared.scenes.view import Place, View
from vision.options import within
from vision.rotation import looking

EYE = 1.6  # metres, the height of the camera
FILLERS = (surroundings.gantry, surroundings.pole, surroundings.tree, surroundings.wall,
           surroundings.lamp, surroundings.bush, surroundings.pipes, surroundings.fence)
CHANCES = np.array([0.42, 0.08, 0.07, 0.12, 0.04, 0.06, 0.13, 0.08])


@dataclass(frozen=True)
class Thing:
    """Parts that stand together at one place; a device if it has a label."""

    parts: list[Part]
    place: Place
    far: float  # metres over the ground: what is farther is painted first
    label: int = -1
    fault: str = ""
    built: Built | None = None


@dataclass(frozen=True)
class Plan:
    """Where the camera stands, and everything before it from far to near."""

    view: View
    things: list[Thing]


def draw_plan(rng: np.random.Generator, chance: np.random.Generator, settings: Making, air: Air,
              size: tuple[int, int]) -> Plan:
    """Choose a main class, its group, the camera that frames it, and what else is in view."""
    check(settings)
    label = _pick(rng, settings.classes or CLASSES)
    spots = arrange(label, rng, air.load)
    distance, view = _frame(spots, rng, size)
    things: list[Thing] = []
    turn = rng.uniform(-0.9, 0.9)
    things += _group(spots, np.array([0, 0, distance]), turn, view, rng, chance, settings, air)
    crowd = rng.poisson(0.9 * settings.clutter)
    for _ in range(min(crowd, 3)):
        other = arrange(_pick(rng, settings.classes or CLASSES), rng, air.load)
        behind = distance + rng.uniform(2.5, 9)
        away = rng.uniform(-0.28, 0.28) * behind * view.width / view.focal
        things += _group(other, np.array([away, 0, behind]), turn + rng.normal(0, 0.2), view, rng,
                         chance, settings, air)
    things += _yard(rng, view, distance, settings.clutter)
    return Plan(view, sorted(things, key=lambda thing: -thing.far))


def check(settings: Making) -> None:
    """Raise for the first setting that does not exist or lies outside its limits."""
    within(settings, clutter=(0, 2), faults=(0, 1))
    if settings.overlay not in OVERLAYS:
        raise unknown("overlay", settings.overlay, list(OVERLAYS))
    for name in settings.classes:
        if name not in CLASSES:
            raise unknown("class", name, list(CLASSES))
    if settings.fault not in (ANY, NONE, *FAULT_NAMES):
        raise unknown("fault", settings.fault, [ANY, NONE, *FAULT_NAMES])


def _pick(rng: np.random.Generator, names: tuple[str, ...]) -> str:
    return names[int(rng.integers(len(names)))]


def _frame(spots: list[Spot], rng: np.random.Generator, size: tuple[int, int]
           ) -> tuple[float, View]:
    """Return how far the group stands and a camera that shows it: whole, close or small."""
    height, width = size
    focal = width * np.exp(rng.uniform(np.log(1.1), np.log(2.4)))
    main = spots[0].built
    share = np.clip(np.exp(rng.normal(np.log(0.62), 0.3)), 0.28, 1.25)
    wide = max(main.width, 0.45 * np.ptp([spot.at[0] for spot in spots]))
    tall = max(main.height, 0.9 * wide * height / width)
    distance = float(np.clip(focal * tall / (share * height), 4, 45))
    focal = share * height * distance / tall
    middle = spots[0].at[1] + rng.uniform(0.35, 0.7) * main.height
    pitch = np.arctan2(middle - EYE, distance) + rng.normal(0, 0.03)
    reach = max(abs(spot.at[0]) for spot in spots)
    yaw = rng.uniform(-1, 1) * min(0.25 * width / focal, 0.6 * reach / distance + 0.1)
    roll = rng.normal(0, 0.05) if rng.random() < 0.88 else rng.uniform(-0.45, 0.45)
    return distance, View(width, height, float(focal), np.array([0, EYE, 0]),
                          looking(yaw, pitch, roll))


def _group(spots: list[Spot], origin: np.ndarray, turn: float, view: View,
           rng: np.random.Generator, chance: np.random.Generator, settings: Making, air: Air
           ) -> list[Thing]:
    """Return the devices of a group with what carries them and the wires between them."""
    base = view.place(origin, turn)
    things = [Thing(carrier.parts, base.moved(carrier.at),
                    float((origin + about(turn, carrier.at))[2]) + 0.01)
              for spot in spots for carrier in spot.carriers]
    for spot in spots:
        foot = origin + about(turn, spot.at)
        own = view.place(foot, turn + spot.turn, spot.lean)
        far = float(foot[2]) + spot.behind
        fault = _fault(spot.label, chance, settings)
        things.append(Thing(spot.built.parts, own, far, CLASSES.index(spot.label), fault,
                            spot.built))
        things += [Thing(surroundings.wire(
            start, start + np.array([rng.uniform(-2.5, 2.5), rng.uniform(-0.3, 4), rng.uniform(
                -0.5, 3)]), rng.uniform(0.05, 0.6), rng.uniform(0.009, 0.018),
            rng.uniform(0, 4) * air.load), own, far - 0.02)
            for start in spot.built.terminals for _ in range(rng.choice([1, 1, 2]))
            if rng.random() < 0.85]
    return things


def about(turn: float, at: np.ndarray) -> np.ndarray:
    """Return a point of a group that is turned about the axis that points up."""
    c, s = np.cos(turn), np.sin(turn)
    return np.array([c * at[0] + s * at[2], at[1], -s * at[0] + c * at[2]])


def _fault(label: str, chance: np.random.Generator, settings: Making) -> str:
    """Return a fault that fits the class, or none."""
    known, drawn = tuple(FAULTS[label]), chance.random()
    choice = known[int(chance.integers(len(known)))]
    if settings.fault == ANY:
        return choice if drawn < settings.faults else ""
    return settings.fault if settings.fault in known else ""


def _yard(rng: np.random.Generator, view: View, distance: float, clutter: float) -> list[Thing]:
    """Return steel, walls, trees and wires behind the devices, and now and then before them."""
    things = []
    for _ in range(rng.poisson(2.8 * clutter)):
        build = FILLERS[rng.choice(len(FILLERS), p=CHANCES)]
        ahead = distance + rng.uniform(1.5, 22)
        if build in (surroundings.fence, surroundings.lamp) and rng.random() < 0.3:
            ahead = distance * rng.uniform(0.5, 0.8)
        away = rng.uniform(-0.5, 0.5) * ahead * view.width / view.focal
        place = view.place(np.array([away, 0, ahead]), rng.uniform(-1.2, 1.2))
        things.append(Thing(build(rng), place, ahead))
    ground = view.place(np.zeros(3))
    if rng.random() < 0.7 * min(clutter, 1):
        ahead = distance + rng.uniform(15, 60)
        things.append(Thing(surroundings.ridge(rng, ahead), ground, ahead))
    for _ in range(rng.poisson(1.6 * clutter)):
        ahead = distance + rng.uniform(-0.2, 1) * min(distance, 8)
        high, side = EYE + rng.uniform(0.1, 0.5) * ahead, rng.uniform(0.4, 1.0) * ahead
        start, end = (np.array([sign * side, high + rng.uniform(-2, 2), ahead + rng.uniform(-1, 4)])
                      for sign in (-1, 1))
        line = surroundings.wire(start, end, rng.uniform(0, 0.8), rng.uniform(0.008, 0.016),
                                 rng.uniform(0, 3))
        things.append(Thing(line, ground, ahead))
    return things
