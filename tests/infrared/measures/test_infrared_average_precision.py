"""Average precision on worked cases, and how devices are told to pycocotools."""

from __future__ import annotations

import numpy as np
import pytest

from tests.infrared.hand import CONSERVATOR, FUSE, Handmade, device, scene
from vision.infrared.data import sample_of
from vision.infrared.inspection.detections import Detections, truth_of
from vision.infrared.measures.average_precision import average_precision


def shifted(devices: Detections, pixels: int) -> Detections:
    masks = None if devices.masks is None else np.roll(devices.masks, pixels, 2)
    return Detections(devices.boxes + np.float32([pixels, 0, pixels, 0]), devices.labels,
                      devices.scores, masks)


@pytest.mark.parametrize("kind", ["bbox", "segm"])
def test_average_precision_of_worked_cases(kind: str) -> None:
    """A box 14 wide moved by 2 pixels keeps IoU 12/16 = 0.75: right at 6 of 10 thresholds."""
    truth = truth_of(Handmade(1)[0]).only(np.array([0]))
    perfect = average_precision([truth], [truth], kind)
    assert [perfect.ap, perfect.ap50, perfect.per_class["fuse"]] == pytest.approx([1, 1, 1])
    assert np.isnan(perfect.per_class["reactor"])
    moved = average_precision([truth], [shifted(truth, 2)], kind)
    assert (moved.ap, moved.ap50) == pytest.approx((0.6, 1))
    wrong = Detections(truth.boxes, np.array([CONSERVATOR]), truth.scores, truth.masks)
    assert average_precision([truth], [wrong], kind).ap == 0
    nothing = truth.only(np.zeros(1, bool))
    assert average_precision([truth, nothing], [nothing, truth], kind).ap == 0


def test_devices_of_each_size_have_a_precision_of_their_own() -> None:
    """A fuse of 14×40 = 560 pixels is small by COCO's measure, the bar below is of medium size."""
    small, medium = device(FUSE, 4, 4, 14, 40), device(CONSERVATOR, 40, 50, 60, 40)
    truth = truth_of(sample_of(scene(small, medium)))
    assert average_precision([truth], [truth], "segm").by_size == pytest.approx(
        {"small": 1, "medium": 1, "large": np.nan}, nan_ok=True)
    missed = average_precision([truth], [truth.only(truth.labels == CONSERVATOR)], "segm")
    assert missed.by_size == pytest.approx({"small": 0, "medium": 1, "large": np.nan}, nan_ok=True)
    assert missed.ap == pytest.approx(0.5)


def test_a_surer_false_alarm_halves_the_precision() -> None:
    truth = truth_of(Handmade(1)[0]).only(np.array([0]))
    both = Detections(np.concatenate([truth.boxes + 40, truth.boxes]), truth.labels.repeat(2),
                      np.array([0.9, 0.8], np.float32), None)
    assert average_precision([truth], [both], "bbox").ap == pytest.approx(0.5)
    alone = average_precision([truth], [both.only(np.array([1]))], "bbox")
    assert alone.mean(["fuse", "reactor"]) == pytest.approx(1)
