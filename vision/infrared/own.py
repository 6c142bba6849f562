"""Pictures that somebody labelled, as samples that a detector learns from."""

from __future__ import annotations

import cv2
import numpy as np

from vision.errors import unknown
from vision.images import resize
from vision.infrared.classes import CLASSES
from vision.infrared.detections import Detections
from vision.infrared.inspection import regions
from vision.infrared.readers import Labelled
from vision.infrared.samples import SIZE, Sample, without_slivers


def sample_of_labels(labelled: Labelled, grey: np.ndarray, size: tuple[int, int] = SIZE
                     ) -> Sample:
    """Return labels and their grey picture (H, W) at one size; what has only a box has no mask."""
    labels = np.array([place_of(name) for name in labelled.names], np.int64)
    known = Detections(labelled.boxes, labels, np.ones(len(labels), np.float32), labelled.masks)
    owner = np.zeros(labelled.size, np.uint8)
    for number, mask in enumerate(regions(known, labelled.size), 1):
        owner[mask] = number
    small = cv2.resize(owner, size[::-1], interpolation=cv2.INTER_NEAREST_EXACT)
    masked = np.full(len(labels), labelled.masks is not None)
    return without_slivers(Sample(resize(grey, size).astype(np.float32), small, labels, masked))


def place_of(name: str) -> int:
    """Return the place of a class's name among the known ones."""
    if name not in CLASSES:
        raise unknown("class", name, list(CLASSES))
    return CLASSES.index(name)
