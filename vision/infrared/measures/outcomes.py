"""What became of each box that was found: right, wrong, or in a region that does not count.

Small, hidden and doubtful devices are regions to be ignored: nothing need be found there, and what
is found there is neither right nor wrong. Matching and average precision are COCO's, at one
overlap, with these regions as its crowds; pictures can be drawn again and again for intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch

from vision.infrared.inspection.matching import LEAST, overlaps
from vision.infrared.models import heads

RECALLS = np.linspace(0, 1, 101)  # where COCO looks up the precision
DRAWS = 500  # of as many pictures as there are, for an interval
MIDDLE = (5, 95)  # percent of the draws between which an interval lies
Each = TypeVar("Each")  # what is known of one picture


@dataclass(frozen=True, eq=False)
class Outcome:
    """One picture: the score of each box that counts, whether it is right, and how many are due."""

    scores: np.ndarray  # float (N,)
    right: np.ndarray  # bool (N,)
    devices: int


def outcome(boxes: np.ndarray, scores: np.ndarray, truth: np.ndarray, ignored: np.ndarray
            ) -> Outcome:
    """Return what became of boxes (N, 4), given devices (K, 4) and regions to ignore (U, 4)."""
    order = np.argsort(-scores, kind="stable")
    shared = overlaps(boxes, truth)  # (N, K)
    free = np.ones(len(truth), bool)
    right = np.zeros(len(boxes), bool)
    for row in order:
        best = int(np.where(free, shared[row], -1).argmax()) if free.any() else -1
        if best >= 0 and shared[row, best] >= LEAST:
            right[row], free[best] = True, False
    counts = order[(right | ~mostly_inside(boxes, ignored))[order]]
    return Outcome(scores[counts], right[counts], len(truth))


def mostly_inside(boxes: np.ndarray, regions: np.ndarray) -> np.ndarray:
    """Return which boxes (N, 4) a training would ignore for some regions (U, 4), bool (N,)."""
    return heads.mostly_inside(torch.from_numpy(boxes), torch.from_numpy(regions)).numpy()


def average_precision(outcomes: Sequence[Outcome]) -> float:
    """Return the mean of the highest precision from each of 101 recalls on, NaN without devices."""
    recall, precision, _ = curve(outcomes)
    if not sum(each.devices for each in outcomes):
        return float("nan")
    best = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, RECALLS, side="left")
    return float(np.append(best, 0.0)[places].mean())


def curve(outcomes: Sequence[Outcome]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return recall, precision and the score down to which both hold, box by box."""
    scores = np.concatenate([each.scores for each in outcomes] or [np.zeros(0)])
    order = np.argsort(-scores, kind="stable")
    right = np.concatenate([each.right for each in outcomes] or [np.zeros(0)])[order].cumsum()
    devices = max(sum(each.devices for each in outcomes), 1)
    return right / devices, right / np.arange(1, len(right) + 1), scores[order]


def recall_precision(outcomes: Sequence[Outcome], threshold: float) -> tuple[float, float]:
    """Return which share of the devices is found from a score on, and which share is right."""
    recall, precision, scores = curve(outcomes)
    shown = int((scores >= threshold).sum())
    return (float(recall[shown - 1]), float(precision[shown - 1])) if shown else (0.0, float("nan"))


def threshold_for(outcomes: Sequence[Outcome], wanted: float) -> float:
    """Return the lowest score from which on a share `wanted` is right, 1 if there is none."""
    _, precision, scores = curve(outcomes)
    enough = np.flatnonzero(precision >= wanted)
    return float(scores[enough[-1]]) if enough.size else 1.0


def interval(outcomes: Sequence[Each], number: Callable[[Sequence[Each]], float],
             draws: int = DRAWS, seed: int = 0) -> tuple[float, float]:
    """Return between what a number lies in 90% of the draws of as many pictures with repeats."""
    random = np.random.default_rng(seed)
    places = random.integers(len(outcomes), size=(draws, len(outcomes)))
    numbers = [number([outcomes[place] for place in row]) for row in places]
    low, high = np.nanpercentile(numbers, MIDDLE)
    return float(low), float(high)
