"""Panoptic quality: how many objects were found, and how exactly, in one number.

Kirillov, He, Girshick, Rother, Dollár: "Panoptic Segmentation", CVPR 2019, arXiv:1801.00868, §4.
A predicted segment and a true one of the same class match if their IoU is above 1/2; no segment
can then match two (§4.1). What is void in the truth counts nowhere (§4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vision.nan_safe import mean_known, ratio
from vision.segmentation.labels import VOID
from vision.segmentation.panoptic.segments import Panoptic

CODES = 2**32  # a segment's code is its class times this, plus its instance


@dataclass(frozen=True, eq=False)
class Quality:
    """What the quality of each class is made of; those of several pictures can be added."""

    iou: np.ndarray  # (classes,), the sum over matches
    matched: np.ndarray  # (classes,), |TP|
    wrong: np.ndarray  # (classes,), |FP|: predicted and not there
    missed: np.ndarray  # (classes,), |FN|: there and not predicted

    def __add__(self, other: Quality) -> Quality:
        return Quality(self.iou + other.iou, self.matched + other.matched,
                       self.wrong + other.wrong, self.missed + other.missed)

    @property
    def whole(self) -> np.ndarray:
        """|TP| + ½|FP| + ½|FN|: how many segments there are, said and true ones half each."""
        return self.matched + self.wrong / 2 + self.missed / 2

    @property
    def sq(self) -> np.ndarray:
        """SQ = Σ IoU / |TP|: how exact the matches are; NaN where there are none."""
        return ratio(self.iou, self.matched)

    @property
    def rq(self) -> np.ndarray:
        """RQ = |TP| / (|TP| + ½|FP| + ½|FN|): how many were found, the F1 of detection."""
        return ratio(self.matched, self.whole)

    @property
    def pq(self) -> np.ndarray:
        """PQ = Σ IoU / (|TP| + ½|FP| + ½|FN|) = SQ · RQ (Eq. 1)."""
        return ratio(self.iou, self.whole)

    def overall(self, classes: tuple[int, ...] | None = None) -> dict[str, float]:
        """Return the means over the classes, or some of them, that appear at all.

        A class of which nothing was matched has no SQ and counts there as 0, as its PQ does.
        """
        chosen = list(range(len(self.iou)) if classes is None else classes)
        there = ~np.isnan(self.pq[chosen])
        return {name: mean_known(np.nan_to_num(values[chosen])[there])
                for name, values in (("PQ", self.pq), ("SQ", self.sq), ("RQ", self.rq))}

    def as_json(self) -> dict[str, Any]:
        """Return what it is made of as lists."""
        return {"iou": self.iou.tolist(), "matched": self.matched.tolist(),
                "wrong": self.wrong.tolist(), "missed": self.missed.tolist()}


def quality(truth: Panoptic, said: Panoptic, classes: int) -> Quality:
    """Return the panoptic quality of one picture's answer."""
    true, true_sizes, true_at = segments(truth)
    found, found_sizes, found_at = segments(said)
    pairs, both = np.unique(true_at.ravel() * len(found) + found_at.ravel(), return_counts=True)
    t, f = np.divmod(pairs, len(found))  # which two segments share so many pixels
    void = true[t] // CODES == VOID
    nothing = np.bincount(f[void], both[void], len(found))  # pixels of each found one in the void
    union = true_sizes[t] + found_sizes[f] - both - nothing[f]
    same = (true[t] // CODES == found[f] // CODES) & ~void
    match = same & (2 * both > union)  # IoU > ½
    hit_true, hit_found = (np.isin(np.arange(len(all_)), which[match])
                           for all_, which in ((true, t), (found, f)))
    gone = 2 * nothing > found_sizes  # mostly in the void: neither right nor wrong
    return Quality(
        counted(true[t[match]], classes, both[match] / union[match]),
        counted(true[hit_true], classes), counted(found[~hit_found & ~gone], classes),
        counted(true[~hit_true], classes))


def segments(panoptic: Panoptic) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the codes of all segments, their sizes, and which one each pixel (H, W) is of."""
    code = panoptic.classes.astype(np.int64) * CODES + panoptic.instances
    found, places, sizes = np.unique(code, return_inverse=True, return_counts=True)
    return found, sizes, places.reshape(code.shape)


def counted(codes: np.ndarray, classes: int, weights: np.ndarray | None = None) -> np.ndarray:
    """Return how many segments of each class there are, or the sum of their weights; no void."""
    return np.bincount(codes // CODES, weights, VOID + 1)[:classes].astype(float)
