"""How sure a verdict is: what the rules say in 500 draws of all that is not known exactly.

Emissivity, reflected temperature, air, the camera and the outline of a device are each drawn
between two ends. What decides a verdict is what overturns it most often when it alone is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from vision.infrared.classes import FOUND_ONLY
from vision.infrared.inspection.inspect import centres_beside
from vision.infrared.inspection.result import Certainty, Instance, Result
from vision.infrared.inspection.thermal import (
    LEVELS,
    LIMITS,
    RELATIVE,
    SMALLEST_RISE,
    TANKS,
    WITHOUT_LOAD,
)
from vision.infrared.thermogram.radiometry import KELVIN, Band, surface
from vision.infrared.thermogram.thermogram import Surfaces, Thermogram

DRAWS, SEED = 500, 7
SPREADS = {"emissivity": 0.05, "reflected": 5.0, "air": 2.0, "camera": 2.0, "outline": 1.0}
FACTORS = tuple(SPREADS)  # each drawn evenly between minus and plus this
STEP = 0.02  # share of a device's shorter side that its outline moves, shrinks or grows by
OUTLINES = ((0, 0, 0), (0, 0, -1), (0, 0, 1), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0),
            (1, 1, -1), (-1, -1, 1))  # right, down, larger; the first is the device's own
NOTHING = np.nan


@dataclass(frozen=True, eq=False)
class Spots:
    """Of D devices with V outlines: the pixels that the rules look at, as the camera saw them."""

    seen: np.ndarray  # (3, D, V) °C: hottest, 95th percentile, hottest of the other zones
    emissivity: np.ndarray  # (3, D, V)
    reflected: np.ndarray  # (3, D, V)


def certainties(result: Result) -> list[Certainty | None]:
    """Return how sure the verdict on each device is, None where there is no verdict."""
    if result.air is None or not any(each.verdict for each in result.instances):
        return [None] * len(result.instances)
    spots = spots_of(result.thermogram, result.instances)
    band = result.thermogram.band
    drawn = draw(DRAWS, SEED)
    levels = levels_of(result, spots, drawn, band)  # (N, D)
    still = {name: np.zeros_like(values) for name, values in drawn.items()}
    usual = levels_of(result, spots, {name: values[:1] for name, values in still.items()}, band)
    alone = {name: (levels_of(result, spots, {**still, name: drawn[name]}, band) != usual).mean(0)
             for name in FACTORS}
    return [Certainty(shares_of(levels[:, place]),
                      {name: float(flips[place]) for name, flips in alone.items()})
            if each.verdict else None for place, each in enumerate(result.instances)]


def with_certainty(result: Result) -> Result:
    """Return a result whose verdicts say how sure they are."""
    known = certainties(result)
    return replace(result, instances=tuple(
        replace(each, certainty=sure) for each, sure in zip(result.instances, known, strict=True)))


def draw(count: int, seed: int) -> dict[str, np.ndarray]:
    """Return what each factor is off by (N,) in every draw."""
    random = np.random.default_rng(seed)
    return {name: random.uniform(-spread, spread, count) for name, spread in SPREADS.items()}


def shares_of(levels: np.ndarray) -> dict[str, float]:
    """Return how often each level occurs among draws (N,), the gravest first."""
    counts = np.bincount(levels, minlength=len(LEVELS)) / len(levels)
    return {LEVELS[place]: float(counts[place]) for place in range(len(LEVELS))[::-1]
            if counts[place]}


def spots_of(thermogram: Thermogram, instances: Sequence[Instance]) -> Spots:
    """Return the pixels that the rules look at, for every device and each of its outlines."""
    celsius = thermogram.celsius
    assert celsius is not None
    known = thermogram.surfaces or Surfaces(celsius, np.ones_like(celsius),
                                            np.full_like(celsius, 20.0))
    places = np.array([[spots_in(celsius, each, outline) for outline in OUTLINES]
                       for each in instances]).transpose(2, 0, 1)  # (3, D, V), −1 is nowhere
    found = [np.where(places < 0, NOTHING, field.ravel()[places])
             for field in (known.seen, known.emissivity, known.reflected)]
    return Spots(*found)


def spots_in(celsius: np.ndarray, instance: Instance, outline: tuple[int, int, int]
             ) -> tuple[int, int, int]:
    """Return where the hottest pixel, the 95th percentile and the other zones' hottest are."""
    mask, (top, left) = moved(instance, outline)
    wide = celsius.shape[1]
    part = celsius[top : top + mask.shape[0], left : left + mask.shape[1]]
    inside = np.flatnonzero(mask)
    if not inside.size:
        return -1, -1, -1
    order = inside[np.argsort(part.ravel()[inside], kind="stable")]
    pair = (order[-1], order[round(0.95 * (len(order) - 1))])
    rows, columns = np.divmod(np.array(pair), mask.shape[1])
    hottest, high95 = ((rows + top) * wide + columns + left).tolist()
    return hottest, high95, elsewhere(celsius, instance, divmod(hottest, wide))


