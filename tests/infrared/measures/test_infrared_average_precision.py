"""Average precision on worked cases, and how devices are told to pycocotools."""

from __future__ import annotations

import numpy as np
import pytest

from tests.infrared.hand import CONSERVATOR, FUSE, Handmade, device, scene
from vision.errors import UserError
from vision.infrared.classes import CLASSES
from vision.infrared.data import sample_of
from vision.infrared.inspection.detections import Detections, truth_of
from vision.infrared.measures.average_precision import as_coco, average_precision, summary


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


def test_a_mean_is_that_of_the_classes_that_were_there() -> None:
    both = truth_of(Handmade(1)[0])
    found = average_precision([both], [both.only(both.labels == FUSE)], "bbox")
    assert found.per_class["fuse"] == pytest.approx(1) and found.per_class["conservator"] == 0
    assert found.mean(["fuse", "conservator", "reactor"]) == pytest.approx(0.5)
    assert np.isnan(found.mean(["reactor"])) and np.isnan(found.mean([]))


def test_a_summary_takes_the_means_of_what_is_known() -> None:
    """(IoU 2, recall 3, classes, sizes 4): −1 where no device was."""
    precision = np.full((2, 3, len(CLASSES), 4), -1.0)
    precision[0, :, 0], precision[1, :, 0] = 0.8, 0.4
    precision[:, :, 1, 0], precision[:, :, 1, 2] = 0.0, 0.0
    found = summary(precision)
    assert (found.ap, found.ap50) == pytest.approx((0.3, 0.4))
    assert found.per_class[CLASSES[0]] == pytest.approx(0.6)
    assert found.per_class[CLASSES[1]] == 0 and np.isnan(found.per_class[CLASSES[2]])
    assert found.by_size == pytest.approx({"small": 0.6, "medium": 0.3, "large": 0.6})


def test_up_to_100_devices_of_a_picture_count() -> None:
    """COCO also counts up to 1 and up to 10; twelve fuses side by side would be cut off there."""
    left = np.arange(12, dtype=np.float32) * 20
    boxes = np.stack([left, left * 0, left + 10, left * 0 + 40], 1)
    truth = Detections(boxes, np.full(12, FUSE), np.ones(12, np.float32), None)
    assert average_precision([truth], [truth], "bbox").ap == pytest.approx(1)


def test_a_box_keeps_its_corners_to_the_last_digit() -> None:
    """The width is the float64 difference of the float32 corners, so the corner comes back."""
    box = np.array([[0.1, 0.3, 300.7, 200.9]], np.float32)
    one = Detections(box, np.array([FUSE]), np.ones(1, np.float32), None)
    (row,) = as_coco([one], "bbox")["annotations"]
    left, top, width, height = row["bbox"]
    assert [left + width, top + height] == pytest.approx(box[0, 2:].astype(float), rel=1e-14)


def test_pycocotools_is_told_of_every_device() -> None:
    """Boxes by their corner and size, areas of masks where masks count, numbers from 1."""
    mask = np.zeros((1, 20, 30), bool)
    mask[0, 4:9, 3:5] = True
    one = Detections(np.array([[3, 4, 13, 24]], np.float32), np.array([FUSE]),
                     np.array([0.5], np.float32), mask)
    bare = Detections(one.boxes + 1, np.array([CONSERVATOR]), one.scores, None)
    told = as_coco([one, bare], "bbox")
    assert told["images"] == [{"id": 0, "height": 20, "width": 30},
                              {"id": 1, "height": 0, "width": 0}]
    assert told["categories"][FUSE] == {"id": FUSE, "name": "fuse"}
    assert len(told["categories"]) == len(CLASSES)
    row = {"iscrowd": 0, "score": 0.5, "area": 200.0}
    assert told["annotations"] == [
        {**row, "id": 1, "image_id": 0, "category_id": FUSE, "bbox": [3, 4, 10, 20]},
        {**row, "id": 2, "image_id": 1, "category_id": CONSERVATOR, "bbox": [4, 5, 10, 20]}]
    first, second = as_coco([one, bare], "segm")["annotations"]
    assert first["area"] == 10.0 and first["segmentation"]["size"] == [20, 30]
    assert second["area"] == 200.0 and "segmentation" not in second


def test_without_pycocotools_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from vision.infrared.measures import average_precision as module

    module.require_pycocotools()
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="pip install pycocotools"):
        module.require_pycocotools()
