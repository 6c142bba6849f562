"""Masks with little labour: what stands out inside a box, by GrabCut.

GrabCut: Rother, Kolmogorov, Blake, "GrabCut", SIGGRAPH 2004, in OpenCV's implementation.
"""

from __future__ import annotations

import cv2
import numpy as np

from vision.errors import UserError
from vision.images import resize, resize_labels

ROUNDS = 5
RIM = 12  # pixels of frame, so that a box may reach the picture's edge
LOOK = 256  # longest side of what is looked at; beyond, its time grows from seconds to minutes


def box_mask(picture: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    """Return the mask (H, W) of what stands out inside a box (x0, y0, x1, y1) of a picture.

    In a large picture only the box and as much around it is looked at, in few pixels.
    """
    height, width = picture.shape[:2]
    left, top, right, bottom = _inside(box, (height, width))
    wide, high = (right - left, bottom - top) if max(height, width) > LOOK else (width, height)
    part = (slice(max(top - high, 0), bottom + high), slice(max(left - wide, 0), right + wide))
    whole = picture[part]
    scale = min(LOOK / max(whole.shape[:2]), 1)
    small = resize(whole, (max(round(whole.shape[0] * scale), 1),
                           max(round(whole.shape[1] * scale), 1)))
    place = [(edge - start.start) * scale for edge, start in zip(
        (left, top, right, bottom), (part[1], part[0]) * 2, strict=True)]
    found = _grabcut(small, *(round(edge) for edge in place))
    mask = np.zeros((height, width), bool)
    mask[part] = resize_labels(found.astype(np.uint8), whole.shape[:2])
    return mask


def _grabcut(picture: np.ndarray, left: int, top: int, right: int, bottom: int) -> np.ndarray:
    """Return the mask (H, W) of what stands out inside a box of whole pixels."""
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
