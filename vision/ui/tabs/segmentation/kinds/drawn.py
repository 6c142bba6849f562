"""One street three times: its classes, its objects, and both; one object outlined in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vision.ui.tabs.segmentation.shared import laid_over, paint

if TYPE_CHECKING:
    from vision.segmentation.panoptic.segments import Panoptic

GOLDEN = 0.618034  # of a turn of hue from one object to the next: no two neighbours are alike


def semantic(picture: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the classes over the picture."""
    return laid_over(picture, labels, 0.75)


def instance(picture: np.ndarray, panoptic: Panoptic) -> np.ndarray:
    """Return the objects, each in a colour of its own, over a dark grey picture."""
    dark = (0.4 * picture.mean(2, keepdims=True)).repeat(3, 2)  # (H, W, 3)
    drawn = np.where(panoptic.instances[..., None] > 0,
                     0.25 * picture + 0.75 * hues(panoptic.instances), dark)
    return drawn.astype(np.uint8)


def both(picture: np.ndarray, panoptic: Panoptic) -> np.ndarray:
    """Return the classes over the picture, with a white line around each object."""
    mixed = 0.25 * picture + 0.75 * paint(panoptic.classes)
    mixed[edges(panoptic.instances)] = 255
    return mixed.astype(np.uint8)


def hues(numbers: np.ndarray) -> np.ndarray:
    """Return a bright colour (uint8 H×W×3) for each number (H, W)."""
    import cv2

    hue = (numbers * GOLDEN % 1 * 180).astype(np.uint8)
    bright = np.stack([hue, np.full_like(hue, 190), np.full_like(hue, 245)], -1)
    return cv2.cvtColor(bright, cv2.COLOR_HSV2RGB)


def edges(numbers: np.ndarray) -> np.ndarray:
    """Return the pixels (bool H×W) of objects that touch something else."""
    import cv2

    small = numbers.astype(np.float32)
    box = np.ones((3, 3), np.uint8)
    return (numbers > 0) & (cv2.erode(small, box) != cv2.dilate(small, box))


def outlined(drawn: np.ndarray, where: np.ndarray | None) -> np.ndarray:
    """Return a picture with a yellow line around some pixels (bool H×W)."""
    import cv2

    if where is None:
        return drawn
    found, _ = cv2.findContours(where.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    marked = np.array(drawn)  # a copy: the picture itself is drawn on again
    cv2.drawContours(marked, found, -1, (0, 0, 0), 5)
    cv2.drawContours(marked, found, -1, (255, 214, 10), 2)
    return marked
