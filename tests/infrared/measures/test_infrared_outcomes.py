"""Right, wrong or not counted: against pycocotools, against brute force, and worked examples."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from vision.infrared.inspection.matching import overlaps
from vision.infrared.measures.outcomes import (
    Outcome,
    average_precision,
    interval,
    mostly_inside,
    outcome,
    recall_precision,
    threshold_for,
)


def boxes(random: np.random.Generator, count: int) -> np.ndarray:
    corners = random.uniform(0, 60, (count, 2))
    return np.concatenate([corners, corners + random.uniform(8, 40, (count, 2))], 1)


def near(random: np.random.Generator, known: np.ndarray) -> np.ndarray:
    return known + random.normal(0, 3, known.shape)


def pictures(seed: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    random = np.random.default_rng(seed)
    made = []
    for _ in range(12):
        truth, ignored = boxes(random, random.integers(0, 5)), boxes(random, random.integers(0, 3))
        found = np.concatenate([near(random, truth), near(random, truth), near(random, ignored),
                                boxes(random, 4)])
        made.append((found, random.permutation(len(found)) / 50 + 0.01, truth, ignored))
    return made


def cocos(made: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]) -> float:
    """AP50 as pycocotools computes it, with what is to be ignored as crowds."""
    tools = pytest.importorskip("pycocotools.cocoeval")
    coco = pytest.importorskip("pycocotools.coco")

    def row(picture: int, box: np.ndarray, **more: object) -> dict[str, object]:
        x0, y0, x1, y1 = box.tolist()
        return {"image_id": picture, "category_id": 1, "bbox": [x0, y0, x1 - x0, y1 - y0],
                "area": (x1 - x0) * (y1 - y0), "iscrowd": 0, **more}

    true = [row(place, box, iscrowd=crowd) for place, (_, _, truth, ignored) in enumerate(made)
            for crowd, part in enumerate((truth, ignored)) for box in part]
    said = [row(place, box, score=float(score)) for place, (found, scores, _, _)
            in enumerate(made) for box, score in zip(found, scores, strict=True)]
    with contextlib.redirect_stdout(io.StringIO()):
        sides = []
        for rows in (true, said):
            sides.append(coco.COCO())
            sides[-1].dataset = {
                "images": [{"id": place} for place in range(len(made))],
                "categories": [{"id": 1}],
                "annotations": [{"id": number, **each} for number, each in enumerate(rows, 1)]}
            sides[-1].createIndex()
        evaluation = tools.COCOeval(*sides, "bbox")
        evaluation.params.areaRng = [[0, 1e10]]
        evaluation.params.areaRngLbl = ["all"]
        evaluation.evaluate()
        evaluation.accumulate()
    return float(evaluation.eval["precision"][0, :, 0, 0, -1].mean())


@pytest.mark.parametrize("seed", range(6))
def test_average_precision_is_pycocotools_with_crowds(seed: int) -> None:
    made = pictures(seed)
    own = average_precision([outcome(*each) for each in made])
    assert 0.2 < own < 0.99 and own == pytest.approx(cocos(made), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_in_ignored_regions_nothing_is_right_or_wrong(seed: int) -> None:
    for found, scores, truth, ignored in pictures(seed):
        whole = outcome(found, scores, truth, ignored)
        inside = [max((shared(box, region) for region in ignored), default=0) >= 0.5
                  for box in found]
        missed = [not inside_ or overlaps(box[None], truth).max(initial=0) >= 0.5
                  for box, inside_ in zip(found, inside, strict=True)]
        without = outcome(found[missed], scores[missed], truth, ignored)
        assert np.array_equal(whole.scores, without.scores)
        assert np.array_equal(whole.right, without.right)
        assert whole.devices == len(truth)
        assert mostly_inside(found, ignored).tolist() == inside


def shared(box: np.ndarray, region: np.ndarray) -> float:
    """The share of a box that lies in a region, counted on a fine grid's exact cells."""
    width = min(box[2], region[2]) - max(box[0], region[0])
    height = min(box[3], region[3]) - max(box[1], region[1])
    return max(width, 0) * max(height, 0) / ((box[2] - box[0]) * (box[3] - box[1]))


def test_recall_precision_and_threshold_of_a_worked_example() -> None:
    some = [Outcome(np.array([0.9, 0.6, 0.2]), np.array([True, False, True]), 2),
            Outcome(np.array([0.8, 0.5]), np.array([True, True]), 3)]
    assert recall_precision(some, 0.5) == (3 / 5, 3 / 4)
    assert recall_precision(some, 0.95)[0] == 0
    assert threshold_for(some, 0.8) == 0.2  # 4 of 5 are right in the end
    assert threshold_for(some, 0.9) == 0.8
    assert threshold_for(some[:1] + [Outcome(np.ones(9), np.zeros(9, bool), 0)], 0.99) == 1


def test_an_interval_holds_the_number_and_grows_with_what_pictures_differ() -> None:
    alike = [Outcome(np.array([0.9, 0.8]), np.array([True, False]), 1)] * 30
    differ = [Outcome(np.array([0.9]), np.array([place % 2 == 0]), 1) for place in range(30)]
    assert interval(alike, lambda part: recall_precision(part, 0.5)[1]) == (0.5, 0.5)
    low, high = interval(differ, lambda part: recall_precision(part, 0.5)[1])
    assert 0.3 < low < 0.5 < high < 0.7
    assert np.isnan(average_precision([Outcome(np.ones(1), np.zeros(1, bool), 0)]))
