"""Boundary F1: how well the outlines of a class lie on the true ones.

Csurka, Larlus, Perronnin: "What is a good evaluation measure for semantic segmentation?", BMVC
2013; the tolerance is that of SegNet, arXiv:1511.00561, §4: 0.75% of the picture's diagonal.
"""

from __future__ import annotations

import cv2
import numpy as np

from vision.segmentation.labels import VOID

TOLERANCE = 0.0075
FAR = 8.0  # pixels from which on distances are quicker than discs


def boundary_f1(truth: np.ndarray, prediction: np.ndarray, classes: int,
                tolerance: float = TOLERANCE) -> np.ndarray:
    """Return each class's boundary F1 in one picture; NaN where no map has an outline of it."""
    prediction = np.where(truth == VOID, np.uint8(VOID), prediction)
    reach = tolerance * float(np.hypot(*truth.shape))
    return np.array([_f1(outline(truth, index), outline(prediction, index), reach)
                     for index in range(classes)])


def outline(labels: np.ndarray, index: int) -> np.ndarray:
    """Return where a pixel of the class (bool H×W) has a neighbour of another one; void is none."""
    inside = labels == index
    other = (~inside & (labels != VOID)).astype(np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    return inside & cv2.dilate(other, cross).astype(bool)  # beyond the border is nothing


def _f1(truth: np.ndarray, prediction: np.ndarray, reach: float) -> float:
    """Return 2PR / (P + R) of two outlines, each pixel right if the other one is within reach."""
    if not truth.any() and not prediction.any():
        return float("nan")
    if not truth.any() or not prediction.any():
        return 0.0
    precision = _near(truth, reach)[prediction].mean()
    recall = _near(prediction, reach)[truth].mean()
    return float(2 * precision * recall / max(precision + recall, 1e-12))


def _near(outline: np.ndarray, reach: float) -> np.ndarray:
    """Return where a pixel of the outline (bool H×W) is within reach: the outline under a disc.

    A large disc would take hours; then every pixel's distance to the outline says the same.
    """
    if reach > FAR:
        apart = cv2.distanceTransform((~outline).astype(np.uint8), cv2.DIST_L2,
                                      cv2.DIST_MASK_PRECISE)
        return apart <= np.float32(reach)
    steps = np.arange(-int(reach), int(reach) + 1)
    disc = (np.hypot(steps, steps[:, None]) <= reach).astype(np.uint8)
    return cv2.dilate(outline.astype(np.uint8), disc).astype(bool)
