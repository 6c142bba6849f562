"""Means and quotients of numbers of which some cannot be known."""

from __future__ import annotations

import math

import numpy as np

from vision.nan_safe import mean_known, ratio


def test_a_mean_leaves_out_what_is_not_known() -> None:
    assert mean_known(np.array([[np.nan, 1], [2, 6]])) == 3
    assert mean_known([math.nan, 1.0, 2.0]) == 1.5
    assert math.isnan(mean_known([math.nan])) and math.isnan(mean_known([]))


def test_a_quotient_by_nothing_is_not_known_whatever_is_divided() -> None:
    found = ratio(np.array([1, -3, 0, 5]), np.array([2, -6, 0, 0]))
    assert np.array_equal(found, [0.5, 0.5, np.nan, np.nan], equal_nan=True)
    assert np.array_equal(ratio(1, np.array([4, 0])), [0.25, np.nan], equal_nan=True)
    assert ratio(np.float32(3), 2).dtype == float
