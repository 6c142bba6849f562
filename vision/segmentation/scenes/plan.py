"""Where everything in a street stands."""

from __future__ import annotations

import itertools

import numpy as np

from vision.segmentation.scenes.buildings import Building
from vision.segmentation.scenes.people import Cyclist, Person
from vision.segmentation.scenes.street import REACH, SIDES, Street
from vision.segmentation.scenes.street_furniture import Lamp, Panel, Pole, RoadSign, TrafficLight
from vision.segmentation.scenes.things import Spot, Thing
from vision.segmentation.scenes.vegetation import Hedge, Tree
from vision.segmentation.scenes.vehicles import Vehicle


def fill_street(rng: np.random.Generator, street: Street) -> list[Thing]:
    """Everything that stands in a street, in no order."""
    things: list[Thing] = backdrop(rng, street)
    season = str(rng.choice(["leafy", "bare", "mixed"], p=[0.4, 0.35, 0.25]))
    mood = rng.choice(["city", "suburb", "park"], p=[0.62, 0.24, 0.14])
    for side in SIDES:
        things += frontage(rng, street, side, str(mood), season)
        things += furniture(rng, street, side)
        things += street_trees(rng, street, side, season)
        things += parked(rng, street, side)
    return things + traffic(rng, street) + crowd(rng, street)


def backdrop(rng: np.random.Generator, street: Street) -> list[Thing]:
    """Distant trees and blocks that close the view, and the row behind a cross road."""
    things: list[Thing] = []
    far = min(REACH, street.end + 60) + 12
    across = -140.0
    while across < 140:
        wide = rng.uniform(9, 24)
        if rng.random() < 0.5:
            left, right = (across, far + 6), (across + wide, far + 6)
            things.append(Building(rng, left, right, 10, rng.uniform(6, 16), False))
        things.append(Tree(rng, across, far, rng.uniform(6, 13), "bush"))
        across += wide
    if np.isfinite(street.end):
        across, shop = -60.0, rng.random() < 0.5
        while across < 60:
            wide, at = rng.uniform(7, 18), street.end + 11
            if rng.random() < 0.85:
                left, right = (across, at), (across + wide, at)
                things.append(Building(rng, left, right, 10, rng.uniform(6, 14), bool(shop)))
            across += wide
    return things


def stretch(side: int, out: float, start: float, stop: float) -> tuple[Spot, Spot]:
    """The two ends of a line along one side, left first as seen from the street."""
    near, far = (side * out, start), (side * out, stop)
    return (near, far) if side < 0 else (far, near)


def frontage(
    rng: np.random.Generator, street: Street, side: int, mood: str, season: str
) -> list[Thing]:
    """What borders the pavement on one side: houses, shops, gardens, parks, fences."""
    things: list[Thing] = []
    ahead, base = rng.uniform(-14, -4), rng.uniform(6.5, 14.5)
    odds = {"city": [0.84, 0.08, 0.08], "suburb": [0.12, 0.7, 0.18], "park": [0.06, 0.16, 0.78]}
    while ahead < min(REACH, street.end):
        kind = rng.choice(["row", "garden", "open"], p=odds[mood])
        length = rng.uniform(6, 20) if kind == "row" else rng.uniform(9, 26)
        if not street.is_open(side, ahead, ahead + length):
            ahead += 3
            continue
        if kind == "row":
            out = street.front(side) + rng.choice([0, 0, 0.6])
            ends = stretch(side, out, ahead, ahead + length)
            high = base * rng.uniform(0.75, 1.35)
            things.append(Building(rng, *ends, 11, high, bool(rng.random() < 0.55)))
        else:
            things += plot(rng, street, side, (ahead, ahead + length), kind == "garden", season)
        ahead += length + (rng.uniform(1, 6) if rng.random() < 0.12 else 0)
    return things


