"""Several regions in one painting, each in a style of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sights import CONTENT, STYLE, TINY, extractor, picture

from vision.errors import UserError
from vision.style.scene import Region, Scene
from vision.style.transfer import transfer

SETTINGS = replace(TINY, sides=(96,), steps=(12,), learning_rate=0.2, tv_weight=0.0,
                   content_weight=0.0)


def columns(first: int, last: int) -> np.ndarray:
    mask = np.zeros(CONTENT.shape[:2], np.uint8)
    mask[:, first:last] = 255
    return mask


def objective(**regions: object) -> torch.Tensor:
    """Return the losses of a fixed picture."""
    scene = Scene.of(CONTENT, [STYLE], SETTINGS, **regions)
    made = scene.objective(scene.vgg(extractor(), torch.device("cpu")), 96)
    return made.losses(scene.canvas(picture(5), scene.size(96)))


def test_each_region_takes_the_style_of_its_own_and_the_rest_stays() -> None:
    black, white = np.zeros((64, 64, 3), np.uint8), np.full((64, 64, 3), 255, np.uint8)
    others = [Region((black,), columns(0, 30)), Region((white,), columns(66, 96))]
    *_, last = transfer(extractor(), CONTENT, [STYLE], SETTINGS, others=others)
    change = (last.picture.astype(float) - CONTENT).mean((0, 2))
    assert change[:26].mean() < -3 and change[70:].mean() > 3
    assert np.abs(change[34:62]).max() < 1


def test_a_region_that_is_everything_is_the_whole_picture() -> None:
    whole = objective()
    torch.testing.assert_close(objective(mask=columns(0, 96)), whole, rtol=1e-3, atol=1e-6)
    torch.testing.assert_close(
        objective(others=[Region((STYLE,), columns(0, 96))]), whole, rtol=1e-3, atol=1e-6)


def test_regions_count_by_the_area_that_they_paint() -> None:
    left, right = columns(0, 24), columns(24, 96)
    one, other = (objective(others=[Region((STYLE,), mask)])[1] for mask in (left, right))
    both = objective(mask=left, others=[Region((STYLE,), right)])[1]
    scene = Scene.of(CONTENT, [STYLE], SETTINGS, left, [Region((STYLE,), right)])
    shares = [float(part.share) for part in scene.objective(
        scene.vgg(extractor(), torch.device("cpu")), 96).parts]
    assert sum(shares) == pytest.approx(1) and shares[0] == pytest.approx(0.25, abs=0.05)
    torch.testing.assert_close(both, shares[0] * one + shares[1] * other, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("mask, said", [(np.ones((9, 9)), "region is 9×9"),
                                        (np.zeros((64, 96)), "region is empty")])
def test_a_region_that_does_not_fit_is_told(mask: np.ndarray, said: str) -> None:
    with pytest.raises(UserError, match=said):
        transfer(extractor(), CONTENT, [STYLE], others=[Region((STYLE,), mask)])
