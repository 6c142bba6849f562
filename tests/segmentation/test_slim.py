"""A segmentation network cut by its scales: a normal checkpoint, trained on and cut again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from vision import checkpoints
from vision.channels.graph import spaces_of
from vision.channels.narrow import narrowed
from vision.channels.surgery import cut, lowest, scores
from vision.checkpoints import Card
from vision.errors import UserError
from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.predict import load, predict
from vision.segmentation.slim import Config, slimmed
from vision.segmentation.train import Config as Training
from vision.segmentation.train import begin, module_config

CLASSES = ("a", "b", "c")


def saved(path: Path, arch: str, module: nn.Module, **config: Any) -> Path:
    return checkpoints.save(path, module, Card(
        "segmentation", arch, {"classes": 3, "size": "compact", **config}, CLASSES,
        {"short_side": 64}, command="made up"))


@pytest.fixture
def unet(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    module = ARCHITECTURES.build("unet", classes=3, size="compact")
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(part.weight, 0.1, 1)
    return saved(tmp_path / "unet.safetensors", "unet", module)


def test_a_cut_network_is_a_checkpoint_like_others(unet: Path, tmp_path: Path,
                                                   cli: Callable[..., Any],
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.segmentation.slim.TIMED", (32, 32))
    output = tmp_path / "slim.safetensors"
    answer = cli("segmentation", "slim", "--checkpoint", unet, "--ratio", 0.4, "--output", output,
                 "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out.splitlines()[-1])
    whole, small = load(unet), load(output)
    spaces = spaces_of(whole.module, torch.zeros(1, 3, 64, 64))
    wanted = cut(whole.module, spaces, lowest(scores(whole.module, spaces), 0.4))
    state = small.module.state_dict()
    assert all(torch.allclose(tensor, state[name], atol=1e-3)
               for name, tensor in wanted.state_dict().items())
    assert found["cut"] == int(0.4 * found["channels"]) and found["mean_iou"] is None
    assert found["parameters"] == [sum(part.numel() for part in model.module.parameters())
                                   for model in (whole, small)]
    assert found["refused"]["head"] == "they are the network's answer"
    assert small.card.metrics["made_from"] == ["made up"] and "--ratio 0.4" in small.card.command
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    assert predict(small, picture).labels.shape == (64, 64)


def test_a_cut_network_is_trained_on_in_its_shape_and_cut_again(unet: Path, tmp_path: Path
                                                                ) -> None:
    small, masks, _ = slimmed(load(unet), Config(unet, 0.5))
    path = checkpoints.save(tmp_path / "small.safetensors", small.module, small.card)
    config = Training(arch="unet", start=path)
    samples: Any = SimpleNamespace(classes=CLASSES)
    going_on = begin(config, samples)
    for name, tensor in load(path).module.state_dict().items():
        assert torch.equal(going_on.state_dict()[name], tensor), name
    assert module_config(config, samples)["slim"] == small.card.config["slim"]
    assert "slim" not in module_config(replace(config, start=unet), samples)
    again, others, _ = slimmed(load(path), Config(path, 0.5))
    assert sum(map(len, others.values())) == sum(int(mask.sum()) for mask in masks.values())
    twice = load(checkpoints.save(tmp_path / "twice.safetensors", again.module, again.card))
    assert twice.card.metrics["made_from"][0] == "made up" and len(
        twice.card.metrics["made_from"]) == 2


def test_what_cannot_be_cut_gets_a_sentence(tmp_path: Path) -> None:
    volumes = saved(tmp_path / "v.safetensors", "vnet", ARCHITECTURES.build("vnet", classes=3))
    with pytest.raises(UserError, match="'vnet' is made for volumes"):
        slimmed(load(volumes), Config(volumes))
    plain = saved(tmp_path / "p.safetensors", "unet", ARCHITECTURES.build("unet", classes=3))
    model = load(plain)
    for name, part in [*model.module.named_modules()]:
        if isinstance(part, nn.BatchNorm2d):
            parent, _, last = name.rpartition(".")
            setattr(model.module.get_submodule(parent), last, nn.Identity())
    with pytest.raises(UserError, match="'unet' has no channels with a scale γ that may go"):
        slimmed(model, Config(plain))


@pytest.mark.parametrize("slim", [
    {"head": [0, 3]}, {"head": [9999, 3]}, {"nothing": [1, 1]}, {"head": ["a", 3]}, {"head": [1]}])
def test_a_foreign_file_cannot_ask_for_odd_widths(slim: Any, tmp_path: Path) -> None:
    module = ARCHITECTURES.build("unet", classes=3, size="compact")
    path = saved(tmp_path / "x.safetensors", "unet", module, slim=slim)
    with pytest.raises(UserError, match="its settings build no model"):
        load(path)
    with pytest.raises((ValueError, KeyError)):
        narrowed(module, slim)
