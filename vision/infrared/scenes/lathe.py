"""Turned parts on the canvas: every pixel finds its ring, looked up in tables along the axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from vision.infrared.scenes.canvas import Box
from vision.infrared.scenes.scenery import Scenery
from vision.infrared.scenes.surfaces import Surface, lit_side, seems
from vision.infrared.scenes.view import NEAR

CIRCLE = np.linspace(0, 2 * np.pi, 24, endpoint=False)
LIMB = 0.1  # how far the edge of a round part goes towards what it reflects


class Axis(NamedTuple):
    """The axis of a turned part in the picture."""

    start: np.ndarray  # (2,), pixels
    along: np.ndarray  # (2,), unit vector from start to end
    length: float  # pixels
    scales: tuple[float, float]  # pixels per metre at start and end
    tilt: float  # sine of the angle by which the end leans away from the camera


@dataclass(frozen=True)
class Turned:
    """Rings along an axis, as if turned on a lathe: insulators, tanks, flanges, heads."""

    start: np.ndarray  # (3,)
    end: np.ndarray
    radius: np.ndarray  # (n,), evenly spaced from start to end
    surface: Surface
    warm: np.ndarray | float = 0.0  # K above the air, (n,)
    zone: str | None = ""

    @property
    def middle(self) -> np.ndarray:
        return (self.start + self.end) / 2

    def paint(self, scenery: Scenery, piece: int) -> None:
        """Paint the end that is seen, then the body before it."""
        paint_turned(self, scenery, piece)


def paint_turned(part: Turned, scenery: Scenery, piece: int) -> None:
    """Paint the end that faces the camera, then the body, which is nearer than that end."""
    axis = project(part, scenery)
    if axis is None:
        return
    radius = part.radius.astype(np.float32)
    box = _reach(axis, float(radius.max()), scenery)
    if box is None:
        return
    levels = seems(part.warm, slope(part), part.surface, scenery.air, scenery.transmission)  # (n,)
    levels = levels.astype(np.float32)
    _paint_end(part, axis, levels, scenery, piece)
    if axis.length > 1:
        _paint_body(part, axis, radius, levels, scenery, piece, box)


def project(part: Turned, scenery: Scenery) -> Axis | None:
    """Return the axis as the camera sees it; nothing if an end is too near."""
    place = scenery.place
    seen = place.seen(np.stack([part.start, part.end]))  # (2, 3)
    if seen[:, 2].min() < NEAR:
        return None
    first, last = place.pixels(seen)
    direction, ray = seen[1] - seen[0], seen.mean(0)
    tilt = direction @ ray / np.sqrt((direction @ direction) * (ray @ ray))
    length = float(np.hypot(*(last - first)))
    along = (last - first) / max(length, 1e-6)
    near, far = place.focal / float(seen[0, 2]), place.focal / float(seen[1, 2])
    return Axis(first, along, length, (near, far), float(tilt))


def slope(part: Turned) -> np.ndarray:
    """Return how far each ring's surface looks up (1) or down (−1), for an axis that is upright."""
    reach = part.end - part.start
    length = np.sqrt(reach @ reach)
    steps = np.diff(part.radius, prepend=part.radius[0])
    climb = steps * (len(steps) - 1) / max(length, 1e-6)  # dr/ds
    return -climb / np.sqrt(1 + climb * climb) * reach[1] / length


def outline(radius: np.ndarray) -> np.ndarray:
    """Return the radii (n,) without the gaps between sheds."""
    return cv2.dilate(radius[None], np.ones((1, 11), np.uint8))[0]


def _paint_end(part: Turned, axis: Axis, levels: np.ndarray, scenery: Scenery, piece: int
               ) -> None:
    """Fill the ellipses of the end nearer to the camera, from its widest ring to its tip."""
    if part.radius.max() * max(axis.scales) * abs(axis.tilt) < 1:
        return
    across = np.array([-axis.along[1], axis.along[0]])
    ring = np.outer(np.cos(CIRCLE), across) + axis.tilt * np.outer(np.sin(CIRCLE), axis.along)
    last = len(levels) - 1
    for index in _cap(part.radius, axis.tilt > 0):
        share = index / last
        size = part.radius[index] * (axis.scales[0] + (axis.scales[1] - axis.scales[0]) * share)
        centre = axis.start + share * axis.length * axis.along
        scenery.canvas.fill(centre + size * ring, float(levels[index]), piece)


def _cap(radius: np.ndarray, at_start: bool) -> list[int]:
    """Return rings from the widest one near an end to that end itself."""
    last = len(radius) - 1
    near = radius if at_start else radius[::-1]
    widest = int((near >= 0.97 * near.max()).argmax())
    rings = sorted({round(step * widest / 5) for step in range(6)}, reverse=True)
    return rings if at_start else [last - ring for ring in rings]


def _paint_body(part: Turned, axis: Axis, radius: np.ndarray, levels: np.ndarray,
                scenery: Scenery, piece: int, box: Box) -> None:
    left, top, right, bottom = box
    x = np.arange(left, right, dtype=np.float32) - np.float32(axis.start[0])
    y = np.arange(top, bottom, dtype=np.float32)[:, None] - np.float32(axis.start[1])
    (ux, uy), last = axis.along.astype(np.float32), len(radius) - 1
    share = x * (ux / axis.length) + y * (uy / axis.length)  # (h, w), 0 at start, 1 at end
    width = axis.scales[0] + (axis.scales[1] - axis.scales[0]) * share
    off = (y * ux - x * uy) / width  # (h, w), metres right of the axis
    girth = outline(radius).take((share * last).astype(np.int32), mode="clip")
    bulge = np.sqrt(np.maximum(girth * girth - off * off, 0)) * width
    ring = (share - bulge * (axis.tilt / axis.length)) * last
    index = ring.astype(np.int32)
    r = radius.take(index, mode="clip")
    u = off / r
    inside = (u * u <= 1) & (ring >= 0) & (ring <= last + 0.999)
    flank = -lit_side(part.surface, scenery.air) * float(uy)
    limb = LIMB * (1.2 - part.surface.emissivity) * (scenery.air.ambient - scenery.air.zenith)
    square = u * u
    values = levels.take(index, mode="clip") + flank * u - limb * square * square
    scenery.canvas.stamp(box, values, inside, piece)


def _reach(axis: Axis, radius: float, scenery: Scenery) -> Box | None:
    """Return the part of the canvas that the body can touch."""
    across = np.array([-axis.along[1], axis.along[0]])
    end = axis.start + axis.length * axis.along
    corners = [centre + side * radius * scale * across
               for centre, scale in ((axis.start, axis.scales[0]), (end, axis.scales[1]))
               for side in (-1, 1)]
    return scenery.canvas.box(np.array(corners), abs(axis.tilt) * radius * max(axis.scales))
