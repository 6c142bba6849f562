"""Which device of one answer is which of another, by what their boxes or masks share."""

from __future__ import annotations

import numpy as np
import torch
from torchvision.ops import box_iou

LEAST = 0.5  # overlap from which two boxes are one device


def overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the intersection over union of boxes (N, 4) with boxes (M, 4), (N, M)."""
    shared = box_iou(*(torch.from_numpy(boxes.astype(float)) for boxes in (first, second)))
    return shared.nan_to_num().numpy()  # 0 / 0 of two boxes without area


def shared_mask(first: np.ndarray, second: np.ndarray) -> float:
    """Return the intersection over union of two masks (H, W), 1 if both are empty."""
    union = int((first | second).sum())
    return float((first & second).sum()) / union if union else 1.0


def pairs(first: np.ndarray, second: np.ndarray) -> dict[int, int]:
    """Return which box (N, 4) is which of the others (M, 4), the best overlaps first."""
    if not len(first) or not len(second):
        return {}
    shared = overlaps(first, second)
    found: dict[int, int] = {}
    for place in np.argsort(-shared, axis=None):
        row, column = map(int, np.unravel_index(place, shared.shape))
        if shared[row, column] < LEAST:
            break
        if row not in found and column not in found.values():
            found[row] = column
    return found