def plot(
    rng: np.random.Generator,
    street: Street,
    side: int,
    span: tuple[float, float],
    house: bool,
    season: str,
) -> list[Thing]:
    """A garden with a house set back, or open ground with trees, behind a boundary."""
    things: list[Thing] = []
    start, stop = span
    out = street.front(side)
    if house:
        setback = rng.uniform(3, 8)
        ends = stretch(side, out + setback, start + 1, stop - 1)
        things.append(Building(rng, *ends, 9, rng.uniform(5, 8), False))
    for _ in range(rng.integers(0, 3) if house else rng.integers(2, 6)):
        far = rng.uniform(1.2, 3 if house else 14)
        sort = tree_sort(rng, season) if rng.random() < 0.6 else "bush"
        high = rng.uniform(1.2, 2.6) if sort == "bush" else rng.uniform(5, 11)
        things.append(Tree(rng, side * (out + far), rng.uniform(start, stop), high, sort))
    things += boundary(rng, side, out, start, stop)
    return things


def boundary(
    rng: np.random.Generator, side: int, out: float, start: float, stop: float
) -> list[Thing]:
    """A hedge, railing, board fence, low wall or nothing, in short pieces."""
    sort = rng.choice(["hedge", "rail", "boards", "wall", "none"], p=[0.27, 0.22, 0.13, 0.16, 0.22])
    if sort == "none":
        return []
    high = {"hedge": rng.uniform(0.9, 2.2), "rail": rng.uniform(0.9, 1.3),
            "boards": rng.uniform(1.2, 1.9), "wall": rng.uniform(0.6, 2.1)}[str(sort)]
    edges = np.linspace(start, stop, max(1, round((stop - start) / 5)) + 1)
    pieces = [stretch(side, out + 0.1, a, b) for a, b in itertools.pairwise(edges)]
    if sort == "hedge":
        return [Hedge(rng, *piece, high) for piece in pieces]
    return [Panel(rng, *piece, high, str(sort)) for piece in pieces]


def tree_sort(rng: np.random.Generator, season: str) -> str:
    """A kind of tree for the season."""
    return season if season != "mixed" else str(rng.choice(["leafy", "bare"]))


def street_trees(rng: np.random.Generator, street: Street, side: int, season: str) -> list[Thing]:
    """A row of trees along the kerb on some streets."""
    if rng.random() > 0.38:
        return []
    gap, high = rng.uniform(8, 18), rng.uniform(5, 9)
    return [
        Tree(rng, side * (street.half + 0.8), ahead, high * rng.uniform(0.8, 1.2),
             tree_sort(rng, season))
        for ahead in np.arange(rng.uniform(7, 16), min(120, street.end), gap)
        if street.is_open(side, ahead, ahead)
    ]


def furniture(rng: np.random.Generator, street: Street, side: int) -> list[Thing]:
    """Lamps, signs, signals, bollards and guard rails by the kerb of one side."""
    kerb, last = side * (street.half + 0.45), min(110, street.end - 1)
    back = side * (street.front(side) - 0.3)
    things: list[Thing] = []
    lamp, wide = rng.uniform(5, 10), rng.uniform(0.1, 0.17)
    at = kerb if rng.random() < 0.6 else back
    for ahead in np.arange(rng.uniform(3, 22), last, rng.uniform(18, 32)):
        if street.is_open(side, ahead, ahead):
            things.append(Lamp(rng, at, ahead, lamp, wide))
    for ahead in 4 + (last - 4) * rng.random(rng.integers(1, 7)) ** 1.6:
        if street.is_open(side, ahead, ahead):
            things.append(RoadSign(rng, kerb, ahead))
    for ahead in rng.uniform(5, last, rng.integers(0, 3)):
        things.append(Pole(rng, kerb, ahead, rng.uniform(2, 7), rng.uniform(0.06, 0.15)))
    stops = [r.ahead - r.half - 1.5 for r in street.side_roads] + [street.end - 2, street.zebra - 1]
    for stop in stops:
        if stop < 100 and rng.random() < 0.55:
            things.append(TrafficLight(rng, kerb, stop))
    if rng.random() < 0.2:
        for ahead in np.arange(rng.uniform(5, 20), rng.uniform(20, 50), 2.2):
            things.append(Pole(rng, kerb, ahead, 1.0, 0.14))
    if rng.random() < 0.3:
        start = rng.uniform(2, 18)
        for ahead in np.arange(start, start + rng.uniform(6, 30), 4):
            if street.is_open(side, ahead, ahead + 4):
                ends = stretch(side, abs(kerb), ahead, ahead + 4)
                things.append(Panel(rng, *ends, 1.1, "rail"))
    return things


