"""The photograph over its thermogram: to the pixel where its placement says."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from vision.infrared.thermogram.cameras.recording import Placement, Recording
from vision.infrared.thermogram.photograph import laid_over

FIELD = np.arange(48 * 64, dtype=np.float32).reshape(48, 64)


def photograph(finer: int) -> np.ndarray:
    """Return a colourful picture so many times as fine as the field."""
    random = np.random.default_rng(0).integers(0, 256, (12, 16, 3)).astype(np.uint8)
    return cv2.resize(random, (64 * finer, 48 * finer), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("finer", [1, 2, 4])
def test_a_photograph_of_the_same_view_is_only_resized(finer: int) -> None:
    photo = photograph(finer)
    over = laid_over(Recording("any", FIELD, True, photograph=photo), FIELD.shape)
    assert over is not None and over.shape == (96, 128, 3)
    wanted = cv2.resize(photo, (128, 96), interpolation=cv2.INTER_LINEAR)
    apart = np.abs(over.astype(int) - wanted)[2:-2, 2:-2]
    assert apart.max() <= 3  # a shift by half a pixel is up to 20 apart


def test_a_placement_moves_and_enlarges_it() -> None:
    photo = np.full((48, 64, 3), 200, np.uint8)
    place = Placement(left=0.25, top=0.5, width=0.5, height=0.25)
    over = laid_over(Recording("any", FIELD, True, photograph=photo, placement=place), FIELD.shape)
    assert over is not None
    rows, columns = np.nonzero(over[..., 0] > 100)
    assert (rows.min(), rows.max() + 1) == (48, 72) and (columns.min(), columns.max() + 1) == (
        32, 96)


def test_a_dark_or_missing_photograph_is_none() -> None:
    dark = Recording("any", FIELD, True, photograph=np.full((48, 64, 3), 3, np.uint8))
    assert laid_over(dark, FIELD.shape) is None and laid_over(None, FIELD.shape) is None
    assert laid_over(Recording("any", FIELD, True), FIELD.shape) is None
