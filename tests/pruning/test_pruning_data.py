"""The pictures: drawings for every class, CIFAR-10 from folders and zips, augmentation."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from vision.errors import UserError
from vision.image_folders import augment
from vision.pruning.data import (
    DRAWN,  # as it is, before there are few for these tests
    MEAN,
    available,
    normalise,
    open_all,
    open_pictures,
    squared,
)
from vision.pruning.drawings import CLASSES, SUBJECTS, draw


@pytest.mark.parametrize("label", range(len(CLASSES)))
def test_drawings_repeat_by_seed_and_differ_between_seeds(label: int) -> None:
    one, again, other = draw(label, 1), draw(label, 1), draw(label, 2)
    assert one.shape == (32, 32, 3) and one.dtype == np.uint8
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    assert one.std() > 15  # something is there
    assert draw(label, 1, 96).shape == (96, 96, 3)


def test_every_class_is_drawn_and_looks_unlike_the_others() -> None:
    assert set(SUBJECTS) == set(CLASSES)
    means = np.stack([np.mean([draw(label, seed) for seed in range(20)], 0)
                      for label in range(10)])
    for i in range(10):
        for j in range(i):
            assert np.abs(means[i] - means[j]).mean() > 4, (CLASSES[i], CLASSES[j])


def test_splits_of_the_drawings_are_disjoint_and_balanced() -> None:
    (first, count), (later, rest) = DRAWN["train"], DRAWN["test"]
    assert count == 2000 and rest == 500 and first + count <= later
    train, test = (open_pictures("drawings", split) for split in ("train", "test"))
    assert len(train) == 400 and len(test) == 100  # few of them, of the same seeds
    assert (test.labels.bincount() == 10).all()
    assert test.first(20).labels.tolist() == [*range(10)] * 2
    rows = {row.numpy().tobytes() for row in train.pixels}
    assert not any(row.numpy().tobytes() in rows for row in test.pixels)
    assert open_pictures("drawings", "test") is test


def test_augmentation_moves_mirrors_and_repeats() -> None:
    pixels = torch.arange(1, 33, dtype=torch.uint8).expand(200, 3, 32, 32)
    moved = augment(pixels, np.random.default_rng(0))
    assert moved.shape == pixels.shape and moved.dtype == torch.uint8
    assert torch.equal(moved, augment(pixels, np.random.default_rng(0)))
    middle = moved[:, 0, 16].int()  # (200, 32)
    steps = middle[:, 17] - middle[:, 16]
    assert 60 < int((steps < 0).sum()) < 140  # about half of them mirrored
    shifts = {int(row[16]) - 17 for row, step in zip(middle, steps, strict=True) if step > 0}
    assert shifts == set(range(-4, 5))


def test_black_and_white_are_where_they_should_be() -> None:
    x = normalise(torch.full((1, 3, 32, 32), 255, dtype=torch.uint8))
    assert x[0, :, 0, 0].tolist() == pytest.approx([(1 - m) / d for m, d in zip(
        MEAN, (0.2023, 0.1994, 0.2010), strict=True)], rel=1e-5)


def test_pictures_of_any_shape_become_small_squares() -> None:
    wide = np.zeros((60, 200, 3), np.uint8)
    wide[:, 70:130] = 255
    assert squared(wide).shape == (32, 32, 3) and squared(wide).min() == 255
    assert squared(np.zeros((17, 16, 3), np.uint8)).shape == (32, 32, 3)


@pytest.fixture
def cifar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """CIFAR-10's folders with two drawings for each class and split."""
    for split in ("train", "test"):
        for label, name in enumerate(CLASSES):
            folder = tmp_path / "cifar10" / split / name
            folder.mkdir(parents=True)
            for number in range(2):
                cv2.imwrite(str(folder / f"{number:04}.png"), draw(label, number)[..., ::-1])
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    open_pictures.cache_clear()
    yield tmp_path / "cifar10"
    open_pictures.cache_clear()


def test_cifar_is_read_from_its_folders(cifar: Path) -> None:
    pictures = open_pictures("cifar10", "train")
    assert pictures.labels.tolist() == [*range(10)] * 2 and "cifar10" in available()
    assert np.array_equal(pictures.pixels[13].permute(1, 2, 0).numpy(), draw(3, 1))


def test_two_data_sets_become_one(cifar: Path) -> None:
    both = open_all(("cifar10", "drawings"), "train", limit=15)
    parts = [open_pictures(name, "train").first(15) for name in ("cifar10", "drawings")]
    assert torch.equal(both.pixels, torch.cat([part.pixels for part in parts]))
    assert both.labels.tolist() == [*range(10), *range(5)] * 2


def test_damaged_or_missing_pictures_are_named(cifar: Path) -> None:
    (cifar / "train" / "cat" / "0000.png").write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"train/cat/0000\.png' of the data set is no picture"):
        open_pictures("cifar10", "train")
    for file in (cifar / "test").rglob("*.png"):
        file.unlink()
    with pytest.raises(UserError, match="'cifar10' has no pictures below 'test'"):
        open_pictures("cifar10", "test")


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UserError, match=r"no data set called 'cifar'.*'cifar10'"):
        open_pictures("cifar", "train")
    with pytest.raises(UserError, match="known are train, test"):
        open_pictures("drawings", "val")


@pytest.mark.data("cifar10")
def test_the_real_cifar_is_whole() -> None:
    test = open_pictures("cifar10", "test")
    assert len(test) == 10_000 and (test.labels.bincount() == 1000).all()
    means = test.pixels.float().mean((0, 2, 3)) / 255
    assert means.tolist() == pytest.approx(MEAN, abs=0.01)
