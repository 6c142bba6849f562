"""Three truths of a street, PQ against two others that count it, and the fusion."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vision import checkpoints
from vision.segmentation.labels import VOID
from vision.segmentation.panoptic.quality import Quality, quality
from vision.segmentation.panoptic.segments import (
    SMALLEST,
    THINGS,
    Panoptic,
    centres,
    grouped,
    offsets,
    truth_of,
)
from vision.segmentation.panoptic.streets import street
from vision.segmentation.scenes import Truth, draw_scene, paint, render

SIZE = (120, 160)


@cache
def seen(seed: int) -> Truth:
    return street(seed, SIZE)


def test_numbers_are_those_of_the_things_and_leave_the_picture_as_it_was() -> None:
    scene = draw_scene(4, SIZE)
    found = paint(scene)
    assert all(np.array_equal(a, b) for a, b in zip(found[:2], render(4, SIZE), strict=True))
    kinds = {number: type(scene.things[number - 1]).__name__
             for number in np.unique(found.numbers[found.numbers > 0])}
    for label, kind in zip(THINGS, ("Vehicle", "Person", "Cyclist"), strict=True):
        numbers = np.unique(found.numbers[found.labels == label])
        assert {kinds[number] for number in numbers} <= {kind} and 0 not in numbers
    assert (found.numbers[found.labels == 0] == 0).mean() > 0.99  # the sky is nobody's


def test_objects_are_counted_and_slivers_are_void() -> None:
    labels = np.full((20, 40), 3, np.uint8)  # road
    numbers = np.zeros((20, 40), np.uint16)
    labels[:10, :20], numbers[:10, :10], numbers[:10, 10:20] = THINGS[0], 7, 9
    labels[15, :SMALLEST - 1], numbers[15, :SMALLEST - 1] = THINGS[1], 11
    found = truth_of(Truth(np.zeros((20, 40, 3), np.uint8), labels, numbers))
    assert sorted(np.unique(found.instances)) == [0, 7, 9]
    assert (found.classes[15, :SMALLEST - 1] == VOID).all() and found.classes[0, 0] == THINGS[0]
    assert centres(found).tolist() == [[4.5, 4.5], [4.5, 14.5]]


def brute(truth: Panoptic, said: Panoptic, classes: int) -> Quality:
    """Count PQ with a loop over all pairs of masks."""
    def parts(each: Panoptic) -> list[tuple[int, np.ndarray]]:
        keys = {(int(c), int(i)) for c, i in zip(each.classes.ravel(), each.instances.ravel(),
                                                 strict=True) if c != VOID}
        return [(c, (each.classes == c) & (each.instances == i)) for c, i in sorted(keys)]

    total = Quality(*(np.zeros(classes) for _ in range(4)))
    void, free = truth.classes == VOID, parts(said)
    for c, mask in parts(truth):
        for place, (other, guess) in enumerate(free):
            iou = (mask & guess).sum() / ((mask | guess) & ~(guess & void)).sum()
            if other == c and iou > 0.5:
                total.iou[c] += iou
                total.matched[c] += 1
                del free[place]
                break
        else:
            total.missed[c] += 1
    for c, guess in free:
        total.wrong[c] += (guess & void).sum() <= guess.sum() / 2
    return total


def noisy(truth: Panoptic, seed: int) -> Panoptic:
    """Return an answer with blocks of other classes and objects in it."""
    random = np.random.default_rng(seed)
    classes, instances = truth.classes.copy(), truth.instances.copy()
    classes[classes == VOID] = 3
    for _ in range(25):
        top, left = random.integers(0, 100), random.integers(0, 140)
        block = (slice(top, top + random.integers(4, 30)), slice(left, left + 25))
        thing = random.random() < 0.5
        classes[block] = random.choice(THINGS) if thing else random.integers(0, 8)
        instances[block] = random.integers(500, 520) if thing else 0
    return Panoptic(classes, instances)


def with_void(truth: Panoptic, seed: int) -> Panoptic:
    random = np.random.default_rng(seed)
    classes, instances = truth.classes.copy(), truth.instances.copy()
    for _ in range(6):
        top, left = random.integers(0, 100), random.integers(0, 140)
        classes[top:top + 25, left:left + 25] = VOID
        instances[top:top + 25, left:left + 25] = 7 * (left % 2)
    return Panoptic(classes, instances)


@pytest.mark.parametrize("seed", range(3))
def test_quality_is_what_a_loop_over_masks_counts(seed: int) -> None:
    truth = with_void(truth_of(seen(seed)), seed)
    fast, slow = (count(truth, noisy(truth, seed), 11) for count in (quality, brute))
    assert slow.matched.sum() > 3 and slow.wrong.sum() > 3 and slow.missed.sum() > 1
    for name in ("iou", "matched", "wrong", "missed"):
        assert getattr(fast, name) == pytest.approx(getattr(slow, name))


@pytest.mark.parametrize("seed", range(3))
def test_quality_is_that_of_torchmetrics(seed: int) -> None:
    from torchmetrics.functional.detection import panoptic_quality

    truth = with_void(truth_of(seen(seed)), seed)
    said = noisy(truth, seed)
    maps = [torch.from_numpy(np.stack([each.classes.astype(np.int64), each.instances], -1))[None]
            for each in (said, truth)]
    wanted = panoptic_quality(*maps, things=set(THINGS), stuffs=set(range(11)) - set(THINGS),
                              return_sq_and_rq=True)
    found = quality(truth, said, 11).overall()
    assert [found[name] for name in ("PQ", "SQ", "RQ")] == pytest.approx(wanted.tolist(), abs=1e-5)


def test_equation_1_is_sq_times_rq_and_truth_is_perfect() -> None:
    truth = truth_of(seen(0))
    perfect = quality(truth, truth, 11)
    assert perfect.overall() == {"PQ": 1, "SQ": 1, "RQ": 1}
    found = perfect + quality(truth, noisy(truth, 9), 11)
    there = found.matched > 0
    assert found.pq[there] == pytest.approx((found.sq * found.rq)[there])
    assert found.overall(THINGS)["PQ"] != found.overall()["PQ"]


def test_half_is_no_match() -> None:
    classes = np.full((1, 30), 3, np.uint8)
    half = classes.copy()
    half[0, 15:] = 0
    found = quality(Panoptic(classes, np.zeros((1, 30), np.int32)),
                    Panoptic(half, np.zeros((1, 30), np.int32)), 11)
    assert (found.matched[3], found.missed[3], found.wrong[3], found.wrong[0]) == (0, 1, 1, 1)


def test_true_labels_centres_and_offsets_fuse_to_the_truth() -> None:
    for seed in range(3):
        truth = truth_of(seen(seed))
        labels = np.where(truth.classes == VOID, 3, truth.classes).astype(np.uint8)
        found = grouped(labels, centres(truth), offsets(truth))
        assert quality(truth, found, 11).overall()["PQ"] == 1
        near = grouped(labels, centres(truth))  # the nearest centre takes all: no better
        assert quality(truth, near, 11).overall()["PQ"] <= 1


def test_an_object_has_the_class_that_most_of_its_pixels_voted_for() -> None:
    labels = np.full((4, 10), 3, np.uint8)
    labels[:, :6], labels[:, 4:6] = THINGS[0], THINGS[1]
    found = grouped(labels, np.array([[1.5, 2.0]]))
    assert set(found.classes[:, :6].ravel()) == {THINGS[0]} and found.classes[0, 8] == 3
    assert (found.instances > 0).sum() == 24
    nobody = grouped(labels, np.zeros((0, 2)))
    assert (nobody.classes[:, :6] == VOID).all() and not nobody.instances.any()


def test_the_command_says_whose_centres_they_are(tiny_checkpoint: Path, tmp_path: Path,
                                                 cli: Callable[..., Any]) -> None:
    words = ("segmentation", "panoptic", "--count", 1, "--checkpoint")
    answer = cli(*words, tiny_checkpoint)
    assert answer.code == 0 and answer.out.startswith("a semantic model with the true centres")
    told = json.loads(cli(*words, tiny_checkpoint, "--json").out.splitlines()[-1])
    assert told["centres"] == "true" and 0 <= told["all"]["PQ"] <= 1
    card = checkpoints.read_card(tiny_checkpoint)
    path = tmp_path / "x.safetensors"
    path.write_bytes(tiny_checkpoint.read_bytes())
    checkpoints.change_card(path, replace(card, classes=tuple("abcdefghijk")))
    answer = cli(*words, path)
    assert answer.code == 2 and "does not know the eleven classes of streets" in answer.err
