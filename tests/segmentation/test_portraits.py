"""People in front of something: how much of a picture is theirs, and what may be behind them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.segmentation import PEOPLE
from vision.segmentation.portraits import (
    blurred,
    check,
    filling,
    in_front_of,
    nobody,
    person,
    share,
)


class Bright(nn.Module):
    """A net for which what is bright is a person."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(20.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        bright = self.weight * x.mean(1, keepdim=True)
        return torch.cat([-bright, bright], 1)


def model(classes: tuple[str, ...] = PEOPLE) -> Model:
    return Model(Bright().eval(), Card("segmentation", "unet", {"classes": 2}, classes,
                                       {"short_side": 64}))


def picture() -> np.ndarray:
    pixels = np.full((96, 128, 3), 20, np.uint8)
    pixels[32:80, 40:90] = 240
    return pixels


def test_a_person_is_where_the_net_says_and_the_largest_part_counts() -> None:
    found = person(model(), picture())
    assert found.shape == (96, 128) and found[50, 60] > 0.99 and found[5, 5] < 0.01
    assert share(found) == pytest.approx(48 * 50 / (96 * 128), rel=0.05)
    parts = np.zeros((10, 10), np.float32)
    parts[0, :3], parts[5:7, 2:6] = 0.9, 0.6
    parts[9] = 0.4
    assert share(parts) == 0.08 and share(np.zeros((4, 4), np.float32)) == 0


def test_who_knows_no_people_and_who_finds_none_is_told_so() -> None:
    with pytest.raises(UserError, match="'unet' does not know people"):
        check(model(("cat", "dog")))
    assert str(nobody(0.02)).startswith("No person found: the highest share was 2%")


def test_nobody_leaves_a_glow_in_what_is_behind_them() -> None:
    pixels, who = picture(), (picture()[..., 0] > 100).astype(np.float32)
    behind = blurred(pixels, who)
    assert behind.shape == pixels.shape
    assert behind[who == 0].max() <= 22  # not a trace of the bright person
    sharp = np.zeros((96, 128, 3), np.uint8)
    sharp[:, ::2] = 200
    assert blurred(sharp, np.zeros((96, 128), np.float32)).std() < 5 < sharp.std()


def test_a_half_pixel_is_half_of_each() -> None:
    who = np.full((2, 2), 0.5, np.float32)
    mixed = in_front_of(np.full((2, 2, 3), 100, np.uint8), who, np.full((2, 2, 3), 200, np.uint8))
    assert mixed.dtype == np.uint8 and (mixed == 150).all()


@pytest.mark.parametrize("size", [(60, 80), (200, 50), (16, 16)])
def test_what_fills_a_size_is_the_middle_and_is_not_stretched(size: tuple[int, int]) -> None:
    rows, columns = np.mgrid[:100, :300]
    wide = np.stack([rows, columns // 2, rows], -1).astype(np.uint8)
    found = filling(wide, size).astype(float)
    assert found.shape == (*size, 3)
    assert found[..., 1].mean() == pytest.approx(75, abs=2)
    down, right = np.diff(found[..., 0], axis=0).mean(), 2 * np.diff(found[..., 1], axis=1).mean()
    assert down == pytest.approx(right, rel=0.15)
