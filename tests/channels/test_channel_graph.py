"""Any network's channels: masked equals cut wherever cutting is allowed, and the rest says why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from vision.channels.graph import Space, spaces_of
from vision.channels.surgery import cut, lowest, masked, scores
from vision.segmentation.models import ARCHITECTURES, for_pictures

CANNOT: set[str] = set()  # architectures without any channel that a γ scales


class Toy(nn.Module):
    """Two ways that are added, joined with a third, and a gate that keeps its channels."""

    def __init__(self, after: Any = functional.relu) -> None:
        super().__init__()
        self.left, self.right = (nn.Conv2d(3, 8, 3, padding=1, bias=False) for _ in range(2))
        self.beside = nn.Conv2d(3, 5, 1)
        self.norms = nn.ModuleList(map(nn.BatchNorm2d, (8, 8, 5)))
        self.deep = nn.Conv2d(13, 13, 3, padding=1, groups=13)
        self.reader, self.grow = nn.Conv2d(13, 6, 1), nn.ConvTranspose2d(6, 4, 2, stride=2)
        self.norm, self.head, self.after = nn.BatchNorm2d(6), nn.Conv2d(4, 2, 1), after

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        left, right, beside = (norm(part(x)) for norm, part in zip(
            self.norms, (self.left, self.right, self.beside), strict=True))
        both = self.deep(torch.cat([self.after(left + right), functional.relu(beside)], 1))
        return self.head(self.grow(functional.relu(self.norm(self.reader(both)))))


def named(spaces: list[Space]) -> dict[str, Space]:
    return {space.name: space for space in spaces}


def test_what_is_added_goes_together_and_what_is_joined_lies_side_by_side() -> None:
    module = awake(Toy())
    known = named(spaces_of(module, torch.randn(1, 3, 8, 8)))
    added = known["left"]
    assert added.makers == [("left", 0), ("right", 0)] and added.size == 8
    assert added.norms == [("norms.0", 0), ("norms.1", 0)] and added.depthwise == [("deep", 0)]
    assert added.readers == known["left"].readers == [("reader", 0)]
    assert known["beside"].readers == [("reader", 8)] and known["beside"].depthwise == [("deep", 8)]
    assert known["reader"].readers == [("grow", 0)] and not known["reader"].refusal
    assert known["grow"].refusal == "no batch normalisation scales them"
    assert "network's answer" in known["head"].refusal and "picture" in known["input"].refusal
    assert not hasattr(module.left, "same") and "right" not in known


def test_each_channel_goes_with_all_that_belongs_to_it() -> None:
    module, pictures = awake(Toy()), torch.randn(2, 3, 8, 8)
    spaces = spaces_of(module, pictures)
    masks = {name: np.ones(len(part), bool) for name, part in scores(module, spaces).items()}
    masks["left"][[1, 4]], masks["beside"][0], masks["reader"][5] = False, False, False
    small = cut(module, spaces, masks)
    assert small.deep.groups == 10 and small.deep.weight.shape == (10, 1, 3, 3)
    assert small.reader.weight.shape == (5, 10, 1, 1) and small.grow.weight.shape == (5, 4, 2, 2)
    assert small.left.weight.shape == small.right.weight.shape == (6, 3, 3, 3)
    kept = [0, 2, 3, 5, 6, 7, 9, 10, 11, 12]  # of the joined 13
    assert torch.equal(small.reader.weight, module.reader.weight[:5, kept])
    assert torch.equal(small.norms[2].running_mean, module.norms[2].running_mean[1:])
    hidden = masked(module, spaces, masks)
    assert torch.allclose(said(hidden, pictures), said(small, pictures), atol=1e-5)
    assert small.grow.in_channels == 5 and small.norm.num_features == 5


@pytest.mark.parametrize(("after", "why"), [
    (torch.sigmoid, "'sigmoid' mixes"), (lambda x: x + 1, "'add' mixes"),
    (lambda x: x.flip(1), "'flip' mixes")])
def test_what_would_not_keep_zeros_or_order_is_refused(after: Any, why: str) -> None:
    module = awake(Toy(after))
    known = named(spaces_of(module, torch.randn(1, 3, 8, 8)))
    assert why in known["left"].refusal and not known["beside"].refusal
    assert "left" not in scores(module, list(known.values()))


def test_a_layer_that_is_used_twice_keeps_its_channels() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3)
            self.head = nn.Conv2d(3, 2, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(self.norm(self.conv(self.norm(self.conv(x)))))

    spaces = spaces_of(Twice(), torch.randn(1, 3, 8, 8))
    assert all(space.refusal for space in spaces)
    assert any("is used twice" in space.refusal for space in spaces)


def test_the_lowest_go_and_the_best_of_each_space_stays() -> None:
    masks = lowest({"a": np.array([0.1, 0.2]), "b": np.array([0.9, 0.3, 0.8])}, 0.6)
    assert masks["a"].tolist() == [False, True] and masks["b"].tolist() == [True, False, True]
    assert lowest({}, 0.5) == {}


def size(module: nn.Module) -> int:
    return sum(tensor.numel() for tensor in module.parameters())


def awake(module: nn.Module) -> nn.Module:
    """A network whose batch normalisations all differ."""
    torch.manual_seed(2)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(part.weight, 0.2, 1.2)
            nn.init.normal_(part.bias, 0, 0.3)
            nn.init.normal_(part.running_mean, 0, 0.2)
            nn.init.uniform_(part.running_var, 0.5, 2)
    return module.eval()


def said(module: nn.Module, pictures: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        out = module(pictures)
    return out[0] if isinstance(out, tuple) else out


@pytest.mark.parametrize("arch", for_pictures())
def test_masked_equals_cut_on_every_architecture(arch: str) -> None:
    module = awake(ARCHITECTURES.build(arch, classes=3, size="compact"))
    pictures = torch.randn(1, 3, 32, 32)
    spaces = spaces_of(module, pictures)
    masks = lowest(scores(module, spaces), 0.5)
    assert all(space.refusal for space in spaces if space.name not in masks)
    assert bool(masks) == (arch not in CANNOT)
    if not masks:
        return
    small = cut(module, spaces, masks)
    hidden = masked(module, spaces, masks)
    assert size(small) < (0.99 if arch == "segformer" else 0.95) * size(module)
    assert torch.allclose(said(hidden, pictures), said(small, pictures), atol=1e-4, rtol=1e-4)
    assert not torch.allclose(said(module, pictures), said(small, pictures), atol=1e-3)
