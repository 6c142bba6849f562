"""Masks of found devices against their outlines: worked by hand on small squares."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vision.infrared.classes import IGNORED, LABELS, NAMES
from vision.infrared.data import Sample
from vision.infrared.inspection.detections import Detections
from vision.infrared.measures.mask_overlap import may_be, report_on_masks

SIZE = (40, 60)
FUSE, CURRENT = NAMES.index("fuse"), NAMES.index("current transformer")
SOME_TRANSFORMER = LABELS.index("some instrument transformer")


def square(x: int, y: int, width: int, height: int) -> np.ndarray:
    """A mask that fills a box."""
    mask = np.zeros(SIZE, bool)
    mask[y : y + height, x : x + width] = True
    return mask


def sample_of(*devices: tuple[int, np.ndarray | None, list[float]]) -> Sample:
    """A sample of devices with their label, their mask if it is known, and their box."""
    owner = np.zeros(SIZE, np.uint8)
    for number, (_, mask, _) in enumerate(devices, 1):
        owner[np.zeros(SIZE, bool) if mask is None else mask] = number
    return Sample(np.zeros(SIZE, np.float32), owner, np.array([each[0] for each in devices]),
                  np.array([each[1] is not None for each in devices], bool),
                  np.array([each[2] for each in devices], np.float32))


def found_of(*devices: tuple[float, np.ndarray, list[float]]) -> Detections:
    """What a detector found: score, mask and box of each, all of them fuses."""
    return Detections(np.array([each[2] for each in devices], np.float32),
                      np.full(len(devices), FUSE), np.array([each[0] for each in devices]),
                      np.array([each[1] for each in devices]))


def test_only_shown_devices_with_an_outline_count_whatever_their_name() -> None:
    sample = sample_of(
        (CURRENT, square(0, 0, 10, 10), [0, 0, 10, 20]),
        (FUSE, square(20, 0, 10, 20), [20, 0, 30, 20]),
        (FUSE, None, [40, 0, 50, 20]),
        (FUSE, square(40, 20, 10, 20), [40, 20, 50, 40]),
        (IGNORED, square(0, 20, 10, 20), [0, 20, 10, 40]))
    found = found_of(
        (0.9, square(0, 0, 10, 15), [0, 0, 10, 20]),  # 100 of 150 pixels
        (0.8, square(20, 0, 5, 20), [20, 0, 30, 20]),  # half of 200
        (0.7, square(40, 0, 5, 20), [40, 0, 50, 20]),  # no outline
        (0.4, square(40, 20, 10, 20), [40, 20, 50, 40]),  # not shown
        (0.9, square(0, 20, 10, 20), [0, 20, 10, 40]))  # not to be counted
    report = report_on_masks([(sample, found)], 0.5, ["current transformer"])
    assert (report.outlined, report.matched) == (3, 2)
    assert report.iou.value == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert report.iou_of_boxes == pytest.approx((1 / 2 + 1) / 2)
    assert report.by_group == pytest.approx({"instrument transformer": 2 / 3, "fuse": 1 / 2})
    assert (report.iou_apart, report.iou_others) == pytest.approx((2 / 3, 1 / 2))
    assert report.as_json()["real_mask_iou"]["value"] == report.iou.value
    assert "2 found of 3" in str(report) and "of current transformer: 0.667" in str(report)


def test_a_group_with_a_kind_that_was_never_taught_counts_as_never_taught() -> None:
    assert may_be(SOME_TRANSFORMER, ["current transformer"]) and may_be(CURRENT, [NAMES[CURRENT]])
    assert not may_be(SOME_TRANSFORMER, ["fuse"]) and not may_be(FUSE, [NAMES[CURRENT]])


def test_nothing_found_has_no_overlap() -> None:
    sample = sample_of((FUSE, square(0, 0, 10, 10), [0, 0, 10, 10]))
    report = report_on_masks([(sample, found_of((0.2, square(0, 0, 4, 4), [0, 0, 4, 4])))], 0.5)
    assert report.matched == 0 and math.isnan(report.iou.value) and report.by_group == {}
