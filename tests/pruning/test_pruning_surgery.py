"""Masked and cut networks agree; what a masked channel leaves behind is kept."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
import torch
from networks import NAMES, perturbed, pictures
from torch import nn

from vision.pruning.criteria import CRITERIA
from vision.pruning.data import open_pictures
from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import Conv, Network, Select
from vision.pruning.plan import Plan, make_plan, score
from vision.pruning.surgery import absorb, cut, mask, prune, reach

RATIOS = (0, 0.3, 0.5, 0.7, 0.9)


def difference(one: Network, other: Network) -> float:
    with torch.inference_mode():
        return float((one(pictures()) - other(pictures())).abs().max())


def all_but(module: Network, layer: str, gone: list[int]) -> Plan:
    """A plan that cuts these channels of one layer and nothing else."""
    plan = make_plan(module, 0)
    plan.masks[layer][gone] = False
    return plan


@pytest.mark.parametrize(("criterion", "size"), [
    *((name, "compact") for name in CRITERIA), ("gamma", "paper")])
@pytest.mark.parametrize("arch", NAMES)
def test_masked_and_cut_networks_give_the_same_logits(arch: str, criterion: str, size: str
                                                      ) -> None:
    module = perturbed(arch, size)
    scores = score(module, criterion, open_pictures("drawings", "train").first(8))
    for ratio in RATIOS:
        plan = make_plan(module, ratio, criterion, scores=scores)
        masked = mask(module, plan)
        small = cut(masked, plan)
        assert difference(masked, small) <= 1e-4, ratio
        assert small.widths == plan.widths
        if not ratio:
            assert difference(module, small) == 0


@pytest.mark.parametrize("arch", NAMES)
def test_the_settings_rebuild_a_cut_network(arch: str) -> None:
    module = perturbed(arch, "compact")
    small = prune(module, make_plan(module, 0.6))
    again = ARCHITECTURES.build(arch, **json.loads(json.dumps(small.config)))
    again.load_state_dict(small.state_dict())
    assert difference(small, again.eval()) == 0


@pytest.mark.parametrize("arch", NAMES)
def test_a_cut_network_can_be_cut_again(arch: str) -> None:
    module = perturbed(arch, "compact")
    once = prune(module, make_plan(module, 0.4))
    plan = make_plan(once, 0.4)
    twice = prune(once, plan)
    assert sum(twice.widths) < sum(once.widths) < sum(module.widths)
    assert difference(mask(once, plan), twice) <= 1e-4
    for part, full in zip(twice.modules(), twice.modules(), strict=True):
        if isinstance(part, Select) and part.index is not None:
            assert len(part.index) == part.kept and int(full.index.max()) < part.channels


@pytest.mark.parametrize("arch", NAMES)
def test_dead_channels_cost_nothing_where_folding_is_exact(arch: str) -> None:
    """γ = 0 and β > 0: the constant is kept by linear layers and 1×1 convolutions."""
    module = copy.deepcopy(perturbed(arch, "compact"))
    plan = make_plan(module, 0)
    for group in module.groups:
        consumer = module.get_submodule(group.consumer)
        norm = module.get_submodule(group.norm)
        if isinstance(consumer, nn.Linear) or consumer.kernel_size == (1, 1):
            dead = np.arange(0, len(norm.weight), 2)[1:]
            plan.masks[group.name][dead] = False
            with torch.no_grad():
                norm.weight[dead], norm.bias[dead] = 0, norm.bias[dead].abs() + 0.1
    small = prune(module, plan)
    assert plan.cut > 0 and difference(module, small) <= 1e-4
    assert difference(module, prune(module, plan, fold=False)) > 1e-2


@pytest.mark.parametrize("arch", NAMES)
def test_dead_channels_that_were_never_positive_cost_nothing_anywhere(arch: str) -> None:
    module = copy.deepcopy(perturbed(arch, "compact"))
    plan = make_plan(module, 0.5)
    with torch.no_grad():
        for group in module.groups:
            norm = module.get_submodule(group.norm)
            gone = torch.from_numpy(~plan.masks[group.name])
            norm.weight[gone], norm.bias[gone] = 0, -norm.bias[gone].abs()
    assert difference(module, prune(module, plan)) <= 1e-4


def test_a_padded_reader_keeps_the_mean_of_a_constant() -> None:
    """The reader's batch normalisation sees the same mean before and after the cut."""
    module = copy.deepcopy(perturbed("vgg16", "compact"))
    with torch.no_grad():
        module.layers[0].norm.weight[3], module.layers[0].norm.bias[3] = 0, 0.8
    small = prune(module, all_but(module, "conv 1", [3]))
    seen = []
    for network in (module, small):
        layer = network.layers[1]
        hook = layer.conv.register_forward_hook(lambda _m, _i, out: seen.append(out))
        with torch.inference_mode():
            network(pictures())
        hook.remove()
    before = seen[0] - module.layers[1].norm.running_mean[:, None, None]
    after = seen[1] - small.layers[1].norm.running_mean[:, None, None]
    assert torch.allclose(before.mean((2, 3)), after.mean((2, 3)), atol=1e-5)
    assert (before - after).abs().max() > 1e-3  # at the border, where padding is 0
    assert torch.allclose((before - after)[..., 1:-1, 1:-1].std((2, 3)), torch.tensor(0.0),
                          atol=1e-5)


