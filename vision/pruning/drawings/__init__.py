"""Ten classes drawn by this project: pictures to try, and a data set that needs no download."""

from __future__ import annotations

import cv2
import numpy as np

from vision.pruning.drawings.brush import Brush
from vision.pruning.drawings.places import PLACES
from vision.pruning.drawings.subjects import CLASSES, SUBJECTS

__all__ = ["CLASSES", "SUBJECTS", "draw"]
FINE = 4  # how many times larger a drawing is painted


def draw(label: int, seed: int, side: int = 32) -> np.ndarray:
    """Return one drawing (uint8 side×side×3); place, size, tilt, colours and background vary."""
    random = np.random.default_rng((label, seed))
    canvas = np.zeros((side * FINE, side * FINE, 3), np.uint8)
    subject = SUBJECTS[CLASSES[label]]
    place = subject.places[int(random.integers(len(subject.places)))]
    PLACES[place](Brush(canvas), random)
    brush = Brush(canvas, size=random.uniform(0.8, 1.0), shift=tuple(random.uniform(-6, 6, 2)),
                  turn=random.normal(0, subject.tilt), mirror=bool(random.integers(2)))
    subject.paint(brush, random)
    return cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA)
