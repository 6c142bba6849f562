"""Each criterion against its formula, on a layer small enough to compute it by hand."""

from __future__ import annotations

import copy
import zlib

import numpy as np
import pytest
import torch
from networks import perturbed
from torch import nn

from vision.data.image_folders import LabelledPictures
from vision.errors import UserError
from vision.pruning.criteria import CRITERIA, Parts, pulls
from vision.pruning.data import normalise, open_pictures
from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import Conv, Group, Network, Select
from vision.pruning.plan import SEEN, score


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


def test_fpgm_is_the_distance_to_all_other_filters(parts: Parts) -> None:
    weight = parts.source.weight.detach()
    apart = torch.tensor([sum(float(((weight[i] - weight[j]) ** 2).sum()) ** 0.5
                              for j in range(3)) for i in range(3)])
    assert torch.allclose(CRITERIA["fpgm"](parts), apart / apart.mean(), atol=1e-5)
    weight[2] = (weight[0] + weight[1]) / 2 * 1.001  # long, but the others can stand in for it
    assert int(CRITERIA["fpgm"](parts).argmin()) == 2
    weight.fill_(0.3)
    assert CRITERIA["fpgm"](parts).tolist() == [0, 0, 0]


def test_selected_channels_are_apart_by_the_weights_that_read_them(parts: Parts) -> None:
    chosen = Parts(parts.name, Select(5, 3), parts.norm, parts.consumer)
    taps = parts.consumer.weight.detach()
    apart = torch.tensor([sum(float(((taps[:, i] - taps[:, j]) ** 2).sum()) ** 0.5
                              for j in range(3)) for i in range(3)])
    assert torch.allclose(CRITERIA["fpgm"](chosen), apart / apart.mean(), atol=1e-5)


@pytest.mark.parametrize("arch", ["vgg16", "densenet40"])
def test_taylor_is_the_slope_that_small_steps_measure(arch: str) -> None:
    """Multiply one channel behind its batch normalisation by 1 ± h, and see what the loss does."""
    module = copy.deepcopy(perturbed(arch, "compact")).double()
    pixels = torch.randint(0, 256, (6, 3, 32, 32), dtype=torch.uint8,
                           generator=torch.Generator().manual_seed(1))
    seen = LabelledPictures(pixels, torch.arange(6), tuple("abcdef"))
    found = score(module, "taylor", seen)
    batches = pulls(module, seen, batch=4)  # two batches, of 4 and of 2
    for group in (module.groups[0], module.groups[5], module.groups[-1]):
        for channel in (0, 3):
            slope = slope_by_steps(module, group.norm, channel, seen)
            assert found[group.name][channel] == pytest.approx(slope**2, rel=1e-3, abs=1e-12)
            parts = [LabelledPictures(seen.pixels[part], seen.labels[part], seen.classes)
                     for part in (slice(0, 4), slice(4, 6))]
            wanted = sum(slope_by_steps(module, group.norm, channel, part) ** 2 * len(part) / 6
                         for part in parts)
            assert float(batches[group.name][channel]) == pytest.approx(wanted, rel=1e-3, abs=1e-12)
    assert not module.training and all(p.grad is None for p in module.parameters())


def slope_by_steps(module: Network, norm: str, channel: int, seen: LabelledPictures) -> float:
    def loss(factor: float) -> float:
        def scale(_part: nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
            factors = torch.ones(output.shape[1], dtype=output.dtype)
            factors[channel] = factor
            return output * factors[:, None, None]

        hook = module.get_submodule(norm).register_forward_hook(scale)
        with torch.inference_mode():
            said = module(normalise(seen.pixels).double())
        hook.remove()
        return float(nn.functional.cross_entropy(said, seen.labels))

    return (loss(1 + 1e-5) - loss(1 - 1e-5)) / 2e-5


def test_taylor_without_pictures_looks_at_drawings_or_says_what_is_missing() -> None:
    module = perturbed("vgg16", "compact")
    drawn = open_pictures("drawings", "train").first(SEEN)
    for name, part in score(module, "taylor").items():
        assert np.array_equal(part, score(module, "taylor", drawn)[name])
        break
    with pytest.raises(UserError, match="pictures of the network's 100 classes"):
        score(ARCHITECTURES.build("vgg16", classes=100, size="compact"), "taylor")
    with pytest.raises(ValueError, match="needs what `pulls` returns"):
        CRITERIA["taylor"](Parts.of(module, module.groups[0]))


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
