"""Pictures that somebody labelled, as samples that a detector learns from."""

from __future__ import annotations

import numpy as np

from vision.errors import unknown
from vision.images import resize, resize_labels
from vision.infrared.classes import CLASSES
from vision.infrared.data import SIZE, Sample, without_slivers
from vision.infrared.inspection.detections import Detections
from vision.infrared.inspection.inspect import regions
from vision.infrared.labels.formats import Labelled


def sample_of_labels(labelled: Labelled, grey: np.ndarray, size: tuple[int, int] = SIZE
                     ) -> Sample:
    """Return labels and their grey picture (H, W) in a frame; what has only a box has no mask.

    The picture keeps its shape in the middle; around it is its mean, and there is no device.
    """
    labels = np.array([place_of(name) for name in labelled.names], np.int64)
    known = Detections(labelled.boxes, labels, np.ones(len(labels), np.float32), labelled.masks)
    owner = np.zeros(labelled.size, np.uint8)
    for number, mask in enumerate(regions(known, labelled.size), 1):
        owner[mask] = number
    inner = fitted(labelled.size, size)
    masked = np.full(len(labels), labelled.masks is not None)
    return without_slivers(Sample(
        framed(resize(grey, inner).astype(np.float32), size, float(grey.mean())),
        framed(resize_labels(owner, inner), size, 0), labels, masked))


def fitted(size: tuple[int, int], frame: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size of the same shape that a frame holds."""
    scale = min(frame[0] / size[0], frame[1] / size[1])
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)


def framed(picture: np.ndarray, size: tuple[int, int], value: float) -> np.ndarray:
    """Return a picture (H, W) in the middle of a frame of a size that is filled with a value."""
    top, left = ((outer - side) // 2 for outer, side in zip(size, picture.shape, strict=True))
    frame = np.full(size, value, picture.dtype)
    frame[top:top + picture.shape[0], left:left + picture.shape[1]] = picture
    return frame


def place_of(name: str) -> int:
    """Return the place of a class's name among the known ones."""
    if name not in CLASSES:
        raise unknown("class", name, list(CLASSES))
    return CLASSES.index(name)
