"""What the temperatures of a device say: readings inside its mask, differences, and a verdict.

A device is compared with its sister (the coolest of its class in the picture), else with its own
other zones. Two kinds of heating are told apart: by current (joints and contacts, where the
hottest spot counts) and by voltage (insulation, where a few kelvin against a sister count).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vision.errors import UserError

LEVELS = ("normal", "attention", "serious", "critical")
SOURCE = "common practice after DL/T 664"
RELATIVE = (35.0, 80.0, 95.0)  # % of δ for attention, serious, critical
SMALLEST_RISE = 5.0  # K: below this a relative difference is mostly noise


@dataclass(frozen=True)
class Limits:
    """When a kind of device gets which verdict."""

    serious: float  # °C of the hottest spot
    critical: float  # °C
    difference: float | None  # K between sisters that insulation may differ by


JOINT = Limits(80, 110, None)
CONTACT = Limits(90, 130, None)
INNER = Limits(55, 80, None)
LIMITS: dict[str, Limits] = {
    "gis bushing": Limits(55, 80, 3), "neutral bushing": Limits(55, 80, 3),
    "neutral arrester": Limits(80, 110, 1), "bushing": Limits(55, 80, 3),
    "circuit breaker": INNER, "power cable": Limits(80, 110, 1),
    "voltage transformer": Limits(80, 110, 3), "current transformer": Limits(55, 80, 3),
    "coupling filter": JOINT, "coupling capacitor": Limits(80, 110, 3),
    "surge arrester": Limits(80, 110, 1), "high-voltage bushing": Limits(55, 80, 3),
    "disconnector": CONTACT, "dc breaker": INNER, "reactor": JOINT,
    "main transformer body": Limits(85, 105, None), "conservator": Limits(85, 105, None),
    "power capacitor": Limits(55, 80, 3), "fuse": Limits(55, 80, None),
}
TANKS = ("main transformer body", "conservator")  # warm oil rises: zones differ without a fault
WITHOUT_LOAD = ("neutral arrester", "voltage transformer", "coupling capacitor",
                "surge arrester")  # only voltage heats them: no joint that δ would be about


@dataclass(frozen=True)
class Reading:
    """Temperatures inside a mask, °C, and the hottest pixel's place."""

    highest: float
    mean: float
    p95: float
    lowest: float
    hottest: tuple[int, int]  # x, y


@dataclass(frozen=True)
class Verdict:
    """A level, and the rule that gave it: `cause` reached `value`, and the limit was `limit`."""

    level: str
    cause: str  # "hottest spot", "relative difference", "difference" or "none"
    value: float
    limit: float

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"level '{self.level}'")

    @property
    def reason(self) -> UserError:
        """Return the rule that gave the level, as a sentence that can be translated."""
        facts: dict[str, Any] = {"value": self.value, "limit": self.limit}
        if self.cause == "hottest spot":
            return UserError("the hottest spot has {value:.1f} °C", "the limit is {limit:g} °C",
                             **facts)
        if self.cause == "relative difference":
            return UserError("the relative difference δ is {value:.0f}%",
                             "the limit is {limit:g}%", **facts)
        if self.cause == "difference":
            return UserError("it is {value:.1f} K warmer than its sister",
                             "the limit is {limit:g} K", **facts)
        return UserError("every limit is kept")


def read(celsius: np.ndarray, mask: np.ndarray) -> Reading:
    """Return the temperatures of a field (H, W) inside a mask (H, W)."""
    if not mask.any():
        raise ValueError("an empty mask has no temperature")
    inside = celsius[mask]
    y, x = np.unravel_index(np.where(mask, celsius, -np.inf).argmax(), mask.shape)
    return Reading(float(inside.max()), float(inside.mean()), float(np.percentile(inside, 95)),
                   float(inside.min()), (int(x), int(y)))


def relative_difference(hot: float, normal: float, air: float) -> float | None:
    """Return δ = (T₁ − T₂) / (T₁ − T₀) · 100 %, None where something is colder than the air.

    What faces a clear sky may be; then it does not tell what is normal, and δ would exceed 100 %.
    """
    return 100 * (hot - normal) / (hot - air) if hot > air and normal >= air else None


def judge(name: str, reading: Reading, sister: Reading | None, rest: float | None, air: float
          ) -> Verdict:
    """Return the most severe verdict that a rule gives.

    `sister` is the same kind of device in the same picture, `rest` the temperature of the
    device's other zones, which stands in where there is no sister.
    """
    normal = normal_for(name, sister, rest)
    verdicts = [by_spot(LIMITS[name], reading.highest)]
    if normal is not None:
        verdicts.append(by_share(reading.highest, normal, air))
    if sister is not None:
        verdicts.append(by_difference(LIMITS[name], reading.p95 - sister.p95))
    return max(verdicts, key=lambda verdict: LEVELS.index(verdict.level))


def normal_for(name: str, sister: Reading | None, rest: float | None) -> float | None:
    """Return the temperature that is normal for a device, T₂, if something tells it.

    What no load current flows through has none: δ is about heating by current.
    """
    if name in WITHOUT_LOAD:
        return None
    if sister is not None:
        return sister.highest
    return None if name in TANKS else rest


def by_spot(limits: Limits, hottest: float) -> Verdict:
    """Judge by the hottest spot."""
    for level, limit in (("critical", limits.critical), ("serious", limits.serious)):
        if hottest >= limit:
            return Verdict(level, "hottest spot", hottest, limit)
    return Verdict("normal", "none", hottest, limits.serious)


def by_share(hot: float, normal: float, air: float) -> Verdict:
    """Judge by the relative temperature difference, if the rise is more than noise."""
    share = relative_difference(hot, normal, air)
    if share is not None and hot - normal >= SMALLEST_RISE:
        for level, limit in zip(LEVELS[:0:-1], RELATIVE[::-1], strict=True):
            if share >= limit:
                return Verdict(level, "relative difference", share, limit)
    return Verdict("normal", "none", share or 0.0, RELATIVE[0])


def by_difference(limits: Limits, difference: float) -> Verdict:
    """Judge insulation by what it differs from its sister: such heating is always serious."""
    if limits.difference is not None and difference >= limits.difference:
        return Verdict("serious", "difference", difference, limits.difference)
    return Verdict("normal", "none", difference, limits.difference or 0.0)


def profile(field: np.ndarray, start: tuple[float, float], end: tuple[float, float],
            points: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Return distances in pixels and the field's values along a line between two points (x, y)."""
    from scipy.ndimage import map_coordinates

    height, width = field.shape
    for x, y in (start, end):
        if not (0 <= x <= width - 1 and 0 <= y <= height - 1):
            raise UserError("the point {x:.0f}, {y:.0f} lies outside the picture",
                            "points inside its {width}×{height} pixels are accepted",
                            "choose another", x=x, y=y, width=width, height=height)
    share = np.linspace(0, 1, points)
    columns, rows = (a + (b - a) * share for a, b in zip(start, end, strict=True))
    values = map_coordinates(field, [rows, columns], order=1)
    return share * np.hypot(end[0] - start[0], end[1] - start[1]), values


def histogram(celsius: np.ndarray, mask: np.ndarray, bins: int = 40
              ) -> tuple[np.ndarray, np.ndarray]:
    """Return how many pixels of a mask lie in each of the bins, and the bins' edges."""
    return np.histogram(celsius[mask], bins)


def coolest_surface(readings: Sequence[Reading]) -> float:
    """Return the lowest of the mean temperatures: it stands in for the air if none is given."""
    return min(reading.mean for reading in readings)
