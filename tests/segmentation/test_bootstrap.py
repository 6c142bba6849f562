"""Intervals of a mean IoU: against a loop that draws, against scipy, and what they decide."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from vision.errors import UserError
from vision.segmentation.certainty.bootstrap import (
    Interval,
    Tally,
    difference,
    drawn,
    interval,
    mean_iou,
    middle,
    times_drawn,
)
from vision.segmentation.measures.metrics import Scores


def matrices(seed: int, pictures: int = 30, classes: int = 4, right: float = 3.0) -> np.ndarray:
    """Return confusion matrices of pictures in which not every class appears."""
    random = np.random.default_rng(seed)
    found = random.integers(0, 200, (pictures, classes, classes))
    found += (right * 200 * random.random((pictures, 1, 1)) * np.eye(classes)).astype(int)
    found[::3, 1] = found[::3, :, 1] = 0
    return found


def test_the_mean_iou_is_that_of_the_metrics() -> None:
    found = matrices(0)
    tally = Tally.of(found)
    names = tuple("abcd")
    assert tally.each() == pytest.approx([Scores(each, names).mean_iou for each in found])
    whole = Scores(found.sum(0), names).mean_iou
    assert interval(tally).value == pytest.approx(whole)
    assert np.isnan(mean_iou(np.zeros(3), np.zeros(3)))
    assert Tally.from_json(tally.as_json()).hits.tolist() == tally.hits.tolist()


def test_draws_are_those_of_a_loop_that_puts_pictures_together() -> None:
    found = matrices(1, pictures=12)
    times = times_drawn(12, 20)
    assert times.shape == (20, 12) and (times.sum(1) == 12).all()
    slow = []
    for row in times:
        total = np.zeros((4, 4), int)
        for picture, count in enumerate(row):
            for _ in range(count):
                total += found[picture]
        slow.append(Scores(total, tuple("abcd")).mean_iou)
    assert drawn(Tally.of(found), times) == pytest.approx(slow)
    assert middle(np.arange(2001.0)) == pytest.approx((50, 1950))


def scipy_of(statistic: object, pictures: int) -> tuple[float, float]:
    found = scipy.stats.bootstrap((np.arange(pictures),), statistic, n_resamples=4000,
                                  method="percentile", vectorized=False,
                                  rng=np.random.default_rng(7)).confidence_interval
    return float(found.low), float(found.high)


def test_intervals_are_those_of_scipy() -> None:
    one, other = Tally.of(matrices(2)), Tally.of(matrices(3, right=2.6))

    def of(tally: Tally, places: np.ndarray) -> float:
        return float(mean_iou(tally.hits[places].sum(0), tally.unions[places].sum(0)))

    alone = interval(one)
    wanted = scipy_of(lambda places: of(one, places), 30)
    width = alone.high - alone.low
    assert (alone.low, alone.high) == pytest.approx(wanted, abs=0.06 * width)
    paired = difference(one, other)
    wanted = scipy_of(lambda places: of(one, places) - of(other, places), 30)
    width = paired.high - paired.low
    assert (paired.low, paired.high) == pytest.approx(wanted, abs=0.06 * width)


def test_pairing_decides_what_two_intervals_apart_would_not() -> None:
    """A model that is a little better on every single picture, where pictures differ much."""
    found = matrices(4, right=12.0)
    better = found.copy()
    for i in range(4):  # two of a hundred wrong pixels become right
        wrong = better[:, i, (i + 1) % 4] // 12
        better[:, i, (i + 1) % 4] -= wrong
        better[:, i, i] += wrong
    one, other = Tally.of(better), Tally.of(found)
    apart = difference(one, other)
    assert apart.decided and apart.low > 0
    assert interval(one).low < interval(other).high  # each alone says nothing
    back = difference(other, one)
    assert (back.low, back.high) == pytest.approx((-apart.high, -apart.low))
    assert not difference(one, one).decided
    assert not Interval(0.1, -0.01, 0.2).decided and Interval(-0.1, -0.2, -0.01).decided


def test_other_pictures_are_not_compared() -> None:
    with pytest.raises(UserError, match="the same set is accepted"):
        difference(Tally.of(matrices(0)), Tally.of(matrices(0, pictures=29)))
