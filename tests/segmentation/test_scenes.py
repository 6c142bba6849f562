"""The rendered street scenes: shapes, determinism, class shares and exact edges."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from vision.segmentation.scenes import render

SMALL = (120, 160)


@cache
def scene(seed: int, size: tuple[int, int] = SMALL) -> tuple[np.ndarray, np.ndarray]:
    """One scene, rendered once for all tests."""
    return render(seed, size)


def test_shapes_types_and_ids() -> None:
    picture, labels = scene(1, (90, 140))
    assert picture.shape == (90, 140, 3) and picture.dtype == np.uint8
    assert labels.shape == (90, 140) and labels.dtype == np.uint8
    assert labels.max() <= 10


def test_a_seed_gives_one_scene() -> None:
    again = render(3, SMALL)
    assert all(np.array_equal(a, b) for a, b in zip(scene(3), again, strict=True))
    assert not np.array_equal(scene(3)[0], scene(4)[0])


def test_class_shares_are_street_like() -> None:
    counts = sum(np.bincount(scene(seed)[1].ravel(), minlength=11) for seed in range(30))
    shares = counts / counts.sum()
    sky, building, pole, road, pavement, tree = shares[:6]
    assert 0.08 < sky < 0.3 and 0.12 < building < 0.35 and 0.2 < road < 0.42
    assert 0.003 < pole < 0.04 and 0.03 < pavement < 0.16 and 0.05 < tree < 0.22
    assert (shares[6:] > 0.001).all() and (shares[6:] < 0.15).all()


def test_the_layout_is_the_same_at_two_sizes() -> None:
    for seed in range(3):
        large = scene(seed, (240, 320))[1][1::2, 1::2]
        assert (large == scene(seed)[1]).mean() > 0.9


def test_label_edges_lie_on_picture_edges() -> None:
    ratios = []
    for seed in range(12):
        picture, labels = scene(seed)
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(float)
        slope = np.abs(np.diff(grey, axis=0))
        above, below = labels[:-1], labels[1:]
        edge = (above == 0) & (below == 1)
        inside = (above == below) & (above <= 1)
        if edge.sum() > 20:
            ratios.append(slope[edge].mean() / slope[inside].mean())
    assert np.mean(ratios) > 3
