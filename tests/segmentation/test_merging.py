"""Merging: weak borders go, strong ones stay, and the mean of joined borders is kept."""

from __future__ import annotations

import numpy as np

from vision.segmentation.measures.merging import edges, majority, merge


def stripes(levels: list[int]) -> np.ndarray:
    """A grey picture (24, 12·n, 3) of upright stripes."""
    row = np.repeat(np.array(levels, np.uint8), 12)
    return np.repeat(np.tile(row, (24, 1))[..., None], 3, axis=2)


def test_a_weak_border_goes_and_a_strong_one_stays() -> None:
    picture = stripes([100, 102, 200])
    labels = np.repeat(np.array([0, 1, 2], np.uint8), 12)[None].repeat(24, 0)
    labels[:, 10:12] = 1  # the second region is the larger one
    merged = merge(labels, picture)
    assert set(np.unique(merged)) == {1, 2}
    assert (merged[:, :24] == 1).all() and (merged[:, 24:] == 2).all()


def test_nothing_is_merged_at_zero_and_all_at_infinity() -> None:
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, (20, 30)).astype(np.uint8)
    picture = random.integers(0, 255, (20, 30, 3)).astype(np.uint8)
    assert np.array_equal(merge(labels, picture, 0.0), labels)
    assert len(np.unique(merge(labels, picture, np.inf))) == 1
    assert np.array_equal(merge(np.zeros_like(labels), picture), np.zeros_like(labels))


def test_equal_groups_that_do_not_touch_are_regions_of_their_own() -> None:
    picture = stripes([100, 200, 100])
    labels = np.repeat(np.array([0, 1, 0], np.uint8), 12)[None].repeat(24, 0)
    assert np.array_equal(merge(labels, picture), labels)


def test_majority_and_edges_by_hand() -> None:
    regions = np.array([[0, 0, 0, 1]])
    assert majority(regions, np.array([[2, 2, 1, 0]], np.uint8)).tolist() == [[2, 2, 2, 0]]
    flat = edges(stripes([90, 90]))
    assert flat.max() < 1e-6 < edges(stripes([0, 255])).max()
