"""Masked and cut networks agree; what a masked channel leaves behind is kept."""

from __future__ import annotations

import copy
import json
import time

import numpy as np
import pytest
import torch
from networks import NAMES, perturbed, pictures
from torch import nn

from vision.pruning.criteria import CRITERIA
from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import Conv, Network, Select
from vision.pruning.plan import Plan, make_plan
from vision.pruning.surgery import cut, mask, prune

RATIOS = (0, 0.3, 0.5, 0.7, 0.9)


def difference(one: Network, other: Network) -> float:
    with torch.inference_mode():
        return float((one(pictures()) - other(pictures())).abs().max())


def all_but(module: Network, layer: str, gone: list[int]) -> Plan:
    """A plan that cuts these channels of one layer and nothing else."""
    plan = make_plan(module, 0)
    plan.masks[layer][gone] = False
    return plan


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("arch", NAMES)
def test_masked_and_cut_networks_give_the_same_logits(arch: str, criterion: str) -> None:
    module = perturbed(arch)
    for ratio in RATIOS:
        plan = make_plan(module, ratio, criterion)
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


def test_masking_leaves_the_original_alone() -> None:
    module = perturbed("resnet164", "compact")
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    prune(module, make_plan(module, 0.5))
    assert all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())
    assert not any(isinstance(part, Conv) and part.bias is not None for part in module.modules())


@pytest.mark.parametrize("arch", NAMES)
def test_a_cut_takes_less_than_a_second(arch: str) -> None:
    module = perturbed(arch)
    plan = make_plan(module, 0.7)
    start = time.thread_time()
    prune(module, plan)
    assert time.thread_time() - start < 1
