"""Metrics: counts against a double loop, numbers against torchmetrics and against pen and paper."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest
import torch

from vision.errors import UserError
from vision.segmentation.labels import VOID
from vision.segmentation.measures.metrics import Scores, best_match, confusion_matrix, score

WORKED = Scores(np.array([[3, 0, 1], [0, 2, 0], [0, 1, 2]]), ("a", "b", "c"))


def counted(truth: np.ndarray, prediction: np.ndarray, classes: int) -> np.ndarray:
    """The confusion matrix, one pixel after the other."""
    matrix = np.zeros((classes, classes), np.int64)
    for row, column in zip(truth.ravel().tolist(), prediction.ravel().tolist(), strict=True):
        if row != VOID:
            matrix[row, column] += 1
    return matrix


def maps(classes: int, shape: tuple[int, int], kind: str, seed: int
         ) -> tuple[np.ndarray, np.ndarray]:
    """A truth with void and a prediction: noise, or long runs as real label maps have."""
    random = np.random.default_rng(seed)
    size = shape if kind == "random" else (shape[0], 1)
    truth, prediction = (random.integers(0, classes, size).astype(np.uint8) for _ in range(2))
    truth[random.random(size) < 0.2] = VOID
    return tuple(np.ascontiguousarray(np.broadcast_to(part, shape)) for part in (truth, prediction))


@pytest.mark.parametrize("kind", ["random", "runs"])
@pytest.mark.parametrize("classes", [1, 2, 11, 15, 16, 19, 150, 255])
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (37, 41)])
def test_counts_equal_a_double_loop(classes: int, shape: tuple[int, int], kind: str) -> None:
    for seed in range(3):
        truth, prediction = maps(classes, shape, kind, seed)
        found = confusion_matrix(truth, prediction, classes)
        assert found.dtype == np.int64 and found.shape == (classes, classes)
        assert (found == counted(truth, prediction, classes)).all()


def test_counts_of_views_and_of_large_maps() -> None:
    truth, prediction = maps(11, (40, 60), "random", 0)
    for view in (np.s_[::2, ::3], np.s_[::-1], np.s_[:, 5:50]):
        assert (confusion_matrix(truth[view], prediction[view], 11)
                == counted(truth[view], prediction[view], 11)).all()
    truth, prediction = np.zeros((2, 40, 60), np.uint8)  # nearly all is like the first pixel
    truth[10:14, 20:24], prediction[11:15, 22:26] = 1, 1
    assert (confusion_matrix(truth, prediction, 2) == counted(truth, prediction, 2)).all()
    ones = np.ones((4097, 5463), np.uint8)
    ones[::2, ::2] = 0
    matrix = confusion_matrix(ones, np.ones_like(ones), 2)
    zeros = 2049 * 2732
    assert 4097 * 5463 - zeros > 2**24  # which float32 would count to at most
    assert matrix.tolist() == [[0, zeros], [0, 4097 * 5463 - zeros]]


@pytest.mark.parametrize(("truth", "prediction", "classes", "said"), [
    ([11, 0], [0, 0], 11, "truth has the unknown ids 11"),
    ([254, 13], [0, 0], 11, "truth has the unknown ids 13, 254"),
    ([0, 0], [11, 255], 11, "prediction has the unknown ids 11, 255"),
    ([16, 255], [0, 0], 16, "truth has the unknown ids 16; ids from 0 to 15 and, .* 255 for void"),
    ([0, 0], [11, 0], 11, "prediction has the unknown ids 11;"),
    ([0, 0], [255, 0], 16, "prediction has the unknown ids 255;"),
    ([*range(30, 16, -1)], [0] * 14, 11, "ids 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28;"),
    ([0, 0], [200, 150], 150, "prediction has the unknown ids 150, 200"),
])
def test_unknown_ids_are_named(truth: list[int], prediction: list[int], classes: int, said: str
                               ) -> None:
    with pytest.raises(UserError, match=said):
        confusion_matrix(np.array([truth], np.uint8), np.array([prediction], np.uint8), classes)


def test_other_sizes_and_types_are_refused() -> None:
    small, large = np.zeros((2, 3), np.uint8), np.zeros((3, 2), np.uint8)
    with pytest.raises(UserError, match=r"\(2, 3\) and \(3, 2\)"):
        confusion_matrix(small, large, 2)
    with pytest.raises(UserError, match="at least one pixel"):
        confusion_matrix(small[:0], small[:0], 2)
    with pytest.raises(UserError, match="int64"):
        confusion_matrix(small.astype(np.int64), small, 2)


def test_the_worked_example() -> None:
    """Truth a: 4, b: 2, c: 3; predicted a: 3, b: 3, c: 3; hits 3, 2, 2 of 9."""
    assert WORKED.pixel_accuracy == pytest.approx(7 / 9)
    assert WORKED.recall.tolist() == pytest.approx([3 / 4, 2 / 2, 2 / 3])
    assert WORKED.precision.tolist() == pytest.approx([3 / 3, 2 / 3, 2 / 3])
    assert WORKED.iou.tolist() == pytest.approx([3 / 4, 2 / 3, 2 / 4])
    assert WORKED.dice.tolist() == pytest.approx([6 / 7, 4 / 5, 4 / 6])
    assert WORKED.mean_pixel_accuracy == pytest.approx(28 / 36)  # of CPA, that is of precision
    assert WORKED.mean_recall == pytest.approx(29 / 36)
    assert WORKED.mean_iou == pytest.approx(23 / 36)
    assert WORKED.frequency_weighted_iou == pytest.approx((4 * 3 / 4 + 2 * 2 / 3 + 3 * 2 / 4) / 9)
    assert WORKED.mean_dice == pytest.approx((6 / 7 + 4 / 5 + 2 / 3) / 3)


def test_an_absent_class_is_nan_and_left_out_of_means() -> None:
    scores = Scores(np.array([[4, 0, 0], [0, 0, 2], [0, 0, 0]]), ("a", "b", "c"))
    assert scores.recall.tolist()[:2] == [1, 0] and math.isnan(scores.recall[2])
    assert math.isnan(scores.precision[1]) and scores.precision[2] == 0
    assert scores.iou.tolist() == [1, 0, 0] and scores.mean_iou == pytest.approx(1 / 3)
    absent = Scores(np.diag([4, 2, 0]), ("a", "b", "c"))
    assert set(absent.overall().values()) == {1}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        empty = Scores(np.zeros((2, 2), np.int64), ("a", "b"))
        assert all(math.isnan(value) for value in empty.overall().values())
        assert str(empty)


def test_tables_and_json_have_every_class() -> None:
    assert set(WORKED.overall()) == {"PA", "MPA", "mRecall", "mIoU", "FWIoU", "Dice"}
    assert WORKED.per_class()["b"]["Precision"] == pytest.approx(2 / 3)
    assert WORKED.summary() == {**WORKED.overall(), "per_class": WORKED.per_class()}
    assert WORKED.per_class()["a"]["Share"] == pytest.approx(4 / 9)
    assert WORKED.as_json()["confusion_matrix"] == [[3, 0, 1], [0, 2, 0], [0, 1, 2]]
    assert len(str(WORKED).splitlines()) == 4
    with pytest.raises(ValueError, match="2 classes"):
        Scores(WORKED.matrix, ("a", "b"))
    same = np.array([[0, 1], [1, 255]], np.uint8)
    assert score(same, np.array([[0, 1], [1, 0]], np.uint8), ("a", "b")).pixel_accuracy == 1


@pytest.mark.parametrize("seed", range(5))
def test_the_best_match_is_the_best_of_all_orders(seed: int) -> None:
    matrix = np.random.default_rng(seed).integers(0, 99, (5, 5))
    most = max(np.trace(matrix[:, order]) for order in itertools.permutations(range(5)))
    found = best_match(matrix)
    assert sorted(found) == [0, 1, 2, 3, 4] and np.trace(matrix[:, found]) == most


def small_case(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, int]:
    """A small truth and prediction: absent classes, void, one class only, or all wrong."""
    classes = int(random.integers(2, 7))
    shape = tuple(random.integers(1, 7, 2))
    present = random.choice(classes, int(random.integers(1, classes + 1)), replace=False)
    truth, prediction = (random.choice(present, shape).astype(np.uint8) for _ in range(2))
    if random.random() < 0.2:
        prediction = ((truth + 1) % classes).astype(np.uint8)
    truth[random.random(shape) < random.choice([0, 0.3])] = VOID
    truth.flat[0] = present[0]
    return truth, prediction, classes


def test_hundreds_of_cases_agree_with_torchmetrics() -> None:
    from torchmetrics.functional.classification import (
        multiclass_accuracy,
        multiclass_f1_score,
        multiclass_jaccard_index,
        multiclass_precision,
        multiclass_recall,
    )

    random = np.random.default_rng(0)
    kinds = {"iou": multiclass_jaccard_index, "recall": multiclass_recall,
             "precision": multiclass_precision, "dice": multiclass_f1_score}
    nan_seen = 0
    for _ in range(120):
        truth, prediction, classes = small_case(random)
        scores = score(truth, prediction, tuple(map(str, range(classes))))
        tensors = torch.from_numpy(prediction).long(), torch.from_numpy(truth).long()
        for name, kind in kinds.items():
            wanted = kind(*tensors, num_classes=classes, average="none", ignore_index=VOID,
                          validate_args=False).numpy()
            found = getattr(scores, name)
            nan_seen += int(np.isnan(found).any())
            assert np.nan_to_num(found) == pytest.approx(wanted, abs=1e-6), name
        means = [np.mean([(truth == i)[prediction == i][(truth != VOID)[prediction == i]].mean()
                          for i in range(classes) if ((prediction == i) & (truth != VOID)).any()]),
                 np.mean([(prediction == i)[truth == i].mean()
                          for i in range(classes) if (truth == i).any()])]
        assert [scores.mean_pixel_accuracy, scores.mean_recall] == pytest.approx(means)
        wanted = multiclass_accuracy(*tensors, num_classes=classes, average="micro",
                                     ignore_index=VOID, validate_args=False)
        assert scores.pixel_accuracy == pytest.approx(float(wanted), abs=1e-6)
    assert nan_seen > 15
