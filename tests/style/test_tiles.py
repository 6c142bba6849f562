"""A large picture in tiles: the losses and the slope are those of the picture seen at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sights import CONTENT, STYLE, TINY, extractor, picture

from vision.style import scene
from vision.style.objectives import tiled, tiles
from vision.style.objectives.style_targets import tiled_grams
from vision.style.objectives.tiled import TiledObjective
from vision.style.objectives.whole import Objective
from vision.style.scene import Region, Scene
from vision.style.transfer import transfer

SIDE = 288
WEIGHTS = torch.tensor([[1.0], [64_000.0], [10.0]])


@pytest.fixture
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a picture of 192×288 be six tiles, with the edge of large ones."""
    monkeypatch.setattr(tiles, "LARGE", 20_000)
    monkeypatch.setattr(scene, "LARGE", 20_000)
    monkeypatch.setattr(tiles, "CORE", 112)


def halves() -> list[Region]:
    left = np.zeros(CONTENT.shape[:2], np.uint8)
    left[:, : left.shape[1] // 2] = 255
    return [Region((STYLE,), left), Region((255 - STYLE,), 255 - left)]


@pytest.mark.parametrize("others", [[], halves()], ids=["whole", "regions"])
def test_tiles_add_up_to_the_whole(small_tiles: None, monkeypatch: pytest.MonkeyPatch,
                                   others: list[Region]) -> None:
    made = Scene.of(CONTENT, [STYLE], replace(TINY, sides=(SIDE,)), None, others)
    vgg = made.vgg(extractor(), torch.device("cpu"))
    tiled = made.objective(vgg, SIDE)
    monkeypatch.setattr(scene, "LARGE", 10**9)
    monkeypatch.setattr(tiles, "LARGE", 10**9)
    whole = made.objective(vgg, SIDE)
    assert isinstance(tiled, TiledObjective) and type(whole) is Objective
    assert len(tiled.tiles) == 6
    x = made.canvas(picture(7), made.size(SIDE))
    (losses, slope), (wanted, right) = (one.slope(x, WEIGHTS) for one in (tiled, whole))
    torch.testing.assert_close(losses, wanted, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(tiled.losses(x), losses)
    assert float((slope - right).norm() / right.norm()) < 1e-3
    seams = (slope - right)[..., 104:120, :].norm() / right[..., 104:120, :].norm()
    assert float(seams) < 1e-3


def test_cores_cover_a_picture_once() -> None:
    for height, width in ((1608, 2416), (1200, 1000), (2416, 620)):
        seen = torch.zeros(1, 1, height, width)
        for tile in tiles.cut_tiles(height, width):
            tile.core(tile.of(seen), 1).add_(1)
            assert max(tile.of(seen).shape[2:]) <= tiles.CORE + 2 * tiles.EDGE + tiles.STEP
        assert (seen == 1).all()
    assert len(tiles.cut_tiles(600, 900)) == 1


def test_a_large_style_has_the_same_matrices(small_tiles: None,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    vgg = Scene.of(CONTENT, [STYLE], TINY).vgg(extractor(), torch.device("cpu"))
    x = torch.randn(1, 3, 208, 320).cumsum(3) / 8
    tiled = tiled_grams(vgg, x, TINY.style_layers)
    monkeypatch.setattr(tiles, "LARGE", 10**9)
    for layer, matrix in tiled_grams(vgg, x, TINY.style_layers).items():
        assert float((tiled[layer] - matrix).norm() / matrix.norm()) < 2e-3


def test_a_painting_goes_on_in_tiles(small_tiles: None) -> None:
    settings = replace(TINY, sides=(96, SIDE), steps=(3, 4), decay_every=(100, 100))
    *_, last = transfer(extractor(), CONTENT, [STYLE], settings)
    assert last.picture.shape == (192, 288, 3) and last.step == 7
    assert last.curves[-1].sum() < last.curves[3].sum()
    assert tiled.cut_tiles is tiles.cut_tiles
