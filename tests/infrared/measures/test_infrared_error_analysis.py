"""Mistakes mended one kind at a time: each in a scene in which exactly one thing is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from tests.infrared.hand import CONSERVATOR, FUSE
from vision.infrared.inspection.detections import Detections
from vision.infrared.measures.error_analysis import (
    MENDED,
    names_right,
    nothing_invented,
    nothing_missed,
    sides_right,
    without_mistakes,
)

TRUTH = Detections(np.float32([[10, 10, 24, 50], [60, 60, 104, 80]]),
                   np.array([FUSE, CONSERVATOR]), np.ones(2, np.float32), None)
NOTHING = TRUTH.only(np.zeros(2, bool))


def found(*rows: tuple[list[float], int, float]) -> Detections:
    """Detections of boxes, classes and scores."""
    return Detections(np.float32([box for box, _, _ in rows]).reshape(-1, 4),
                      np.array([label for _, label, _ in rows], np.int64),
                      np.float32([score for _, _, score in rows]), None)


FUSE_THERE = ([10.0, 10, 24, 50], FUSE, 0.9)
CONSERVATOR_THERE = ([60.0, 60, 104, 80], CONSERVATOR, 0.8)
MISTAKES = {
    "names": found(FUSE_THERE, ([60.0, 60, 104, 80], FUSE, 0.8)),
    "sides": found(FUSE_THERE, ([60.0, 60, 94, 84], CONSERVATOR, 0.8)),
    "missed": found(FUSE_THERE),
    "invented": found(FUSE_THERE, CONSERVATOR_THERE, ([0.0, 80, 20, 90], FUSE, 0.95)),
}


@pytest.mark.parametrize("kind", MENDED)
def test_mending_what_is_wrong_mends_everything(kind: str) -> None:
    after = without_mistakes([TRUTH], [MISTAKES[kind]])
    assert list(after) == list(MENDED)
    assert after[kind] == pytest.approx(1)


@pytest.mark.parametrize("kind", MENDED)
@pytest.mark.parametrize("other", MENDED)
def test_mending_something_else_does_not(kind: str, other: str) -> None:
    assert kind == other or without_mistakes([TRUTH], [MISTAKES[kind]])[other] < 0.95


def test_a_device_that_gets_its_name_twice_counts_once() -> None:
    twice = found(FUSE_THERE, ([11.0, 10, 25, 50], CONSERVATOR, 0.7))
    mended = names_right(TRUTH, twice)
    assert mended.labels.tolist() == [FUSE] and mended.scores.tolist() == [np.float32(0.9)]


def test_a_right_name_stays_where_another_device_is_nearer() -> None:
    """The first box lies on its own device, and a little more on the one beside it."""
    truth = Detections(np.float32([[0, 0, 100, 100], [25, 0, 125, 100]]),
                       np.array([FUSE, CONSERVATOR]), np.ones(2, np.float32), None)
    rows = found(([14.0, 0, 114, 100], FUSE, 0.9), ([25.0, 0, 125, 100], CONSERVATOR, 0.8))
    assert names_right(truth, rows).labels.tolist() == [FUSE, CONSERVATOR]


def test_sides_are_mended_only_of_the_right_name_and_place() -> None:
    rows = found(([10.0, 12, 24, 50], FUSE, 0.9), ([60.0, 60, 100, 80], FUSE, 0.8),
                 ([100.0, 60, 144, 80], CONSERVATOR, 0.7))
    mended = sides_right(TRUTH, rows)
    assert mended.boxes[0].tolist() == [10, 10, 24, 50]
    assert np.array_equal(mended.boxes[1:], rows.boxes[1:])


def test_missed_devices_are_added_as_they_are() -> None:
    mended = nothing_missed(TRUTH, found(([10.0, 10, 24, 30], CONSERVATOR, 0.9)))
    assert mended.labels.tolist() == [CONSERVATOR, CONSERVATOR]  # the fuse has a box near it
    assert np.array_equal(mended.boxes[1], TRUTH.boxes[1])


@pytest.mark.parametrize("mend", MENDED.values())
def test_nothing_there_or_nothing_found_is_no_trouble(mend: object) -> None:
    rows = found(FUSE_THERE)
    kept = mend(NOTHING, rows)
    assert len(kept) == (0 if mend is nothing_invented else 1)
    assert len(mend(TRUTH, NOTHING)) == (2 if mend is nothing_missed else 0)
    assert len(mend(NOTHING, NOTHING)) == 0
