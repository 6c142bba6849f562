"""Prediction: sizes, value ranges, hostile cards, and evaluation over a set."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.segmentation.crf import refine
from vision.segmentation.data import CLASSES, open_samples
from vision.segmentation.evaluate import evaluate, measure
from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.predict import (
    Segmentation,
    load,
    predict,
    probabilities,
    scores,
    to_tensor,
)


class ByBrightness(nn.Module):
    """Says class 1 where the red channel is bright, else class 0."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([-x[:, :1], x[:, :1]], 1) * self.scale


@pytest.fixture
def by_brightness() -> Model:
    return Model(ByBrightness(), Card("segmentation", "x", {}, ("dark", "bright"),
                                      {"short_side": 64}))


@pytest.mark.parametrize("size", [(16, 16), (64, 96), (97, 33), (500, 333), (1700, 1900)])
def test_every_size_gets_a_label_for_every_pixel(by_brightness: Model, size: tuple[int, int]
                                                 ) -> None:
    picture = np.zeros((*size, 3), np.uint8)
    picture[:, size[1] // 2 :] = 255
    result = predict(by_brightness, picture)
    assert result.labels.shape == size and result.labels.dtype == np.uint8
    edge = max(3, size[1] // 32)
    assert (result.labels[:, : size[1] // 2 - edge] == 0).all()
    assert (result.labels[:, size[1] // 2 + edge :] == 1).all()
    assert sum(result.shares.values()) == pytest.approx(1) and result.seconds > 0
    assert result.as_json()["width"] == size[1]


class FromTheLeft(nn.Module):
    """Says the red channel, more so to the right: it sees a mirrored picture otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        red = x[:, :1] * torch.linspace(0, 1, x.shape[-1]) * self.scale
        return torch.cat([-red, red], 1)


def test_several_looks_are_averaged_and_those_in_the_mirror_turned_back() -> None:
    card = Card("segmentation", "x", {}, ("dark", "bright"), {"short_side": 64})
    picture = np.random.default_rng(0).integers(0, 256, (80, 120, 3), np.uint8)
    module = FromTheLeft()

    def seen(pixels: np.ndarray, short: int) -> torch.Tensor:
        once = Model(module, dataclasses.replace(card, preprocess={"short_side": short}))
        return functional.interpolate(scores(once, pixels), (96, 128), mode="bilinear")

    several = dataclasses.replace(card, preprocess={"short_side": 64, "sizes": [64, 96],
                                                    "mirrored": True})
    with torch.inference_mode():
        said = scores(Model(module, several), picture)
        right = sum(seen(picture, short) + seen(picture[:, ::-1].copy(), short).flip(-1)
                    for short in (64, 96)) / 4
        once = scores(Model(module, dataclasses.replace(
            card, preprocess={"short_side": 64, "sizes": [96]})), picture)
        assert torch.equal(once, seen(picture, 96))
    assert said.shape == (1, 2, 96, 128) and torch.allclose(said, right, atol=0.02)
    assert not torch.allclose(said, seen(picture, 96), atol=0.5)


def test_pictures_become_tensors_around_zero() -> None:
    tensor = to_tensor(np.array([[[0, 128, 255]]], np.uint8))
    assert tensor.shape == (1, 3, 1, 1)
    assert np.allclose(tensor.flatten().numpy(), [-2, 0, 255 / 64 - 2])
    assert to_tensor(np.zeros((5, 8, 9, 3), np.uint8)).shape == (5, 3, 8, 9)


def test_a_result_checks_itself() -> None:
    picture = np.zeros((4, 5, 3), np.uint8)
    with pytest.raises(ValueError, match="labels"):
        Segmentation(picture, np.zeros((5, 4), np.uint8), ("a",), 0.0)
    with pytest.raises(ValueError, match="id 1"):
        Segmentation(picture, np.ones((4, 5), np.uint8), ("a",), 0.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Segmentation(picture, np.zeros((4, 5), np.uint8), ("a",), 0.0).seconds = 1.0


@pytest.mark.parametrize("changes", [
    {"preprocess": {}}, {"preprocess": {"short_side": "x"}}, {"preprocess": {"short_side": 0}},
    {"preprocess": {"short_side": 10**9}}, {"preprocess": {"short_side": float("inf")}},
    {"preprocess": {"short_side": 64, "sizes": [64] * 5}},
    {"preprocess": {"short_side": 64, "sizes": [10**9]}},
    {"preprocess": {"short_side": 64, "sizes": "96"}},
    {"classes": CLASSES[:5]}, {"classes": ()}, {"classes": (*CLASSES, "More")},
    {"config": {"classes": 11, "size": "enormous"}}, {"config": {"classes": 11, "size": "paper"}},
    {"config": {"classes": 12, "size": "compact"}}, {"config": {"classes": "11"}},
    {"arch": "vnet"}, {"system": "style"},
])
def test_a_hostile_card_is_refused_by_name(tmp_path: Path, changes: dict[str, Any]) -> None:
    config = {"classes": 11, "size": "compact"}
    good = Card("segmentation", "unet", config, CLASSES, {"short_side": 64})
    module = ARCHITECTURES.build("unet", **config)
    path = checkpoints.save(tmp_path / "hostile.safetensors", module,
                            dataclasses.replace(good, **changes))
    with pytest.raises(UserError, match=r"hostile\.safetensors"):
        load(path)


def test_loading_gives_a_model_for_inference(tiny_checkpoint: Path) -> None:
    model = load(tiny_checkpoint)
    picture = np.random.default_rng(0).integers(0, 256, (70, 90, 3)).astype(np.uint8)
    first, again = predict(model, picture), predict(model, picture)
    assert (first.labels == again.labels).all() and first.classes == CLASSES


def test_measuring_a_set_counts_every_labelled_pixel(
        tiny_checkpoint: Path, with_tiny_data: Path, by_brightness: Model) -> None:
    scores = evaluate(tiny_checkpoint, "camvid", "val").whole_set
    samples = open_samples("camvid", "val")
    labelled = sum(int((samples[i][1] != 255).sum()) for i in range(2))
    assert scores.matrix.sum() == labelled and 0 <= scores.pixel_accuracy <= 1

    class Halves:
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            truth = np.zeros((64, 64), np.uint8)
            truth[:, 32:] = 1
            return (truth[..., None] * 255).repeat(3, 2), truth

    assert measure(by_brightness, Halves()).mean_iou == 1


def test_probabilities_can_be_refined_by_the_crf(tiny_checkpoint: Path) -> None:
    model = load(tiny_checkpoint)
    picture = np.random.default_rng(2).integers(0, 256, (64, 96, 3)).astype(np.uint8)
    found = probabilities(model, picture, (64, 96))
    assert found.shape == (11, 64, 96) and np.allclose(found.sum(0), 1, atol=1e-4)
    assert (found.argmax(0) == predict(model, picture).labels).all()
    assert refine(found, picture).shape == found.shape
