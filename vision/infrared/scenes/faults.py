"""Faults as heat: laid over a painted device, where it is still seen in full."""

from __future__ import annotations

import cv2
import numpy as np

from vision.infrared.classes import JOINT, OIL, SECTION, SIDE
from vision.infrared.scenes.canvas import Box, Canvas
from vision.infrared.scenes.view import Place


def add_fault(canvas: Canvas, kind: str, pieces: range, zone: int, place: Place, rise: float
              ) -> None:
    """Warm a device, whose pieces these are, in one of its zones by `rise` K."""
    box = found(canvas, zone)
    if box is None:
        return
    if kind == JOINT:
        size = max(0.16 * place.focal / max(place.distance(np.zeros(3)), 1), 3)
        _glow(canvas, pieces, box, size, rise)
    elif kind == SECTION:
        left, top, right, bottom = box
        size = 0.3 * max(min(right - left, bottom - top), 0.3 * max(right - left, bottom - top))
        _glow(canvas, range(zone, zone + 1), box, size, rise)
    elif kind == SIDE:
        _slant(canvas, zone, box, rise)
    elif kind == OIL:
        _drain(canvas, zone, box, rise)


def draw_rise(kind: str, rng: np.random.Generator) -> float:
    """Return how many K a fault of this kind adds: joints run hot, insulators a little warm."""
    low, high = {JOINT: (8, 70), SECTION: (4, 18), SIDE: (3, 10), OIL: (3, 8)}[kind]
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def found(canvas: Canvas, piece: int) -> Box | None:
    """Return the part of the canvas that shows a piece."""
    mask = (canvas.piece == piece).view(np.uint8)
    x, y, width, height = cv2.boundingRect(mask)
    return (x, y, x + width, y + height) if width else None


def _glow(canvas: Canvas, pieces: range, box: Box, size: float, rise: float) -> None:
    """Add heat that falls off from the middle of the zone as conduction lets it."""
    left, top, right, bottom = box
    x, y = (left + right - 1) / 2, (top + bottom - 1) / 2
    around = canvas.box(np.array([[left, top], [right, bottom]], float), 5 * size)
    if around is None:
        return
    left, top, right, bottom = around
    off_x = np.maximum(abs(np.arange(left, right) - x) - (box[2] - box[0]) / 4, 0)
    off_y = np.maximum(abs(np.arange(top, bottom)[:, None] - y) - (box[3] - box[1]) / 4, 0)
    heat = rise * np.exp(-np.sqrt(off_x**2 + off_y**2) / size)
    piece = canvas.piece[top:bottom, left:right]
    own = (piece >= pieces.start) & (piece < pieces.stop)
    canvas.field[top:bottom, left:right] += (heat * own).astype(np.float32)


def _slant(canvas: Canvas, zone: int, box: Box, rise: float) -> None:
    """Warm one flank of the zone: nothing at its left edge, all of it at its right."""
    left, top, right, bottom = box
    heat = np.linspace(0, rise, right - left, dtype=np.float32)
    canvas.field[top:bottom, left:right] += heat * (canvas.piece[top:bottom, left:right] == zone)


def _drain(canvas: Canvas, zone: int, box: Box, rise: float) -> None:
    """Warm the zone below the oil's level; what is above it stays as cold as the air."""
    left, top, right, bottom = box
    level = top + 0.45 * (bottom - top)
    below = np.clip((np.arange(top, bottom) - level) / max(0.04 * (bottom - top), 1) + 0.5, 0, 1)
    heat = (rise * below[:, None]).astype(np.float32)
    canvas.field[top:bottom, left:right] += heat * (canvas.piece[top:bottom, left:right] == zone)
