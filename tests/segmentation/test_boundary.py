"""Boundary F1 against a double loop over the pixels, and the report of a whole set."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from vision.segmentation.evaluate import report
from vision.segmentation.labels import VOID
from vision.segmentation.measures import boundary
from vision.segmentation.measures.boundary import boundary_f1
from vision.segmentation.measures.metrics import score


def edges(labels: np.ndarray, index: int) -> list[tuple[int, int]]:
    """The pixels of a class beside a pixel of another class."""
    height, width = labels.shape
    found = []
    for y in range(height):
        for x in range(width):
            around = [labels[v, u] for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
                      if 0 <= v < height and 0 <= u < width]
            if labels[y, x] == index and any(a not in (index, VOID) for a in around):
                found.append((y, x))
    return found


def plain(truth: np.ndarray, prediction: np.ndarray, index: int, tolerance: float) -> float:
    prediction = prediction.copy()
    prediction[truth == VOID] = VOID
    reach = tolerance * math.hypot(*truth.shape)
    a, b = edges(truth, index), edges(prediction, index)
    if not a or not b:
        return float("nan") if not a and not b else 0.0
    precision = sum(any(math.dist(p, t) <= reach for t in a) for p in b) / len(b)
    recall = sum(any(math.dist(p, t) <= reach for p in b) for t in a) / len(a)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def blobs(seed: int) -> np.ndarray:
    small = np.random.default_rng(seed).integers(0, 4, (4, 5)).astype(np.uint8)
    return small.repeat(6, 0).repeat(6, 1)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("tolerance", [0.0075, 0.04, 0.1])
def test_it_agrees_with_the_double_loop(seed: int, tolerance: float) -> None:
    truth, prediction = blobs(seed), np.roll(blobs(seed + seed % 2), seed % 5, axis=seed % 2)
    if seed % 3 == 0:
        truth[:7, 5:12] = VOID
    found = boundary_f1(truth, prediction, 5, tolerance)
    wanted = [plain(truth, prediction, index, tolerance) for index in range(5)]
    assert found == pytest.approx(wanted, nan_ok=True, abs=1e-9)
    assert math.isnan(found[4])


def test_a_shift_within_the_tolerance_costs_nothing() -> None:
    truth = np.zeros((120, 160), np.uint8)  # the diagonal is 200, so 1.5 pixels are allowed
    truth[40:80, 50:100] = 1
    assert boundary_f1(truth, np.roll(truth, 1, 0), 2)[1] == 1
    assert boundary_f1(truth, np.roll(truth, 2, 0), 2)[1] < 1
    assert boundary_f1(truth, np.roll(truth, 4, 0), 2)[1] < 0.8
    large = truth.repeat(2, 0).repeat(2, 1)  # the diagonal is 400, so 3 pixels are allowed
    assert boundary_f1(large, np.roll(large, 3, 0), 2)[1] == 1
    assert boundary_f1(large, np.roll(large, 4, 0), 2)[1] < 1


def test_exactly_the_tolerance_is_within_it() -> None:
    truth = np.zeros((30, 40), np.uint8)  # the diagonal is 50, so one pixel is allowed
    truth[10:20, 10:30] = 1
    assert boundary_f1(truth, np.roll(truth, 1, 1), 2, 0.02)[1] == 1
    assert boundary_f1(truth, np.roll(truth, 1, 1), 2, 0.0199)[1] < 1


def test_a_class_that_only_one_map_has_is_0_and_one_that_none_has_is_nan() -> None:
    with_it, without = np.zeros((2, 20, 20), np.uint8)
    with_it[5:9, 5:9] = 1
    for truth, prediction in ((with_it, without), (without, with_it)):
        assert boundary_f1(truth, prediction, 2).tolist() == [0.0, 0.0]
    assert np.isnan(boundary_f1(without, without, 2)).all()  # one class alone has no outline


def test_outlines_that_nowhere_meet_are_0() -> None:
    truth, prediction = np.zeros((2, 40, 40), np.uint8)
    truth[2:8, 2:8], prediction[30:36, 30:36] = 1, 1
    assert boundary_f1(truth, prediction, 2).tolist() == [0.0, 0.0]


def test_the_whole_set_and_the_mean_over_pictures_are_two_numbers() -> None:
    names = ("a", "b")
    half = np.array([[0, 0], [1, 1]], np.uint8)
    wide = np.zeros((4, 10), np.uint8)
    scores = [score(half, half, names), score(wide, np.where(np.indices(wide.shape)[1] < 5, 0, 1)
                                              .astype(np.uint8), names)]
    found = report(scores, np.array([[1.0, float("nan")], [0.5, float("nan")]]))
    assert found.whole_set.pixel_accuracy == pytest.approx(24 / 44)
    assert found.image_mean["PA"] == pytest.approx((1 + 0.5) / 2)
    assert found.image_mean["mIoU"] == pytest.approx((1 + (0.5 + 0) / 2) / 2)
    assert found.boundary_f1["a"] == 0.75 and math.isnan(found.boundary_f1["b"])
    assert found.boundary_f1["mean"] == 0.75
    assert "mean over pictures: PA 0.75" in str(found) and "whole set: PA 0.5455" in str(found)
    assert {"overall", "per_class", "image_mean", "boundary_f1"} <= found.as_json().keys()
    json.dumps(found.as_json())


@pytest.mark.parametrize("reach", [1.0, 2.25, 5.0, 11.5, 20.0])
def test_discs_and_distances_say_the_same(reach: float, monkeypatch: pytest.MonkeyPatch) -> None:
    outline = np.random.default_rng(0).random((90, 120)) < 0.002
    found = []
    for far in (0.0, 99.0):
        monkeypatch.setattr(boundary, "FAR", far)
        found.append(boundary._near(outline, reach))
    assert np.array_equal(*found) and found[0].any() and not found[0].all()
    assert found[0].dtype == found[1].dtype == bool
