"""The look of real thermograms: rendered ones get the brightness of real ones, level by level."""

from __future__ import annotations

import functools

import numpy as np

from vision.data import datasets
from vision.images import read_picture
from vision.infrared.data import Look
from vision.infrared.thermogram.palettes import intensity

LEVELS = np.linspace(0, 1, 65)
SHARE = 0.5  # of the pictures; the others keep the look of the generator


def real_look() -> Look:
    """Return a look that gives a picture the histogram of a random real thermogram."""
    curves = real_levels()

    def look(grey: np.ndarray, random: np.random.Generator) -> np.ndarray:
        if random.random() > SHARE:
            return grey
        return matched(grey, curves[random.integers(len(curves))])

    return look


def matched(grey: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return a picture whose brightness has the quantiles `levels`, its order unchanged."""
    own = np.quantile(grey, LEVELS)
    steps = np.maximum.accumulate(own + 1e-6 * LEVELS)
    return np.interp(grey, steps, levels).astype(np.float32)


@functools.lru_cache(maxsize=1)
def real_levels() -> np.ndarray:
    """Return the quantiles of each thermogram of the data set, (pictures, 65)."""
    files = datasets.open_files("thermograms")
    names = files.names("images/", ".jpg")
    return np.stack([np.quantile(intensity(read_picture(files.read(name)))[::4, ::4], LEVELS)
                     for name in names])
