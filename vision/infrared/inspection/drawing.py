"""Found devices drawn over the thermogram: masks, outlines, boxes, zones and names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from vision.infrared.inspection.result import Instance

COLOURS = {"normal": (70, 200, 120), "attention": (250, 210, 60), "serious": (250, 140, 40),
           "critical": (235, 60, 60), "": (80, 170, 250)}  # "" has no verdict
FONT = cv2.FONT_HERSHEY_SIMPLEX


def marked(picture: np.ndarray, instances: Sequence[Instance], opacity: float = 0.35
           ) -> np.ndarray:
    """Return a picture (H, W, 3) with what was found in it, in the colours of the verdicts."""
    drawn = np.ascontiguousarray(picture)
    for instance in instances:
        drawn = shaded(drawn, instance, opacity)
    scale = max(1, round(600 / max(picture.shape[:2])))
    drawn = cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    for instance in instances:
        outline(drawn, instance, scale)
    return drawn


def colour_of(instance: Instance) -> tuple[int, int, int]:
    """Return the colour of a device's verdict."""
    return COLOURS[instance.verdict.level if instance.verdict else ""]


def shaded(picture: np.ndarray, instance: Instance, opacity: float) -> np.ndarray:
    """Return the picture with one mask laid over it."""
    shaded = picture.copy()
    inside = picture[instance.mask].astype(np.float32)  # (n, 3)
    shaded[instance.mask] = inside * (1 - opacity) + np.array(colour_of(instance)) * opacity
    return shaded


def outline(picture: np.ndarray, instance: Instance, scale: int) -> None:
    """Draw the box, the zones and the name of a device into a picture of `scale` times the size.
    """
    colour = colour_of(instance)
    x0, y0, x1, y1 = (round(scale * edge) for edge in instance.box)
    cv2.rectangle(picture, (x0, y0), (x1, y1), colour, 1, cv2.LINE_AA)
    for zone in instance.zones:
        centre = (round(scale * zone.centre[0]), round(scale * zone.centre[1]))
        cv2.drawMarker(picture, centre, colour, cv2.MARKER_CROSS, 10, 1, cv2.LINE_AA)
    text = f"{instance.group if instance.unsure else instance.name} {instance.score:.2f}"
    place = (max(x0, 2), max(y0 - 5, 12))
    cv2.putText(picture, text, place, FONT, 0.45, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(picture, text, place, FONT, 0.45, colour, 1, cv2.LINE_AA)
