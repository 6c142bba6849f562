"""What a builder returns, and the small parts that many devices share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vision.infrared.scenes.parts import Block, Part, Plate, Rods
from vision.infrared.scenes.profiles import Section, dome, straight
from vision.infrared.scenes.surfaces import METAL, PAINT, Surface


@dataclass(frozen=True)
class Built:
    """A device on its own: its parts, where conductors fasten, how wide and high it is."""

    parts: list[Part]
    terminals: list[np.ndarray]  # (3,) each
    width: float  # metres
    height: float


Builder = Callable[[np.random.Generator, float], Built]  # (random numbers, load 0…1)


def cuboid(centre: npt.ArrayLike, size: npt.ArrayLike, surface: Surface = PAINT,
           warm: tuple[float, float] = (0.0, 0.0), zone: str | None = "") -> Block:
    """Return a block around a centre."""
    middle, half = np.asarray(centre, float), np.asarray(size, float) / 2
    return Block(middle - half, middle + half, surface, warm, zone)


def rods(*lines: npt.ArrayLike, radius: float, zone: str | None = "",
         surface: Surface = METAL, warm: float = 0.0) -> Rods:
    """Return bars through these points."""
    return Rods(tuple(np.asarray(line, float) for line in lines), radius, surface, warm, zone)


def flag(at: Sequence[float], reach: float, zone: str, warm: float = 0.0, height: float = 0.1
         ) -> Plate:
    """Return a terminal: a flat bar that points to the side."""
    x, y, z = at
    corners = [(x, y, z), (x + reach, y, z), (x + reach, y + height, z), (x, y + height, z)]
    return Plate(np.array(corners, float), METAL, warm, zone)


def flange(radius: float, zone: str | None = "", length: float = 0.06, warm: float = 0.0
           ) -> Section:
    """Return a short metal fitting."""
    return Section(length, straight(radius), zone, PAINT, warm)


def stud(radius: float, length: float, zone: str = "terminal", warm: float = 0.0) -> Section:
    """Return the bolt on top to which a conductor is clamped."""
    return Section(length, straight(radius), zone, METAL, warm)


def cap(radius: float, height: float, zone: str | None = "", warm: float = 0.0) -> Section:
    """Return a lid with a rounded top."""
    return Section(height, dome(radius), zone, PAINT, warm)


def ring(height: float, radius: float, thickness: float) -> list[Part]:
    """Return a grading ring that lies level: its far half and its near half."""
    angle = np.linspace(0, np.pi, 13)
    flat = np.zeros_like(angle) + height
    return [rods(np.stack([radius * np.cos(angle), flat, side * radius * np.sin(angle)], 1),
                 radius=thickness) for side in (1, -1)]


def struts(low: float, high: float, inner: float, outer: float) -> Part:
    """Return the three stays of a grading ring."""
    turns = 0.5 + np.arange(3) * 2 * np.pi / 3
    return rods(*[[(inner * np.cos(a), high, inner * np.sin(a)),
                   (outer * np.cos(a), low, outer * np.sin(a))] for a in turns],
                radius=0.012)
