"""From a drawing by hand to a picture as the data sets have them."""

from __future__ import annotations

import cv2
import numpy as np
import torch

from vision.errors import UserError

SIDE, INNER = 28, 20
FAINT = 24  # of 255; fainter marks are no drawing


def to_picture(ink: np.ndarray) -> torch.Tensor:
    """Return ink (H, W), 0…255, as MNIST was made: 20 pixels, centre of mass in the middle.

    The answer is (1, 1, 28, 28) in 0…1.
    """
    rows, columns = np.nonzero(ink > FAINT)
    if len(rows) < 10:
        raise UserError("the drawing is empty", "a few strokes are accepted", "draw something")
    part = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].astype(np.float32)
    scale = INNER / max(part.shape)
    size = (max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    small *= 255 / max(small.max(), 1)
    moments = cv2.moments(small)
    right = SIDE / 2 - 0.5 - moments["m10"] / moments["m00"]
    down = SIDE / 2 - 0.5 - moments["m01"] / moments["m00"]
    placed = cv2.warpAffine(small, np.array([[1, 0, right], [0, 1, down]]), (SIDE, SIDE))
    return torch.from_numpy(placed / 255).float().clamp(0, 1)[None, None]


def to_heights(ink: np.ndarray) -> np.ndarray:
    """Return how high the ink (H, W), 0…255, reaches in each column: (W,), 0…1, 0 where none is."""
    drawn = ink > FAINT
    return np.where(drawn.any(0), 1 - drawn.argmax(0) / len(ink), 0.0)
