"""What a model is graded by: its mean IoU on street scenes that only the grader can name."""

from __future__ import annotations

import functools

import numpy as np

from vision.bootstrap import Measure
from vision.checkpoints import Model
from vision.segmentation.certainty.bootstrap import Tally, mean_iou
from vision.segmentation.data import CLASSES, remembered_scene
from vision.segmentation.measures.metrics import confusion_matrix
from vision.segmentation.predict import predict
from vision.segmentation.studies.failures import check

PICTURES = 20


class Streets:
    """Scenes of the seeds from `first` on."""

    classes = CLASSES

    def __init__(self, first: int, count: int) -> None:
        self.first, self.count = first, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        picture, labels, *_ = remembered_scene(self.first + index)
        return picture, labels


def measure(model: Model, first: int, count: int = PICTURES) -> Measure:
    """Return the mean IoU on `count` scenes, which can be asked of any of them again."""
    streets = Streets(first, count)
    check(model, streets)
    matrices = np.stack([
        confusion_matrix(truth, predict(model, picture).labels, len(CLASSES))
        for picture, truth in map(streets.__getitem__, range(count))])
    return Measure("mean IoU", count, functools.partial(of_places, Tally.of(matrices)))


def of_places(tally: Tally, places: np.ndarray) -> float:
    """Return the mean IoU of some pictures together."""
    return float(mean_iou(tally.hits[places].sum(0), tally.unions[places].sum(0)))
