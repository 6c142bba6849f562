"""The pictures: drawings for every class, CIFAR-10 from folders and zips, augmentation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from vision.data.cifar import CIFAR100
from vision.data.image_folders import augment
from vision.errors import UserError
from vision.pruning.data import (
    DRAWN,  # as it is, before there are few for these tests
    MEAN,
    available,
    classes_of,
    fitting,
    normalise,
    open_all,
    open_pictures,
    require_classes,
    squared,
)
from vision.pruning.drawings import CLASSES, SUBJECTS, draw
from vision.pruning.drawings.hard import WEATHER, camouflaged, clear, draw_hard


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


@pytest.mark.parametrize("label", [0, 9])
def test_hard_drawings_repeat_and_are_other_pictures(label: int) -> None:
    hard = [draw_hard(label, seed) for seed in range(8)]
    assert all(one.shape == (32, 32, 3) and one.dtype == np.uint8 for one in hard)
    assert np.array_equal(hard[0], draw_hard(label, 0))
    assert len({one.tobytes() for one in (*hard, draw(label, 0))}) == 9


def test_a_subject_takes_on_the_colours_around_it_but_stays_where_it_is() -> None:
    place = np.full((64, 64, 3), (40, 120, 60), np.uint8)
    alone = place.copy()
    alone[20:40, 20:40] = (230, 30, 30)
    near = [camouflaged(place, alone, np.random.default_rng(seed)) for seed in range(20)]
    apart = [np.abs(one[30, 30].astype(int) - place[0, 0]).sum() for one in near]
    assert min(apart) < 0.5 * max(apart) and max(apart) <= 330
    assert all(np.array_equal(one[0], place[0]) for one in near)


@pytest.mark.parametrize("weather", WEATHER)
def test_weather_changes_pixels_and_never_the_picture_handed_in(
        weather: Callable[..., np.ndarray]) -> None:
    canvas = np.full((64, 64, 3), 120, np.uint8)
    seen = weather(canvas, np.random.default_rng(0))
    assert (canvas == 120).all() and seen.shape == canvas.shape and seen.dtype == np.uint8
    assert (weather is clear) == bool((seen == canvas).all())


@pytest.mark.parametrize(("name", "counts"), [
    ("drawings", (2000, 500)), ("drawings-hard", (6000, 1000))])
def test_splits_of_the_drawings_are_disjoint_and_balanced(name: str, counts: tuple[int, int]
                                                          ) -> None:
    (first, count), (later, rest) = DRAWN[name]["train"], DRAWN[name]["test"]
    assert (count, rest) == counts and first + count <= later
    train, test = (open_pictures(name, split) for split in ("train", "test"))
    assert len(train) == 400 and len(test) == 100  # few of them, of the same seeds
    assert (test.labels.bincount() == 10).all()
    assert test.first(20).labels.tolist() == [*range(10)] * 2
    rows = {row.numpy().tobytes() for row in train.pixels}
    assert not any(row.numpy().tobytes() in rows for row in test.pixels)
    assert open_pictures(name, "test") is test


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


def test_a_missing_or_foreign_class_folder_is_named(cifar: Path) -> None:
    (cifar / "train" / "cat").rename(cifar / "train" / "lion")
    with pytest.raises(UserError, match="elow 'train' of the data set 'cifar10', 2 folders are "
                                        "missing or not expected: cat, lion; one folder"):
        open_pictures("cifar10", "train")


@pytest.fixture
def cifar100(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """CIFAR-100's folders with one grey picture for each class, as bright as its number."""
    for split in ("train", "test"):
        for label, name in enumerate(CIFAR100):
            folder = tmp_path / "cifar100" / split / name
            folder.mkdir(parents=True)
            cv2.imwrite(str(folder / "0.png"), np.full((32, 32, 3), label, np.uint8))
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    open_pictures.cache_clear()
    yield tmp_path / "cifar100"
    open_pictures.cache_clear()


def test_a_hundred_classes_are_read_and_stay_apart_from_ten(cifar100: Path) -> None:
    pictures = open_pictures("cifar100", "test")
    assert pictures.classes == classes_of("cifar100") == CIFAR100 and len(CIFAR100) == 100
    assert torch.equal(pictures.pixels[:, 0, 0, 0].long(), pictures.labels)
    assert "cifar100" in available() and fitting(CIFAR100) == ["cifar100"]
    assert fitting(CLASSES) == ["cifar10", "drawings", "drawings-hard"] and fitting("ab") == []
    with pytest.raises(UserError, match="cifar100, drawings have different classes"):
        open_all(("cifar100", "drawings"), "test")
    with pytest.raises(UserError, match=r"knows 100 classes \(apple, .*worm\), and the data has 10;"
                                        ".*own classes is accepted: cifar100"):
        require_classes(CIFAR100, CLASSES)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UserError, match=r"no data set called 'cifar'.*'cifar10'"):
        open_pictures("cifar", "train")
    with pytest.raises(UserError, match="known are train, test"):
        open_pictures("drawings", "val")


@pytest.mark.data("cifar100")
def test_the_real_cifar100_is_whole() -> None:
    test = open_pictures("cifar100", "test")
    assert len(test) == 10_000 and (test.labels.bincount() == 100).all()


@pytest.mark.data("cifar10")
def test_the_real_cifar_is_whole() -> None:
    test = open_pictures("cifar10", "test")
    assert len(test) == 10_000 and (test.labels.bincount() == 1000).all()
    means = test.pixels.float().mean((0, 2, 3)) / 255
    assert means.tolist() == pytest.approx(MEAN, abs=0.01)
