"""Noise whose waves grow weaker with their frequency as it says, and that has no seam."""

from __future__ import annotations

import numpy as np
import pytest

from vision.fractal_noise import fractal


@pytest.mark.parametrize("steepness", [0.0, 1.0, 1.8])
def test_waves_are_as_strong_as_their_frequency_to_a_power(steepness: float) -> None:
    tile = fractal(128, steepness, 3)
    assert tile.shape == (128, 128) and tile.dtype == np.float32
    assert tile.mean() == pytest.approx(0, abs=1e-4) and tile.std() == pytest.approx(1, abs=1e-4)
    strength = np.abs(np.fft.fft2(tile))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(128), np.fft.fftfreq(128)))
    some = (frequency > 0.02) & (frequency < 0.5)
    slope, _ = np.polyfit(np.log(frequency[some]), np.log(strength[some]), 1)
    assert slope == pytest.approx(-steepness, abs=0.05)


def test_a_tile_goes_on_across_its_edges_and_belongs_to_its_seed() -> None:
    tile = fractal(64, 1.8, 0)
    inside = np.abs(np.diff(tile, axis=0)).max()
    assert np.abs(tile[0] - tile[-1]).max() <= 1.5 * inside
    assert np.array_equal(tile, fractal(64, 1.8, 0))
    assert not np.array_equal(tile, fractal(64, 1.8, 1))
