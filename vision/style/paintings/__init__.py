"""Pictures painted by code, one file each: styles to transfer, made with real painting methods.

A painting is a function of a seed and a size (height, width; three to two) that returns uint8
H×W×3. The reference of its method stands in the registry, beside an English title. Inside a
painting, lengths are in heights of the canvas (y from 0 at the top to 1), so that it looks the
same at any size; places and paths that a brush follows are in pixels, x before y.
"""

from __future__ import annotations

import math

import numpy as np

from vision.registry import Registry

PAINTINGS = Registry("style", __name__, kind="painting")


def paint(name: str, seed: int, size: tuple[int, int]) -> np.ndarray:
    """Return a painting of any size (height, width): the middle of the canvas that covers it."""
    height = max(size[0], math.ceil(size[1] * 2 / 3))
    whole = PAINTINGS[name].build(seed, (height, math.ceil(height * 3 / 2)))
    top, left = (whole.shape[0] - size[0]) // 2, (whole.shape[1] - size[1]) // 2
    return whole[top : top + size[0], left : left + size[1]]
