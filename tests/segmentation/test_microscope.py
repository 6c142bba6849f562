"""One pixel: its classes, its share of the loss, and exactly the pixels that it depends on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from vision.checkpoints import Card, Model
from vision.images import read_picture
from vision.segmentation.labels import VOID
from vision.segmentation.models import ARCHITECTURES, for_pictures
from vision.segmentation.predict import load, predict
from vision.segmentation.studies.microscope import look, pixel, radius, receptive_field


def model_of(module: nn.Module, classes: int = 2) -> Model:
    names = tuple("abcdefghijklmn"[:classes])
    return Model(module.eval(), Card("segmentation", "unet", {"classes": classes}, names,
                                     {"short_side": 64}))


def test_the_shares_of_the_loss_make_one_and_the_best_class_is_the_predicted_one(
        tiny_checkpoint: Path, tiny_picture: Path) -> None:
    model, picture = load(tiny_checkpoint), read_picture(tiny_picture)
    truth = np.random.default_rng(0).integers(0, 11, picture.shape[:2]).astype(np.uint8)
    truth[:50] = VOID
    sight = look(model, picture, truth)
    assert sight.size == picture.shape[:2] and sight.seen.shape == (64, 96, 3)
    places = [(row, column) for row in range(50, 96, 5) for column in range(0, 128, 9)]
    found = [pixel(sight, *place, 1.5) for place in places]
    said = predict(model, picture).labels
    close = [int(each.probabilities.argmax()) == said[each.row, each.column] for each in found]
    assert np.mean(close) > 0.97  # the sight is kept in float16
    assert all(each.probabilities.sum() == pytest.approx(1, abs=1e-5) for each in found)
    each = found[7]
    assert each.truth == truth[each.row, each.column] and each.share and each.times
    assert each.loss == pytest.approx(-np.log(each.probabilities[each.truth]), rel=1e-4)
    known = int((truth != VOID).sum())
    assert each.times == pytest.approx(each.share * known)
    few = np.full_like(truth, VOID)
    few[60, 10:26] = truth[60, 10:26]
    alone = look(model, picture, few)
    parts = [pixel(alone, 60, column).share or 0 for column in range(10, 26)]
    assert sum(parts) == pytest.approx(1, abs=1e-4) and each.share < max(parts)
    assert pixel(sight, 3, 3).truth is None and pixel(look(model, picture), 60, 3).loss is None


@pytest.mark.parametrize("kernel", [1, 3, 7])
def test_a_convolution_depends_on_its_window_alone(kernel: int) -> None:
    torch.manual_seed(0)
    model = model_of(nn.Conv2d(3, 2, kernel, padding=kernel // 2))
    field = receptive_field(model, np.full((64, 96, 3), 100, np.uint8), 0.5, 0.25)
    rows, columns = np.nonzero(field)
    half = kernel // 2
    assert (rows.min(), rows.max()) == (32 - half, 32 + half)
    assert (columns.min(), columns.max()) == (24 - half, 24 + half)
    assert field.sum() == pytest.approx(1) and field.shape == (64, 96)
    assert radius(field, 0.5, 0.25, 1 - 1e-6) == pytest.approx(np.hypot(half, half))


def test_the_field_is_how_much_the_score_moves() -> None:
    torch.manual_seed(1)
    model = model_of(nn.Conv2d(3, 2, 5, padding=2, bias=False))
    seen = np.random.default_rng(2).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    field = receptive_field(model, seen, 0.5, 0.5)
    x = torch.from_numpy(seen).permute(2, 0, 1)[None] / 64 - 2
    best = int(model.module(x)[0, :, 32, 32].argmax())
    kernel = model.module.weight[best].abs().sum(0)  # type: ignore[index]
    wanted = (kernel / kernel.sum()).detach().numpy()
    assert field[30:35, 30:35] == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("arch", for_pictures())
def test_every_architecture_can_be_looked_into(arch: str) -> None:
    torch.manual_seed(0)
    model = model_of(ARCHITECTURES.build(arch, classes=11), 11)
    seen = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    with torch.inference_mode():
        before = {name: value.clone() for name, value in model.module.state_dict().items()}
    field = receptive_field(model, seen, 0.99, 1.0)
    assert field.shape == (64, 64) and field.min() >= 0 and field.sum() == pytest.approx(1)
    assert all(torch.equal(value, before[name])
               for name, value in model.module.state_dict().items())
    assert all(parameter.grad is None for parameter in model.module.parameters())


def test_a_radius_holds_its_share() -> None:
    field = np.zeros((9, 9))
    field[4, 4], field[4, 7] = 0.6, 0.4
    place: Callable[[float], float] = lambda share: radius(field, 0.5, 0.5, share)  # noqa: E731
    assert (place(0.5), place(0.61), place(1.0)) == (0, 3, 3)
