"""Data sets with a folder for each class, as one tensor."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from vision.data.image_folders import GREY, LabelledPictures, augment, cut_out, open_labelled
from vision.errors import UserError


@pytest.fixture
def cifar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind, value in (("cat", 40), ("airplane", 200)):
        folder = tmp_path / "cifar10" / "train" / kind
        folder.mkdir(parents=True)
        for number in range(2):
            cv2.imwrite(str(folder / f"{number}.png"), np.full((32, 32, 3), value, np.uint8))
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    return tmp_path / "cifar10" / "train"


def test_classes_are_the_folders_in_alphabetical_order(cifar: Path) -> None:
    data = open_labelled("cifar10", "train")
    assert data.classes == ("airplane", "cat")
    assert data.labels.tolist() == [0, 0, 1, 1]
    assert data.pixels[:, 0, 0, 0].tolist() == [200, 200, 40, 40]


@pytest.mark.parametrize(("name", "split", "said"), [
    ("cifar11", "train", "cifar11"), ("cifar10", "val", "val"), ("cifar10", "test", "no pictures")])
def test_what_is_not_there_is_named(cifar: Path, name: str, split: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        open_labelled(name, split)


def test_a_picture_of_another_size_is_refused(cifar: Path) -> None:
    cv2.imwrite(str(cifar / "cat" / "0.png"), np.zeros((31, 32, 3), np.uint8))
    with pytest.raises(UserError, match="32×32"):
        open_labelled("cifar10", "train")


def test_labels_must_fit_the_pictures() -> None:
    with pytest.raises(ValueError, match="2 labels"):
        LabelledPictures(torch.zeros(3, 3, 8, 8, dtype=torch.uint8), torch.zeros(2), ("a",))
    for shape in ((2, 2, 8, 8), (2, 3, 8, 7), (2, 8, 8)):
        with pytest.raises(ValueError, match="pixels"):
            LabelledPictures(torch.zeros(shape, dtype=torch.uint8), torch.zeros(2), ("a",))
    with pytest.raises(ValueError, match="outside the 1 classes"):
        LabelledPictures(torch.zeros(2, 1, 8, 8, dtype=torch.uint8), torch.tensor([0, 1]), ("a",))


@pytest.mark.parametrize("side", [8, 12])
def test_augmented_pictures_are_shifted_and_mirrored_pixel_by_pixel(side: int) -> None:
    pixels = torch.arange(6 * 3 * side * side).reshape(6, 3, side, side) + 1
    got = augment(pixels, np.random.default_rng(3), edge=2)
    random = np.random.default_rng(3)
    down, right = random.integers(0, 5, (2, 6, 1))
    mirrored = random.integers(0, 2, (6, 1))
    for n in range(6):
        for i in range(side):
            for j in range(side):
                column = side - 1 - j if mirrored[n] else j
                row, column = int(down[n, 0]) + i - 2, int(right[n, 0]) + column - 2
                inside = 0 <= row < side and 0 <= column < side
                expected = pixels[n, :, row, column] if inside else torch.zeros(3)
                assert torch.equal(got[n, :, i, j], expected.to(got.dtype))


@pytest.mark.parametrize("side", [1, 4, 5])
def test_a_square_is_cut_out_around_a_random_place(side: int) -> None:
    pixels = torch.full((40, 3, 9, 9), 7, dtype=torch.uint8)
    got = cut_out(pixels, np.random.default_rng(1), side)
    centres = np.random.default_rng(1).integers(0, 9, (2, 40, 1))[..., 0]
    for n in range(40):
        top, left = (int(place) - side // 2 for place in centres[:, n])
        for i in range(9):
            for j in range(9):
                hidden = top <= i < top + side and left <= j < left + side
                assert got[n, :, i, j].tolist() == [GREY if hidden else 7] * 3
    assert cut_out(pixels, np.random.default_rng(1), 0) is pixels
