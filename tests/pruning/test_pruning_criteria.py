"""Each criterion against its formula, on a layer small enough to compute it by hand."""

from __future__ import annotations

import zlib

import pytest
import torch
from torch import nn

from vision.pruning.criteria import CRITERIA, Parts
from vision.pruning.models.parts import Conv, Group, Select


@pytest.fixture
def parts() -> Parts:
    """Two inputs, three channels, four outputs."""
    torch.manual_seed(0)
    norm = nn.BatchNorm2d(3)
    norm.weight.data = torch.tensor([-2.0, 0.5, 1.0])
    return Parts("conv 1", Conv(2, 3, 3, 32), norm, Conv(3, 4, 3, 32))


def norms(weight: torch.Tensor, channel_axis: int, order: int) -> list[float]:
    """The norm of each channel's weights, one number after the other."""
    return [sum(abs(float(w)) ** order for w in weight.select(channel_axis, c).flatten())
            ** (1 / order) for c in range(weight.shape[channel_axis])]


def test_gamma_is_the_size_of_the_scale(parts: Parts) -> None:
    assert CRITERIA["gamma"](parts).tolist() == [2.0, 0.5, 1.0]


def test_by_layer_is_the_rank_in_the_layer(parts: Parts) -> None:
    """Ranks are the middles of thirds; equal scales keep their order."""
    assert CRITERIA["gamma-by-layer"](parts).tolist() == pytest.approx([5 / 6, 1 / 6, 3 / 6])
    parts.norm.weight.data.fill_(0.3)
    assert CRITERIA["gamma-by-layer"](parts).tolist() == pytest.approx([1 / 6, 3 / 6, 5 / 6])


def test_l1_is_that_of_the_filter_over_its_layers_mean(parts: Parts) -> None:
    wanted = torch.tensor(norms(parts.source.weight.detach(), 0, 1))
    assert torch.allclose(CRITERIA["l1"](parts), wanted / wanted.mean())
    parts.source.weight.data.mul_(1e-3)  # long filters and short ones are comparable
    assert torch.allclose(CRITERIA["l1"](parts), wanted / wanted.mean())
    parts.source.weight.data.zero_()
    assert CRITERIA["l1"](parts).tolist() == [0, 0, 0]


def test_selected_channels_have_the_weights_that_read_them(parts: Parts) -> None:
    chosen = Parts(parts.name, Select(5, 3), parts.norm, parts.consumer)
    wanted = torch.tensor(norms(parts.consumer.weight.detach(), 1, 1))
    assert torch.allclose(CRITERIA["l1"](chosen), wanted / wanted.mean())


@pytest.mark.parametrize("reader", ["convolution", "linear"])
def test_gamma_read_is_how_far_a_channel_reaches(parts: Parts, reader: str) -> None:
    consumer = parts.consumer if reader == "convolution" else nn.Linear(3, 6)
    part = Parts(parts.name, parts.source, parts.norm, consumer)
    wanted = torch.tensor([2.0, 0.5, 1.0]) * torch.tensor(norms(consumer.weight.detach(), 1, 2))
    assert torch.allclose(CRITERIA["gamma-read"](part), wanted)


def test_random_scores_repeat_for_a_layer_and_differ_between_layers(parts: Parts) -> None:
    generator = torch.Generator().manual_seed(zlib.crc32(b"conv 1"))
    once = CRITERIA["random"](parts)
    assert torch.equal(once, torch.rand(3, generator=generator))
    other = Parts("conv 2", parts.source, parts.norm, parts.consumer)
    assert not torch.equal(once, CRITERIA["random"](other))


def test_parts_are_the_modules_that_a_group_names() -> None:
    module = nn.ModuleDict({"a": Conv(2, 3, 1, 32), "b": nn.BatchNorm2d(3), "c": nn.Linear(3, 2)})
    found = Parts.of(module, Group("layer", "a", "b", "c"))  # type: ignore[arg-type]
    assert found == Parts("layer", module["a"], module["b"], module["c"])