def elsewhere(celsius: np.ndarray, instance: Instance, hottest: tuple[int, int]) -> int:
    """Return the hottest centre of the zones without the hottest pixel, −1 if there is none."""
    y, x = hottest
    places = centres_beside(instance.zones, (x, y), instance.mask)
    if not places:
        return -1
    row, column = max(places, key=lambda place: float(celsius[place]))
    return row * celsius.shape[1] + column


def moved(instance: Instance, outline: tuple[int, int, int]) -> tuple[np.ndarray, tuple[int, int]]:
    """Return a device's mask moved, shrunk or grown a little, cut to where it is, and its corner.
    """
    x0, y0, x1, y1 = instance.box
    step = max(1, round(STEP * min(x1 - x0, y1 - y0)))
    rows, columns = np.flatnonzero(instance.mask.any(1)), np.flatnonzero(instance.mask.any(0))
    if not rows.size:
        return np.zeros((1, 1), bool), (0, 0)
    top, left = max(rows[0] - 2 * step, 0), max(columns[0] - 2 * step, 0)
    part = instance.mask[top : rows[-1] + 2 * step + 1, left : columns[-1] + 2 * step + 1]
    right, down, larger = outline
    if outline == OUTLINES[0]:
        return part, (int(top), int(left))
    shifted = cv2.warpAffine(part.astype(np.uint8),
                             np.array([[1, 0, right * step], [0, 1, down * step]], np.float32),
                             part.shape[::-1], flags=cv2.INTER_NEAREST)
    if larger:
        change = cv2.dilate if larger > 0 else cv2.erode
        shifted = change(shifted, np.ones((2 * step + 1,) * 2, np.uint8))
    kept = shifted.astype(bool)
    return (kept if kept.any() else part), (int(top), int(left))


def levels_of(result: Result, spots: Spots, off: dict[str, np.ndarray], band: Band) -> np.ndarray:
    """Return the place in LEVELS of every device (N, D) in every draw."""
    count = len(OUTLINES)
    share = (off["outline"] + 1) / 2  # 0…1; 0.5 is the device's own outline
    which = np.where(off["outline"] == 0, 0, np.minimum((share * count).astype(int), count - 1))
    celsius = surface(
        spots.seen[:, :, which] + off["camera"],
        (spots.emissivity[:, :, which] + off["emissivity"]).clip(0.1, 1),
        spots.reflected[:, :, which] + off["reflected"], band=band)  # (3, D, N)
    hottest, high, rest = np.maximum(celsius, -KELVIN).transpose(0, 2, 1)  # each (N, D)
    air = float(result.air or 0) + off["air"]  # (N,)
    labels = np.array([each.label for each in result.instances])
    levels = np.zeros(hottest.shape, int)
    for place, each in enumerate(result.instances):
        if each.verdict is not None:
            sisters = (labels == each.label) & (np.arange(len(labels)) != place)
            levels[:, place] = judged(each.name, hottest[:, place], high[:, place],
                                      rest[:, place], sister_of(hottest, high, sisters), air)
    return levels


def sister_of(hottest: np.ndarray, high: np.ndarray, sisters: np.ndarray
              ) -> tuple[np.ndarray, np.ndarray] | None:
    """Return hottest spot and 95th percentile (N,) of the coolest of some devices (N, D)."""
    if not sisters.any():
        return None
    among = np.where(np.isnan(hottest[:, sisters]), np.inf, hottest[:, sisters])
    coolest = among.argmin(1)[:, None]  # (N, 1)
    return tuple(np.take_along_axis(values[:, sisters], coolest, 1)[:, 0]
                 for values in (hottest, high))  # type: ignore[return-value]


def judged(name: str, hottest: np.ndarray, high: np.ndarray, rest: np.ndarray,
           sister: tuple[np.ndarray, np.ndarray] | None, air: np.ndarray) -> np.ndarray:
    """Return the place in LEVELS (N,) that the rules of `thermal.judge` give."""
    if name in FOUND_ONLY:
        return np.zeros(len(hottest), int)
    limits = LIMITS[name]
    level = 2 * (hottest >= limits.serious) + (hottest >= limits.critical)
    normal = None
    if name not in WITHOUT_LOAD:
        normal = sister[0] if sister else (None if name in TANKS else rest)
    if normal is not None:
        level = np.maximum(level, by_share(hottest, normal, air))
    if sister and limits.difference is not None:
        level = np.maximum(level, 2 * (high - sister[1] >= limits.difference))
    return level


def by_share(hottest: np.ndarray, normal: np.ndarray, air: np.ndarray) -> np.ndarray:
    """Return the place in LEVELS (N,) by the relative difference δ."""
    counts = (hottest > air) & (normal >= air) & (hottest - normal >= SMALLEST_RISE)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(counts, 100 * (hottest - normal) / (hottest - air), 0)
    return (share[:, None] >= np.array(RELATIVE)).sum(1)
