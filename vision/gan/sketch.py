"""From a drawing by hand to a picture as the data sets have them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch

from vision.errors import UserError

INNER = 20 / 28  # of a side; MNIST's digits fill that much
FAINT = 24  # of 255; fainter marks are no drawing
MANY = 10  # pixels of ink; fewer are no drawing either


def to_picture(ink: np.ndarray, shape: Sequence[int]) -> torch.Tensor:
    """Return ink (H, W), 0…255, as MNIST was made: 20 of 28 pixels, centre of mass in the middle.

    The answer is (1, C, S, S) in 0…1 for a `shape` (C, S, S): chalk on black, whatever the colours.
    """
    channels, side, _ = shape
    rows, columns = np.nonzero(ink > FAINT)
    if len(rows) < MANY:
        raise UserError("the drawing is empty", "a few strokes are accepted", "draw something")
    part = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].astype(np.float32)
    scale = INNER * side / max(part.shape)
    size = (max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    small *= 255 / max(small.max(), 1)
    right = side / 2 - 0.5 - _middle(small.sum(0))
    down = side / 2 - 0.5 - _middle(small.sum(1))
    placed = cv2.warpAffine(small, np.array([[1, 0, right], [0, 1, down]]), (side, side))
    picture = torch.from_numpy(placed / 255).float().clamp(0, 1)  # (S, S)
    return picture.expand(1, channels, side, side)


def _middle(ink: np.ndarray) -> float:
    """Return where the centre of mass of some ink (n,) lies."""
    return float(np.average(np.arange(len(ink)), weights=ink))


def to_heights(ink: np.ndarray) -> np.ndarray:
    """Return how high the ink (H, W), 0…255, reaches in each column: (W,), 0…1, 0 where none is."""
    drawn = ink > FAINT
    return np.where(drawn.any(0), 1 - drawn.argmax(0) / len(ink), 0.0)
