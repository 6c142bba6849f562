"""Masks with little labour: from a polygon, or from a box by GrabCut.

GrabCut: Rother, Kolmogorov, Blake, "GrabCut", SIGGRAPH 2004, in OpenCV's implementation.
"""

from __future__ import annotations

import cv2
import numpy as np

from vision.errors import UserError

SHIFT = 4  # binary digits of sub-pixel position
ROUNDS = 5
RIM = 12  # pixels of frame, so that a box may reach the picture's edge


def polygon_mask(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the mask (H, W) of a polygon (n, 2), x and y in pixels: the pixels whose middle it
    holds. OpenCV also fills what the outline touches, so the pixels along it are asked one by one.
    """
    corners = np.asarray(points, np.float64)
    if len(corners) < 3 or not np.isfinite(corners).all():
        raise UserError("the polygon has {count} points", "at least three points are accepted",
                        "draw around the device", count=len(corners))
    mask, rim = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    middles = (corners.clip(-20000, 40000) - 0.5).astype(np.float32)  # of pixels, whole numbers
    fixed = [(middles * (1 << SHIFT)).round().astype(np.int32)]
    cv2.fillPoly(mask, fixed, 1, shift=SHIFT)
    cv2.polylines(rim, fixed, True, 1, 3, shift=SHIFT)
    for y, x in np.argwhere(rim):
        mask[y, x] = cv2.pointPolygonTest(middles, (float(x), float(y)), False) > 0
    return mask.astype(bool)


def box_mask(picture: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    """Return the mask (H, W) of what stands out inside a box (x0, y0, x1, y1) of a picture."""
    left, top, right, bottom = _inside(box, picture.shape[:2])
    framed = cv2.copyMakeBorder(picture, RIM, RIM, RIM, RIM, cv2.BORDER_REPLICATE)
    marks = np.full(framed.shape[:2], cv2.GC_BGD, np.uint8)
    around = slice(top + RIM, bottom + RIM), slice(left + RIM, right + RIM)
    marks[around] = cv2.GC_PR_FGD
    behind, device = np.zeros((1, 65)), np.zeros((1, 65))  # the colours of either, to be found
    cv2.setRNGSeed(0)
    cv2.grabCut(framed, marks, (0, 0, 1, 1), behind, device, ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = (marks == cv2.GC_PR_FGD)[RIM:-RIM, RIM:-RIM]
    if not found.any():
        raise UserError("nothing stands out inside the box",
                        "a box around one device with some of what is behind it is accepted",
                        "draw the box anew or use a polygon")
    return found


def _inside(box: tuple[float, float, float, float], size: tuple[int, ...]
            ) -> tuple[int, int, int, int]:
    """Return the box in whole pixels, cut to the picture; it must hold at least 4×4 of them."""
    height, width = size
    x0, y0, x1, y1 = box
    left, right = (round(min(max(x, 0), width)) for x in sorted((x0, x1)))
    top, bottom = (round(min(max(y, 0), height)) for y in sorted((y0, y1)))
    if right - left < 4 or bottom - top < 4:
        raise UserError("the box covers {width}×{height} pixels of the picture",
                        "boxes of at least 4×4 pixels are accepted", "draw a larger one",
                        width=right - left, height=bottom - top)
    return left, top, right, bottom
