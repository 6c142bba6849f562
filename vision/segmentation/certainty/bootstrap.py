"""How far a mean IoU may be off by the choice of pictures, and when one model is surely better.

Two models are compared on the same draws, which is the paired bootstrap. Pictures have to be
independent of each other: neighbouring frames of one drive are not, and the interval is then too
narrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vision.bootstrap import DRAWS, Interval, middle, places_drawn
from vision.errors import UserError
from vision.nan_safe import ratio


@dataclass(frozen=True, eq=False)
class Tally:
    """What a mean IoU is made of, picture by picture: pixels that were right, and the unions."""

    hits: np.ndarray  # int64 (pictures, classes)
    unions: np.ndarray  # int64 (pictures, classes)

    @classmethod
    def of(cls, matrices: np.ndarray) -> Tally:
        """Return the tally of confusion matrices (pictures, classes, classes)."""
        hits = np.diagonal(matrices, axis1=1, axis2=2)
        return cls(hits, matrices.sum(1) + matrices.sum(2) - hits)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Tally:
        """Return the tally that `as_json` gave."""
        return cls(np.array(values["hits"], np.int64), np.array(values["unions"], np.int64))

    def as_json(self) -> dict[str, Any]:
        """Return both as lists."""
        return {"hits": self.hits.tolist(), "unions": self.unions.tolist()}

    def each(self) -> np.ndarray:
        """Return the mean IoU of each picture (pictures,), NaN where nothing is known."""
        return mean_iou(self.hits, self.unions)


def mean_iou(hits: np.ndarray, unions: np.ndarray) -> np.ndarray:
    """Return the mean (…) over the classes that appear of hits / unions (…, classes)."""
    there = unions > 0
    iou = np.divide(hits, unions, out=np.zeros(hits.shape), where=there)
    return ratio(iou.sum(-1), there.sum(-1))


def times_drawn(pictures: int, draws: int = DRAWS) -> np.ndarray:
    """Return how often each draw holds each picture (draws, pictures): the same every time."""
    return np.stack([np.bincount(row, minlength=pictures)
                     for row in places_drawn(pictures, draws)])


def drawn(tally: Tally, times: np.ndarray) -> np.ndarray:
    """Return the mean IoU (draws,) of draws that hold each picture so many times."""
    return mean_iou(times @ tally.hits, times @ tally.unions)


def interval(tally: Tally, draws: int = DRAWS) -> Interval:
    """Return a set's mean IoU with its interval."""
    values = drawn(tally, times_drawn(len(tally.hits), draws))
    return Interval(float(mean_iou(tally.hits.sum(0), tally.unions.sum(0))), *middle(values))


def difference(one: Tally, other: Tally, draws: int = DRAWS) -> Interval:
    """Return by how much one model's mean IoU is above another's on the same pictures."""
    if one.hits.shape != other.hits.shape:
        raise UserError("the two models were measured on {left} and {right} pictures or classes",
                        "the same set is accepted", "measure both on one",
                        left=one.hits.shape, right=other.hits.shape)
    times = times_drawn(len(one.hits), draws)  # the same for both: paired
    whole = [mean_iou(each.hits.sum(0), each.unions.sum(0)) for each in (one, other)]
    return Interval(float(whole[0] - whole[1]), *middle(drawn(one, times) - drawn(other, times)))
