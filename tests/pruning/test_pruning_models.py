"""The families: published sizes, settings that rebuild them, settings that cannot."""

from __future__ import annotations

import json

import pytest
import torch
from networks import NAMES, perturbed, pictures
from torch import nn

from vision.errors import UserError
from vision.pruning.count import count, count_config, latency
from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import GAMMA, TINY, Conv, Select, initialise
from vision.pruning.plan import make_plan
from vision.pruning.surgery import prune

PUBLISHED = {  # millions of parameters and of multiply-adds; arXiv:1708.06519, table 1
    "vgg19": (20.04, 398.5), "resnet164": (1.70, 249.5), "densenet40": (1.02, 266.5),
}


def hooked(module: nn.Module) -> int:
    """Count multiply-adds by watching a forward pass."""
    total = 0

    def watch(layer: nn.Module, _: object, out: torch.Tensor) -> None:
        nonlocal total
        each = layer.weight[0].numel()  # inputs · k²
        total += out.numel() * each

    hooks = [part.register_forward_hook(watch) for part in module.modules()
             if isinstance(part, (nn.Conv2d, nn.Linear))]
    with torch.inference_mode():
        module(pictures(1))
    for hook in hooks:
        hook.remove()
    return total


@pytest.mark.parametrize("arch", PUBLISHED)
def test_published_sizes_hold(arch: str) -> None:
    size = count(perturbed(arch))
    parameters, multiply_adds = PUBLISHED[arch]
    assert size.parameters / 1e6 == pytest.approx(parameters, rel=0.01)
    assert size.multiply_adds / 1e6 == pytest.approx(multiply_adds, rel=0.01)


@pytest.mark.parametrize("ratio", [0, 0.7])
@pytest.mark.parametrize("arch", NAMES)
def test_multiply_adds_are_those_that_happen(arch: str, ratio: float) -> None:
    module = perturbed(arch)
    small = prune(module, make_plan(module, ratio))
    assert count(small).multiply_adds == hooked(small)
    assert count_config(arch, small.config) == count(small)


@pytest.mark.parametrize("arch", NAMES)
def test_scales_start_where_the_paper_says(arch: str) -> None:
    module = ARCHITECTURES.build(arch, classes=10, size="compact")
    for group in module.groups:
        assert (module.get_submodule(group.norm).weight == GAMMA).all()
    norms = [part for part in module.modules() if isinstance(part, nn.BatchNorm2d)]
    assert len(norms) == len(module.groups) == len(module.widths)


@pytest.mark.parametrize("arch", NAMES)
def test_drawing_the_weights_anew_keeps_the_shape(arch: str) -> None:
    small = prune(perturbed(arch, "compact"), make_plan(perturbed(arch, "compact"), 0.5))
    before = small.state_dict()
    chosen = {name: tensor.clone() for name, tensor in before.items() if name.endswith("index")}
    old = small.head.weight.clone()
    torch.manual_seed(1)
    initialise(small, anew=True)
    assert not torch.equal(old, small.head.weight)
    assert all(torch.equal(chosen[name], small.state_dict()[name]) for name in chosen)
    for group in small.groups:
        norm = small.get_submodule(group.norm)
        assert (norm.weight == GAMMA).all() and not norm.bias.any() and not norm.running_mean.any()


@pytest.mark.parametrize("arch", NAMES)
def test_settings_are_plain_and_complete(arch: str) -> None:
    config = ARCHITECTURES.build(arch, classes=10, size="compact").config
    assert json.loads(json.dumps(config)) == config
    with torch.device("meta"):
        assert ARCHITECTURES.build(arch, **config).widths == config["widths"]


@pytest.mark.parametrize("arch", NAMES)
@pytest.mark.parametrize("spoil", [
    lambda w: w[:-1], lambda w: [0, *w[1:]], lambda w: [-3, *w[1:]], lambda w: [*w[:-1], 10**9],
    lambda w: [1.5, *w[1:]], lambda w: [True, *w[1:]], lambda w: [*w, 4],
])
def test_widths_that_cannot_be_are_refused(arch: str, spoil: object) -> None:
    config = ARCHITECTURES.build(arch, classes=10, size="compact").config
    with pytest.raises(ValueError, match="width"):
        ARCHITECTURES.build(arch, **{**config, "widths": spoil(config["widths"])})


@pytest.mark.parametrize("depth", [-1, 101, 3_000_000, 2.5, True])
@pytest.mark.parametrize("arch, name", [("resnet164", "blocks"), ("densenet40", "layers")])
def test_a_depth_that_cannot_be_is_refused(arch: str, name: str, depth: object) -> None:
    config = ARCHITECTURES.build(arch, classes=10, size="compact").config
    with pytest.raises(ValueError, match="depth"):
        ARCHITECTURES.build(arch, **{**config, name: depth})


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_latency_is_measured(precision: str) -> None:
    assert 0 < latency(perturbed("vgg16", "compact"), 2, precision, seconds=0.05) < 5000


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(UserError, match="known are fp32, bf16"):
        latency(perturbed("vgg16", "compact"), 1, "int4")


@pytest.mark.parametrize("n", [0, 2])
def test_selected_channels_are_those_of_the_index_and_lie_in_one_order(n: int) -> None:
    select = Select(6, 3)
    assert select.index is not None
    select.index.copy_(torch.tensor([0, 2, 5]))
    for order in (torch.contiguous_format, torch.channels_last):
        x = torch.rand(n, 6, 4, 5).contiguous(memory_format=order).requires_grad_()
        chosen = select(x)
        assert torch.equal(chosen, x[:, [0, 2, 5]])
        assert chosen.is_contiguous(memory_format=torch.channels_last)
        chosen.sum().backward()
        assert torch.equal(x.grad.sum((0, 2, 3)), torch.tensor([1.0, 0, 1, 0, 0, 1]) * 20 * n)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (TINY, 3), (TINY, TINY), (TINY + 1, 2)])
def test_a_convolution_of_tiny_maps_learns_as_any_other(shape: tuple[int, int], bias: bool
                                                        ) -> None:
    conv = Conv(3, 5, 3, TINY, bias=bias).double()
    x = torch.rand(2, 3, *shape, dtype=torch.double)
    x = x.contiguous(memory_format=torch.channels_last).requires_grad_()
    seen = torch.rand(2, 5, *shape, dtype=torch.double)
    learns, rests = conv.train()(x), conv.eval()(x)
    assert torch.allclose(learns, rests, rtol=0, atol=1e-12)
    assert learns.is_contiguous(memory_format=torch.channels_last)
    for one, other in zip(*(torch.autograd.grad((y * seen).sum(), (x, *conv.parameters()))
                            for y in (learns, rests)), strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-12)