@pytest.mark.parametrize(("kernel", "stride", "side"), [(3, 1, 4), (3, 2, 4), (1, 1, 4), (5, 1, 6)])
def test_a_tap_reaches_the_picture_as_often_as_counted(kernel: int, stride: int, side: int) -> None:
    conv = Conv(1, 1, kernel, side, stride=stride)
    size, edge = side * stride, kernel // 2
    places = range(-edge, size + edge - kernel + 1, stride)
    share = [sum(0 <= place + tap < size for place in places) / len(places)
             for tap in range(kernel)]
    found = reach(conv)
    assert found.shape == (kernel, kernel) and torch.allclose(
        found, torch.outer(torch.tensor(share), torch.tensor(share)))


def test_constants_go_into_the_bias_or_out_of_the_running_mean() -> None:
    """A reader of two channels that are 2 and 3 everywhere, with nothing behind it and with."""
    constants = torch.tensor([2.0, 3.0])
    linear = nn.Linear(2, 4)
    before = linear.bias.detach().clone()
    with torch.no_grad():
        absorb(linear, None, constants)
    assert torch.allclose(linear.bias, before + linear.weight @ constants)
    conv, norm = Conv(2, 4, 1, 8, bias=True), nn.BatchNorm2d(4)
    norm.running_mean.fill_(5)
    before = conv.bias.detach().clone()
    with torch.no_grad():
        absorb(conv, norm, constants)
    wanted = conv.weight[:, :, 0, 0] @ constants
    assert torch.allclose(norm.running_mean, 5 - wanted) and torch.equal(conv.bias, before)
    with torch.no_grad():
        absorb(conv, None, constants)
    assert torch.allclose(conv.bias, before + wanted)
    forgetful = nn.BatchNorm2d(4, track_running_stats=False)
    with torch.no_grad():
        absorb(conv, forgetful, constants)
    assert torch.allclose(conv.bias, before + 2 * wanted)


def test_a_masked_channel_is_0_and_its_constant_is_kept_only_if_asked() -> None:
    module = perturbed("vgg16", "compact")
    plan = all_but(module, "conv 2", [1, 4])
    folded, plain = mask(module, plan), mask(module, plan, fold=False)
    for masked in (folded, plain):
        norm = masked.layers[1].norm
        assert norm.weight[[1, 4]].tolist() == norm.bias[[1, 4]].tolist() == [0, 0]
        assert torch.equal(norm.weight[[0, 2, 3]], module.layers[1].norm.weight[[0, 2, 3]])
    mean = module.layers[2].norm.running_mean
    assert torch.equal(plain.layers[2].norm.running_mean, mean)
    assert not torch.allclose(folded.layers[2].norm.running_mean, mean)


def test_a_cut_network_trains_if_the_one_before_did() -> None:
    module = copy.deepcopy(perturbed("vgg16", "compact"))
    plan = make_plan(module, 0.3)
    assert not prune(module, plan).training and prune(module.train(), plan).training


def test_masking_leaves_the_original_alone() -> None:
    module = perturbed("resnet164", "compact")
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    prune(module, make_plan(module, 0.5))
    assert all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())
    assert not any(isinstance(part, Conv) and part.bias is not None for part in module.modules())
