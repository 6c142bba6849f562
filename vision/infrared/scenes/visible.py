"""The truth of a painted canvas: which devices are visible, with masks, boxes and zones."""

from __future__ import annotations

import cv2
import numpy as np

from vision.infrared.classes import CLASSES, ZONES

from .canvas import SURROUNDINGS
from .plan import Thing
from .truth import Device, Zone
from .view import NEAR

SMALLEST = 60  # pixels of a mask; what shows less is not labelled
LEAST = 0.25  # share of a device's outline that must be in view
ZONE = 3  # pixels of a zone's box, either way


class Pieces:
    """The numbers on the canvas: every device has one for each zone and one for the rest."""

    def __init__(self) -> None:
        self.devices: list[tuple[Thing, dict[str, int]]] = []
        self._next = SURROUNDINGS + 1

    def begin(self, thing: Thing) -> dict[str, int]:
        """Return a new number for each zone of a device; what is none gets none."""
        if thing.label < 0:
            return {}
        names = ("", *ZONES[CLASSES[thing.label]])
        numbers = {name: self._next + place for place, name in enumerate(names)}
        self._next += len(names)
        self.devices.append((thing, numbers))
        return numbers


def visible_devices(piece: np.ndarray, pieces: Pieces, size: tuple[int, int]
                    ) -> tuple[Device, ...]:
    """Return the devices of a canvas (H·f, W·f) of which enough is visible, at `size` (H, W)."""
    found, taken = [], np.zeros(size, bool)
    for thing, numbers in pieces.devices:
        first, last = min(numbers.values()), max(numbers.values())
        fine = ((piece >= first) & (piece <= last)).view(np.uint8)
        share = cv2.resize(fine * np.uint8(240), size[::-1], interpolation=cv2.INTER_AREA)
        mask = (share >= 120) & ~taken
        if np.count_nonzero(mask) < SMALLEST or _seen(thing, mask) < LEAST:
            continue
        taken |= mask
        box = edges(mask)
        factor = len(piece) / size[0]
        found.append(Device(thing.label, mask, box, _zones(piece, numbers, box, factor),
                            thing.fault))
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


def _zones(piece: np.ndarray, numbers: dict[str, int], box: tuple[float, float, float, float],
           factor: float) -> tuple[Zone, ...]:
    """Return the zones of which something is visible, each with the box of what is."""
    x0, y0, x1, y1 = (round(edge * factor) for edge in box)
    part, zones = piece[y0:y1, x0:x1], []
    for name, number in numbers.items():
        x, y, width, height = cv2.boundingRect((part == number).view(np.uint8))
        if name and min(width, height) >= ZONE:
            centre = ((x0 + x + width / 2) / factor, (y0 + y + height / 2) / factor)
            zones.append(Zone(name, centre, (width / factor, height / factor)))
    return tuple(zones)
