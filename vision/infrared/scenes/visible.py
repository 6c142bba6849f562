"""The truth of a painted canvas: which devices are visible, with masks, boxes and zones."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vision.infrared.classes import CLASSES, ZONES
from vision.infrared.scenes.canvas import SURROUNDINGS
from vision.infrared.scenes.plan import Thing
from vision.infrared.scenes.truth import Device, Zone
from vision.infrared.scenes.view import NEAR

SMALLEST = 60  # pixels of a mask; what shows less is not labelled
LEAST = 0.25  # share of a device's outline, and of a zone's pixels, that must be in view
ZONE = 3  # pixels of a zone's box, either way


@dataclass(frozen=True)
class Extent:
    """Where a zone is on the canvas, whatever stands in front of it."""

    box: tuple[int, int, int, int]  # x0, y0, x1, y1
    pixels: int


@dataclass(frozen=True)
class Painted:
    """A device on the canvas: its number for each zone and for the rest, and its zones' extents."""

    thing: Thing
    numbers: dict[str, int]
    extents: dict[str, Extent]


class Pieces:
    """The devices on a canvas, in the order they were painted."""

    def __init__(self) -> None:
        self.devices: list[Painted] = []
        self._next = SURROUNDINGS + 1

    def begin(self, thing: Thing) -> dict[str, int]:
        """Return a new number for each zone of a device and one for what is left of it."""
        if thing.label < 0:
            return {}
        names = ("", *ZONES[CLASSES[thing.label]])
        numbers = {name: self._next + place for place, name in enumerate(names)}
        self._next += len(names)
        return numbers

    def end(self, thing: Thing, numbers: dict[str, int], piece: np.ndarray) -> None:
        """Remember a device's zones before anything is painted over them."""
        if numbers:
            self.devices.append(Painted(thing, numbers, _extents(numbers, piece)))


def _extents(numbers: dict[str, int], piece: np.ndarray) -> dict[str, Extent]:
    """Return the extents of the zones that a canvas (H, W) shows."""
    left, top, width, height = cv2.boundingRect(_among(numbers, piece))
    part, extents = piece[top : top + height, left : left + width], {}
    if not part.size:
        return {}
    for name, number in numbers.items():
        own = (part == number).view(np.uint8)
        x, y, wide, high = cv2.boundingRect(own)
        if name and wide:
            box = (left + x, top + y, left + x + wide, top + y + high)
            extents[name] = Extent(box, cv2.countNonZero(own))
    return extents


def _among(numbers: dict[str, int], piece: np.ndarray) -> np.ndarray:
    """Return where a canvas shows a device, uint8 (H, W)."""
    first, last = min(numbers.values()), max(numbers.values())
    return ((piece >= first) & (piece <= last)).view(np.uint8)


def visible_devices(piece: np.ndarray, pieces: Pieces, size: tuple[int, int]
                    ) -> tuple[Device, ...]:
    """Return the devices of a canvas (H·f, W·f) of which enough is visible, at `size` (H, W)."""
    found, taken = [], np.zeros(size, bool)
    for painted in pieces.devices:
        thing = painted.thing
        fine = _among(painted.numbers, piece)
        share = cv2.resize(fine * np.uint8(240), size[::-1], interpolation=cv2.INTER_AREA)
        mask = (share >= 120) & ~taken
        if np.count_nonzero(mask) < SMALLEST or _seen(thing, mask) < LEAST:
            continue
        taken |= mask
        box = edges(mask)
        zones = _zones(piece, painted, box, len(piece) / size[0])
        found.append(Device(thing.label, mask, box, zones, thing.fault))
    return tuple(found)


def edges(mask: np.ndarray) -> tuple[float, float, float, float]:
    """Return the tight box of a mask: x0, y0, x1, y1."""
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    return float(x), float(y), float(x + width), float(y + height)


def _seen(thing: Thing, mask: np.ndarray) -> float:
    """Return which share of a device's whole outline, a box in the picture, is in view."""
    assert thing.built is not None
    half, height = thing.built.width / 2, thing.built.height
    corners = thing.place.seen(np.array([(-half, 0, 0), (half, 0, 0), (half, height, 0),
                                         (-half, height, 0)]))
    if corners[:, 2].min() < NEAR:
        return 0.0
    wide, high = np.ptp(thing.place.pixels(corners), axis=0)
    x0, y0, x1, y1 = edges(mask)
    factor = 2 * thing.place.centre[1] / len(mask)
    return (x1 - x0) * (y1 - y0) * factor**2 / max(wide * high, 1)


def _zones(piece: np.ndarray, painted: Painted, box: tuple[float, float, float, float],
           factor: float) -> tuple[Zone, ...]:
    """Return the zones of which enough is visible, each whole as far as the device's box goes."""
    zones = []
    for name, extent in painted.extents.items():
        x0, y0, x1, y1 = extent.box
        shown = np.count_nonzero(piece[y0:y1, x0:x1] == painted.numbers[name])
        left, top = max(x0 / factor, box[0]), max(y0 / factor, box[1])
        right, bottom = min(x1 / factor, box[2]), min(y1 / factor, box[3])
        if shown >= LEAST * extent.pixels and factor * min(right - left, bottom - top) >= ZONE:
            zones.append(Zone(name, ((left + right) / 2, (top + bottom) / 2),
                              (right - left, bottom - top)))
    return tuple(zones)