def parked(rng: np.random.Generator, street: Street, side: int) -> list[Thing]:
    """Cars parked along the kerb of one side."""
    if street.half < 3.9 or rng.random() < 0.45:
        return []
    cars: list[Thing] = []
    ahead = rng.uniform(3, 30)
    fill = rng.uniform(0.3, 0.95)
    while ahead < min(120, street.end - 6):
        if rng.random() < fill and street.is_open(side, ahead - 3, ahead + 3):
            heading = rng.normal(0, 0.03) + (np.pi if (side > 0) == (rng.random() < 0.85) else 0)
            cars.append(Vehicle(rng, side * (street.half - 1.05), ahead, heading))
        ahead += rng.uniform(5.4, 8)
    return cars


def traffic(rng: np.random.Generator, street: Street) -> list[Thing]:
    """Moving vehicles in both lanes and on the cross road."""
    things: list[Thing] = []
    lane = street.half * 0.45
    ahead = rng.uniform(8, 60)
    while ahead < min(130, street.end - 5):
        things.append(Vehicle(rng, -lane + rng.normal(0, 0.2), ahead, rng.normal(0, 0.02)))
        ahead += rng.uniform(8, 60)
    ahead = rng.uniform(5, 40)
    while ahead < min(130, street.end - 5):
        heading = np.pi + rng.normal(0, 0.02)
        things.append(Vehicle(rng, lane + rng.normal(0, 0.2), ahead, heading))
        ahead += rng.uniform(8, 50)
    crossings = [(street.end + 4, 1)] if np.isfinite(street.end) else []
    crossings += [(road.ahead, road.side) for road in street.side_roads]
    for at, side in crossings:
        if rng.random() < 0.45:
            out = side * rng.uniform(street.half + 3, street.half + 12)
            heading = rng.choice([-1, 1]) * np.pi / 2
            things.append(Vehicle(rng, out, at + rng.uniform(-1, 1), heading))
    return things


def crowd(rng: np.random.Generator, street: Street) -> list[Thing]:
    """People on the pavements and crossings, and cyclists in the road and at the kerb."""
    things: list[Thing] = []
    busy = rng.choice([1.5, 6, 18], p=[0.35, 0.45, 0.2])
    for _ in range(rng.poisson(busy)):
        side, ahead = rng.choice(SIDES), 5 + 65 * rng.random() ** 1.4
        out = street.half + rng.uniform(0.5, street.walk(side) - 0.3)
        for _ in range(rng.choice([1, 2, 3], p=[0.65, 0.27, 0.08])):
            heading = rng.choice([0, np.pi]) + rng.normal(0, 0.35)
            spot = side * out + rng.normal(0, 0.4), ahead + rng.normal(0, 0.3)
            things.append(Person(rng, *spot, heading))
    if street.zebra < street.end or rng.random() < 0.12:
        at = street.zebra + 1.5 if np.isfinite(street.zebra) else rng.uniform(10, 40)
        for _ in range(rng.integers(0, 5)):
            out = rng.uniform(-street.half, street.half)
            turn = rng.choice([-1, 1]) * np.pi / 2 + rng.normal(0, 0.2)
            things.append(Person(rng, out, at + rng.uniform(-1, 1), turn))
    for _ in range(rng.poisson(rng.choice([0.6, 3], p=[0.65, 0.35]))):
        side, ahead = rng.choice(SIDES), 5 + 40 * rng.random() ** 1.3
        heading = (0 if side < 0 else np.pi) + rng.normal(0, 0.15)
        things.append(Cyclist(rng, side * (street.half - rng.uniform(0.6, 1.4)), ahead, heading))
    if rng.random() < 0.26:
        side, start, turn = rng.choice(SIDES), rng.uniform(5, 25), rng.uniform(0.3, 1.3)
        for k in range(rng.integers(1, 8)):
            out = side * (street.front(side) - 0.7)
            things.append(Cyclist(rng, out, start + 0.7 * k, turn + rng.normal(0, 0.1), False))
    return things
