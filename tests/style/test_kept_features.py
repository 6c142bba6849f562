"""What a step of style transfer keeps until it goes back, and that it is still torch's slope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import nn
from torch.nn import functional
from torchvision.models.vgg import cfgs, make_layers

from vision.style.features.pooling import largest, largest_rectified
from vision.style.features.vgg_features import VggFeatures
from vision.style.losses import gram
from vision.style.objectives.whole import Objective, Part
from vision.style.settings import BOOK

SIDES = (96, 64)
GRAMS = (0, 5, 10, 19, 28)


@contextmanager
def kept_bytes() -> Iterator[dict[int, int]]:
    """Yield the sizes of all blocks that are saved for the way back, by their address."""
    sizes: dict[int, int] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        yield sizes


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return make_layers(cfgs["E"])[:29].requires_grad_(False)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", [(6, 8), (7, 9)])
def test_the_largest_of_four_and_its_slope_are_torchs(size: tuple[int, int], dtype: torch.dtype
                                                      ) -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, *size).to(dtype, memory_format=torch.channels_last)
    x[:, :, :2, :2] = 1  # four alike
    x.requires_grad_()
    wanted = functional.max_pool2d(x, 2)
    slope = torch.randn_like(wanted)
    for found, beside in ((largest(x), wanted), (largest_rectified(x), functional.max_pool2d(
            x.relu(), 2))):
        assert torch.equal(found, beside)
        slopes = [torch.autograd.grad(y, x, slope)[0] for y in (found, beside)]
        assert torch.equal(*slopes) and slopes[0].abs().sum() > 0


def test_a_step_keeps_each_features_once_and_none_before_a_pooling() -> None:
    net = network()
    x = torch.randn(1, 3, *SIDES).to(memory_format=torch.channels_last).requires_grad_()
    vgg = VggFeatures(net, [*GRAMS, 25])
    seen = vgg(x.detach())
    parts = [Part({layer: gram(seen[layer]) for layer in GRAMS})]
    objective = Objective(vgg, x.detach(), parts, BOOK)
    with kept_bytes() as kept:
        objective.losses(x)
    halved = {4: 2, 9: 7, 18: 16, 27: 25}  # a pooling, and the convolution before it
    sizes = dict(zip(vgg.steps, sizes_of(net, x, vgg.steps), strict=True))
    features = sum(size for number, size in sizes.items() if number not in (*halved, 2, 7, 16))
    places = sum(sizes[number] for number in halved)
    late = sum(sizes[number] for number in (4, 9, 18))
    matrices = {4 * len(matrix[0])**2 for matrix in parts[0].grams.values()}
    large = sum(size for size in kept.values() if size not in matrices)
    wanted = 4 * (features + late + places + sizes[25])  # the last is content's difference
    assert wanted <= large < 1.05 * wanted  # the rest is of total variation


def sizes_of(net: nn.Sequential, x: torch.Tensor, numbers: Iterable[int]) -> list[int]:
    """Return how many features each layer has."""
    counts = []
    with torch.no_grad():
        for layer in net:
            x = layer(x)
            counts.append(x.numel())
    return [counts[number] for number in numbers]


def test_a_layer_is_gone_back_through_as_soon_as_the_deeper_ones_are() -> None:
    order: list[str] = []

    def told(x: torch.Tensor, name: str) -> torch.Tensor:
        y = x.clone()
        assert y.grad_fn
        y.grad_fn.register_prehook(lambda _: order.append(name))
        return y

    def telling(number: int, step: Callable[[torch.Tensor], torch.Tensor]
                ) -> Callable[[torch.Tensor], torch.Tensor]:
        return lambda x: told(step(x), f"{number}")

    vgg = VggFeatures(network(), GRAMS)
    vgg.steps = {number: telling(number, step) for number, step in vgg.steps.items()}
    x = torch.randn(1, 3, *SIDES, requires_grad=True)
    total = x.new_zeros(())
    for number, seen in vgg.walk(x):
        total = total + told(seen, f"gram {number}").square().mean()
    total.backward()
    assert order.index("gram 0") > order.index("2") > order.index("gram 5") > order.index("7")
