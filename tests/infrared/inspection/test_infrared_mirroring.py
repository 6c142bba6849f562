"""Two looks at one picture: the same devices once, between both answers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.infrared.hand import CONSERVATOR, FUSE, SIZE
from vision.checkpoints import Card, Model
from vision.infrared import predict as predicting
from vision.infrared.classes import NAMES
from vision.infrared.inspection.detections import Detections
from vision.infrared.inspection.mirroring import mirrored, together


def found(*devices: tuple[list[float], int, float]) -> Detections:
    """Devices with their box, their likeliest kind and its probability; the mask is the box."""
    boxes = np.array([box for box, _, _ in devices], np.float32).reshape(-1, 4)
    kinds = np.zeros((len(devices), len(NAMES)), np.float32)
    masks = np.zeros((len(devices), *SIZE), bool)
    for row, (box, kind, score) in enumerate(devices):
        x0, y0, x1, y1 = map(int, box)
        kinds[row, kind], masks[row, y0:y1, x0:x1] = score, True
    return Detections(boxes, np.array([kind for _, kind, _ in devices], int),
                      np.array([score for _, _, score in devices], np.float32), masks, kinds)


def test_both_looks_see_one_device_between_their_boxes() -> None:
    both = together(found(([10, 10, 30, 50], FUSE, 0.9)), found(([12, 10, 32, 50], FUSE, 0.3)))
    assert len(both) == 1 and both.scores[0] == pytest.approx(0.6)
    assert both.boxes[0].tolist() == pytest.approx([10.5, 10, 30.5, 50])
    assert both.kinds is not None and both.kinds[0, FUSE] == pytest.approx(0.6)


def test_what_one_look_alone_sees_is_half_as_sure() -> None:
    both = together(found(([10, 10, 30, 50], FUSE, 0.8)),
                    found(([70, 10, 90, 50], CONSERVATOR, 0.9)))
    assert both.labels.tolist() == [CONSERVATOR, FUSE]
    assert both.scores.tolist() == pytest.approx([0.45, 0.4])
    assert both.masks is not None and both.masks[0, 20, 80] and not both.masks[0, 20, 20]


def test_the_surer_look_gives_the_name() -> None:
    both = together(found(([10, 10, 30, 50], FUSE, 0.3)),
                    found(([10, 10, 30, 50], CONSERVATOR, 0.7)))
    assert both.labels.tolist() == [CONSERVATOR]
    assert len(together(found(), found())) == 0


def test_a_mirror_in_the_mirror_is_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """A detector that sees bright columns finds the same in a picture and in its mirror."""
    def sees(model: Model, grey: np.ndarray, mask_threshold: float) -> Detections:
        left = int(grey[0].argmax())
        return found(([left, 10, left + 20, 50], FUSE, 0.8))

    monkeypatch.setattr(predicting, "detect", sees)
    grey = np.zeros(SIZE, np.float32)
    grey[:, 40:60] = 1
    model = Model(predicting.nn.Identity(), Card("infrared", "mask_rcnn", {}, NAMES))
    once, twice = (predicting.find(model, grey, twice=flag) for flag in (False, True))
    assert len(once) == len(twice) == 1
    assert twice.boxes.tolist() == once.boxes.tolist() == [[40, 10, 60, 50]]
    assert twice.scores[0] == pytest.approx(0.8)
    again = mirrored(mirrored(once, SIZE[1]), SIZE[1])
    assert again.masks is not None and np.array_equal(again.boxes, once.boxes)
    assert once.masks is not None and np.array_equal(again.masks, once.masks)
