"""Spoil a perfect prediction in known ways, and see what each metric thinks of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from vision.nan_safe import mean_known
from vision.options import within
from vision.randomness import generator_for
from vision.segmentation.labels import VOID
from vision.segmentation.measures.boundary import boundary_f1
from vision.segmentation.measures.metrics import Scores, confusion_matrix


@dataclass(frozen=True)
class Change:
    """What is done to a label map, in this order."""

    blank: bool = False  # one class everywhere: the largest but the focus
    focus: int = 0  # the class that grows or shrinks
    grow: int = 0  # pixels; below 0 it shrinks
    right: int = 0  # pixels that everything moves
    down: int = 0
    speckle: float = 0.0  # share of pixels with a random class


@dataclass(frozen=True)
class Rules:
    """How metrics are taken."""

    absent_is_zero: bool = False  # count a class that is nowhere as 0 instead of leaving it out
    void_band: int = 0  # leave out so many pixels on both sides of every outline
    together: bool = True  # several pictures as one set; else the mean over pictures


def spoil(labels: np.ndarray, change: Change, classes: int) -> np.ndarray:
    """Return a label map (uint8 H×W) with a change done to it."""
    within(change, grow=(-32, 32), right=(-256, 256), down=(-256, 256), speckle=(0, 1),
           focus=(0, classes - 1))
    if change.blank:
        labels = np.full_like(labels, _background(labels, change.focus))
    moved = _moved(_grown(labels, change.focus, change.grow), change.right, change.down)
    random = generator_for(0)
    hit = random.random(labels.shape) < change.speckle
    return np.where(hit, random.integers(0, classes, labels.shape), moved).astype(np.uint8)


def _background(labels: np.ndarray, focus: int) -> int:
    """Return the most frequent class that is not the focus."""
    counts = np.bincount(labels[(labels != VOID) & (labels != focus)], minlength=1)
    return int(counts.argmax())


def _grown(labels: np.ndarray, focus: int, pixels: int) -> np.ndarray:
    """Return labels whose focus grew over its neighbours, or was taken by the nearest ones."""
    inside = (labels == focus).astype(np.uint8)
    if pixels == 0 or not inside.any() or inside.all():
        return labels
    if pixels > 0:
        return np.where(_dilated(inside, pixels), np.uint8(focus), labels)
    kept = 1 - _dilated(1 - inside, -pixels)
    return np.where(inside > kept, _nearest_other(labels, inside), labels)


def _dilated(mask: np.ndarray, pixels: int) -> np.ndarray:
    """Return where a pixel of the mask (uint8 H×W) is within reach."""
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    return cv2.dilate(mask, shape)


def _nearest_other(labels: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return for every pixel the label of the nearest one outside."""
    _, index = cv2.distanceTransformWithLabels(inside, cv2.DIST_L2, cv2.DIST_MASK_5,
                                               labelType=cv2.DIST_LABEL_PIXEL)
    table = np.zeros(index.max() + 1, np.uint8)
    table[index[inside == 0]] = labels[inside == 0]
    return table[index]


def _moved(labels: np.ndarray, right: int, down: int) -> np.ndarray:
    """Return labels moved, the edge repeated behind them."""
    height, width = labels.shape
    rows = (np.arange(height) - down).clip(0, height - 1)
    columns = (np.arange(width) - right).clip(0, width - 1)
    return labels[rows][:, columns]


def with_band(truth: np.ndarray, pixels: int) -> np.ndarray:
    """Return the truth with so many pixels on both sides of every outline void."""
    if pixels <= 0:
        return truth
    shape = np.ones((3, 3), np.uint8)
    edge = (cv2.dilate(truth, shape) != cv2.erode(truth, shape)).astype(np.uint8)
    band = _dilated(edge, pixels - 1)
    return np.where(band, np.uint8(VOID), truth)


def judge(truths: Sequence[np.ndarray], predictions: Sequence[np.ndarray],
          classes: tuple[str, ...], rules: Rules) -> dict[str, float]:
    """Return the metrics of some pictures under the rules."""
    truths = [with_band(truth, rules.void_band) for truth in truths]
    scores = [Scores(confusion_matrix(truth, said, len(classes)), classes)
              for truth, said in zip(truths, predictions, strict=True)]
    outlines = np.array([boundary_f1(truth, said, len(classes))
                         for truth, said in zip(truths, predictions, strict=True)])
    if rules.together:
        scores = [Scores(np.sum([each.matrix for each in scores], axis=0), classes)]
        outlines = np.array([[mean_known(column) for column in outlines.T]])
    rows = [_means(each, edges, rules) for each, edges in zip(scores, outlines, strict=True)]
    return {name: mean_known(np.array([row[name] for row in rows])) for name in rows[0]}


def _means(scores: Scores, outlines: np.ndarray, rules: Rules) -> dict[str, float]:
    """Return one row of numbers; means over classes leave absent ones out, or count them as 0."""
    def mean(values: np.ndarray) -> float:
        return mean_known(np.nan_to_num(values) if rules.absent_is_zero else values)

    return {"PA": scores.pixel_accuracy, "MPA": mean(scores.precision),
            "mRecall": mean(scores.recall), "mIoU": mean(scores.iou),
            "FWIoU": scores.frequency_weighted_iou, "Dice": mean(scores.dice),
            "BF1": mean(outlines)}


def against_rest(labels: np.ndarray, focus: int) -> np.ndarray:
    """Return 1 where the focus is, 0 elsewhere, void where it was."""
    return np.where(labels == VOID, VOID, labels == focus).astype(np.uint8)
