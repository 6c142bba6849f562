"""Every metric of segmentation, all from one confusion matrix.

Rows are the truth, columns the prediction. Void pixels are left out. A class that appears in
neither is NaN and left out of every mean, never counted as 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from vision.errors import UserError
from vision.nan_safe import mean_known, ratio
from vision.segmentation.labels import VOID

CHUNK = 2**24  # up to here the float32 counts of cv2.calcHist are exact


def confusion_matrix(truth: np.ndarray, prediction: np.ndarray, classes: int) -> np.ndarray:
    """Return the classes×classes pixel counts (int64) of two uint8 label maps of equal size."""
    _check(truth, prediction, classes)
    side, kind = (16, "uint8") if classes < 16 else (256, "uint16")
    code = np.multiply(truth, side, dtype=kind)
    code = (code + prediction).ravel()  # void wraps past all
    return _histogram(code, side * side).reshape(side, side)[:classes, :classes].copy()


def _histogram(code: np.ndarray, bins: int) -> np.ndarray:
    """Return how often each code occurs; label maps are made of runs, so count runs if few."""
    changes = code[1:] != code[:-1]
    if np.count_nonzero(changes) < len(code) // 8:
        last = np.append(np.flatnonzero(changes), len(code) - 1)
        return np.bincount(code[last], np.diff(last, prepend=-1), bins).astype(np.int64)
    counts = np.zeros(bins, np.int64)
    for start in range(0, len(code), CHUNK):
        part = code[None, start : start + CHUNK]
        counts += cv2.calcHist([part], [0], None, [bins], [0, bins]).ravel().astype(np.int64)
    return counts


def _check(truth: np.ndarray, prediction: np.ndarray, classes: int) -> None:
    """Raise for maps of different sizes or types, or with ids that stand for no class."""
    if truth.dtype != np.uint8 or prediction.dtype != np.uint8:
        raise UserError("truth and prediction are maps of {truth} and {prediction}",
                        "uint8 is accepted", "convert the ids to uint8", truth=truth.dtype,
                        prediction=prediction.dtype)
    if truth.shape != prediction.shape or not truth.size:
        raise UserError("truth and prediction have the sizes {truth} and {prediction}",
                        "equal sizes of at least one pixel are accepted", "resize one of them",
                        truth=truth.shape, prediction=prediction.shape)
    if (truth + np.uint8(1)).max() <= classes and prediction.max() < classes:  # 255 + 1 is 0
        return
    found = {
        "truth": [int(i) for i in np.unique(truth) if i >= classes and i != VOID],
        "prediction": [int(i) for i in np.unique(prediction) if i >= classes],
    }
    which = "truth" if found["truth"] else "prediction"
    raise UserError("the {which} has the unknown ids {odd}",
                    "ids from 0 to {last} and, in the truth, {void} for void are accepted",
                    "map the ids first", which=which,
                    odd=", ".join(map(str, found[which][:12])), last=classes - 1, void=VOID)


@dataclass(frozen=True)
class Scores:
    """All metrics of one confusion matrix; arrays have one number for each class."""

    matrix: np.ndarray
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.matrix.shape != (len(self.classes), len(self.classes)):
            raise ValueError(f"{len(self.classes)} classes but a matrix of {self.matrix.shape}")

    @property
    def hits(self) -> np.ndarray:
        """Pixels of each class that were predicted as that class."""
        return np.diag(self.matrix).astype(float)

    @property
    def truth(self) -> np.ndarray:
        """Pixels of each class in the truth."""
        return self.matrix.sum(1).astype(float)

    @property
    def predicted(self) -> np.ndarray:
        """Pixels predicted as each class."""
        return self.matrix.sum(0).astype(float)

    @property
    def pixel_accuracy(self) -> float:
        """PA = Σᵢ pᵢᵢ / Σᵢⱼ pᵢⱼ."""
        return float(ratio(self.hits.sum(), self.matrix.sum()))

    @property
    def precision(self) -> np.ndarray:
        """CPA, class pixel accuracy: pᵢᵢ / Σⱼ pⱼᵢ, of what was called i, how much is i."""
        return ratio(self.hits, self.predicted)

    @property
    def recall(self) -> np.ndarray:
        """pᵢᵢ / Σⱼ pᵢⱼ, of what is i, how much was found."""
        return ratio(self.hits, self.truth)

    @property
    def iou(self) -> np.ndarray:
        """IoU = pᵢᵢ / (Σⱼ pᵢⱼ + Σⱼ pⱼᵢ − pᵢᵢ)."""
        return ratio(self.hits, self.truth + self.predicted - self.hits)

    @property
    def dice(self) -> np.ndarray:
        """Dice or F1 = 2 pᵢᵢ / (Σⱼ pᵢⱼ + Σⱼ pⱼᵢ)."""
        return ratio(2 * self.hits, self.truth + self.predicted)

    @property
    def mean_pixel_accuracy(self) -> float:
        """MPA, the mean of CPA over the classes that were predicted: each counts the same."""
        return mean_known(self.precision)

    @property
    def mean_recall(self) -> float:
        """The mean of the recalls over the classes of the truth, elsewhere *class average*."""
        return mean_known(self.recall)

    @property
    def mean_iou(self) -> float:
        """The mean of IoU over the classes that appear."""
        return mean_known(self.iou)

    @property
    def frequency_weighted_iou(self) -> float:
        """FWIoU = Σᵢ (Σⱼ pᵢⱼ · IoUᵢ) / Σᵢⱼ pᵢⱼ."""
        return float(ratio(np.nansum(self.truth * self.iou), self.truth.sum()))

    @property
    def mean_dice(self) -> float:
        """The mean of Dice over the classes that appear."""
        return mean_known(self.dice)

    def overall(self) -> dict[str, float]:
        """Return the numbers for the whole picture or set by their short names."""
        return {"PA": self.pixel_accuracy, "MPA": self.mean_pixel_accuracy,
                "mRecall": self.mean_recall, "mIoU": self.mean_iou,
                "FWIoU": self.frequency_weighted_iou, "Dice": self.mean_dice}

    def per_class(self) -> dict[str, dict[str, float]]:
        """Return for each class its numbers by their short names."""
        columns = {"IoU": self.iou, "Recall": self.recall, "Precision": self.precision,
                   "Dice": self.dice, "Share": ratio(self.truth, self.truth.sum())}
        return {name: {key: float(column[i]) for key, column in columns.items()}
                for i, name in enumerate(self.classes)}

    def summary(self) -> dict[str, Any]:
        """Return what a model card holds: the overall numbers, and each class's.

        A card without mRecall is older: what it calls MPA is the mean recall.
        """
        return {**self.overall(), "per_class": self.per_class()}

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {"overall": self.overall(), "per_class": self.per_class(),
                "confusion_matrix": self.matrix.tolist()}

    def __str__(self) -> str:
        rows = [" ".join(f"{key} {value:.4f}" for key, value in self.overall().items())]
        rows += [f"{name:>12}  " + "  ".join(f"{key} {value:.3f}" for key, value in row.items())
                 for name, row in self.per_class().items()]
        return "\n".join(rows)


def score(truth: np.ndarray, prediction: np.ndarray, classes: Sequence[str]) -> Scores:
    """Return all metrics of one prediction."""
    return Scores(confusion_matrix(truth, prediction, len(classes)), tuple(classes))


def best_match(matrix: np.ndarray) -> np.ndarray:
    """Return for each class the column of its own that together hold the most of its pixels."""
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(matrix, maximize=True)[1]
