"""confusion_matrix beside NumPy's mask and bincount, and beside torchmetrics."""

from __future__ import annotations

import numpy as np
import torch
from torchmetrics.functional.classification import multiclass_confusion_matrix

from tests.bench.table import Row, fastest
from vision.segmentation.labels import VOID
from vision.segmentation.measures.metrics import confusion_matrix

CLASSES, SHAPE = 11, (360, 480)


def rows() -> list[Row]:
    """Measure on noise and on maps with runs as long as those of a street."""
    return [row for kind in ("random", "runs") for row in compare(kind)]


def compare(kind: str) -> list[Row]:
    """Measure the three on one pair of maps, after checking that they count the same."""
    truth, prediction = maps(kind)
    tensors = torch.from_numpy(prediction).int(), torch.from_numpy(truth).int()
    works = {
        "ours": lambda: confusion_matrix(truth, prediction, CLASSES),
        "NumPy mask + bincount": lambda: masked(truth, prediction),
        "torchmetrics": lambda: multiclass_confusion_matrix(
            *tensors, num_classes=CLASSES, ignore_index=VOID).numpy(),
    }
    counts = [work() for work in works.values()]
    assert all((counts[0] == other).all() for other in counts[1:])
    seconds = fastest(list(works.values()), 6, calls=20)
    return [Row(f"{kind}: {name}", time, seconds[0])
            for name, time in zip(works, seconds, strict=True)]


def masked(truth: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """The usual four lines."""
    known = truth != VOID
    code = CLASSES * truth[known].astype(int) + prediction[known]
    return np.bincount(code, minlength=CLASSES**2).reshape(CLASSES, CLASSES)


def maps(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """A truth with void and a prediction that is mostly right."""
    random = np.random.default_rng(0)
    length = 1 if kind == "random" else 24
    truth = random.integers(0, CLASSES, (SHAPE[0], SHAPE[1] // length)).astype(np.uint8)
    truth[random.random(truth.shape) < 0.05] = VOID
    wrong = random.integers(0, CLASSES, truth.shape).astype(np.uint8)
    prediction = np.where((random.random(truth.shape) < 0.8) & (truth != VOID), truth, wrong)
    return truth.repeat(length, 1), prediction.repeat(length, 1)
