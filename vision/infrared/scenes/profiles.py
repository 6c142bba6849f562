"""Shapes for the lathe: radii along an axis, and columns stacked from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vision.infrared.scenes.lathe import Turned
from vision.infrared.scenes.surfaces import PAINT, Surface

UP = np.array([0.0, 1.0, 0.0])
SHEDS = {
    "porcelain": (1, 0.96, 0.85, 0.68, 0.45, 0.22, 0.05, 0, 0, 0.1),
    "bell": (1, 1, 0.97, 0.9, 0.75, 0.4, 0.1, 0, 0, 0.3),
    "polymer": (1, 0.75, 0.35, 0.1, 0, 0, 0, 0, 0, 0.1),
}  # how far a shed reaches from the core (0) to its rim (1), from its lower edge upwards


class Section(NamedTuple):
    """One piece of a column: how long, which radii, what it belongs to and how warm it is."""

    length: float
    radius: np.ndarray
    zone: str | None = ""
    surface: Surface = PAINT
    warm: np.ndarray | float = 0.0


def column(foot: npt.ArrayLike, sections: Sequence[Section], direction: np.ndarray = UP
           ) -> list[Turned]:
    """Return sections one after the other, from a foot into a direction."""
    start, parts = np.asarray(foot, float), []
    for section in sections:
        end = start + section.length * direction
        parts.append(Turned(start, end, section.radius, section.surface, section.warm,
                            section.zone))
        start = end
    return parts


def straight(first: float, last: float | None = None) -> np.ndarray:
    """Return a tube, or a cone if it ends with another radius."""
    return np.linspace(first, first if last is None else last, 60)


def dome(radius: float, tip: float = 0.05) -> np.ndarray:
    """Return half an egg that closes at its end."""
    return radius * np.maximum(np.sqrt(1 - np.linspace(0, 1, 80) ** 2), tip)


def ball(radius: float) -> np.ndarray:
    """Return a barrel with rounded ends."""
    return radius * np.maximum(np.sqrt(1 - np.linspace(-1, 1, 120) ** 4), 0.25)


def sheds(count: int, core: float, rim: float, kind: str = "porcelain", taper: float = 1.0,
          every_second: float = 1.0) -> np.ndarray:
    """Return an insulator; `taper` is its last radius over its first."""
    profile = np.tile(SHEDS[kind], count).reshape(count, -1)
    profile[1::2] *= every_second
    radius = core + (rim - core) * profile.ravel()
    return radius * np.linspace(1, taper, radius.size)
