"""Noise like clouds: at every size some of it, the less of it the smaller."""

from __future__ import annotations

import numpy as np


def fractal(side: int, steepness: float, seed: int) -> np.ndarray:
    """Return a tile (side, side), float32, that repeats without a seam; mean 0, deviation 1.

    Waves of a frequency f are as strong as f to the power of minus `steepness`: 0 is white noise.
    """
    white = np.random.default_rng(seed).standard_normal((side, side))
    y, x = np.meshgrid(np.fft.fftfreq(side), np.fft.rfftfreq(side), indexing="ij")
    frequency = np.hypot(x, y)  # (side, side / 2 + 1)
    frequency[0, 0] = 1
    spectrum = np.fft.rfft2(white) * frequency**-steepness
    spectrum[0, 0] = 0
    tile = np.fft.irfft2(spectrum, (side, side))
    return (tile / tile.std()).astype(np.float32)
