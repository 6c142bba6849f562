"""From a plan to a smaller network: mask first, then cut what the mask made useless.

A masked channel has γ = β = 0, so it is 0 behind its batch normalisation, behind ReLU and pooling,
and adds nothing to any convolution, zero padding included. Cutting it therefore leaves the logits
as they are, but for the order of sums.

Masking itself does change the network. A channel with γ = 0 is not 0 but the constant ReLU(β),
and its reader receives W · ReLU(β). That is added to the reader's bias, or subtracted from the
running mean of the batch normalisation behind the reader, which is the same:

- exact for linear layers and 1×1 convolutions: at every place the reader gets the same number;
- exact for a 3×3 convolution wherever all nine taps meet the picture. At the border some taps meet
  padding, which is 0 and not ReLU(β). There the mean over all places is taken, which is what the
  running mean is a mean of: right on average, wrong by the difference at single places. Nothing
  is left behind, and all is exact, where β ≤ 0.
"""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.nn import functional

from vision.pruning.criteria import Parts
from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import Conv, Network, Select
from vision.pruning.plan import Plan


def prune(module: Network, plan: Plan, *, fold: bool = True) -> Network:
    """Return a new, smaller network without the channels that the plan cuts."""
    return cut(mask(module, plan, fold=fold), plan)


@torch.no_grad()
def mask(module: Network, plan: Plan, *, fold: bool = True) -> Network:
    """Return a copy with γ = β = 0 where the plan cuts, and if `fold`, their constants kept."""
    masked = with_biases(module)
    for group in masked.groups:
        parts = Parts.of(masked, group)
        gone = torch.from_numpy(~plan.masks[group.name]).to(parts.norm.weight.device)
        if not gone.any():
            continue
        if fold:
            follower = masked.get_submodule(group.follower) if group.follower else None
            absorb(parts.consumer, follower, parts.norm.bias.relu() * gone)
        parts.norm.weight[gone] = 0
        parts.norm.bias[gone] = 0
    return masked


@torch.no_grad()
def cut(masked: Network, plan: Plan) -> Network:
    """Return a smaller network with the tensors of a masked one, without its masked channels."""
    state = masked.state_dict()
    for group in masked.groups:
        stays = plan.masks[group.name]
        if stays.all():
            continue
        index = torch.from_numpy(stays.nonzero()[0]).to(state[f"{group.norm}.weight"].device)
        for part in ("weight", "bias", "running_mean", "running_var"):
            state[f"{group.norm}.{part}"] = state[f"{group.norm}.{part}"][index]  # (kept,)
        reader = f"{group.consumer}.weight"
        state[reader] = state[reader].index_select(1, index)  # (outputs, kept, k, k)
        source = masked.get_submodule(group.source)
        if isinstance(source, Select):
            chosen = f"{group.source}.index"
            state[chosen] = state[chosen][index] if chosen in state else index
        else:
            maker = f"{group.source}.weight"
            state[maker] = state[maker][index]  # (kept, inputs, k, k)
    return filled(masked, masked.cut_config(plan.widths), state)


def with_biases(module: Network) -> Network:
    """Return a copy in which every reader that nothing normalises has a bias."""
    config = module.cut_config(module.widths)
    if config == module.config:
        return copy.deepcopy(module)
    state = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    for group in module.groups:
        reader = module.get_submodule(group.consumer)
        if isinstance(reader, Conv) and not group.follower:
            state[f"{group.consumer}.bias"] = reader.weight.new_zeros(reader.out_channels)
    return filled(module, config, state)


def filled(like: Network, config: dict[str, object], state: dict[str, torch.Tensor]) -> Network:
    """Return a network of the same family with other settings and these tensors."""
    with torch.device("meta"):
        module = ARCHITECTURES.build(like.arch, **config)
    module.load_state_dict(state, assign=True)
    return module.train(like.training)


def absorb(consumer: Conv | nn.Linear, follower: nn.Module | None, constants: torch.Tensor) -> None:
    """Let a reader behave as if these channels were constants, (channels,), though they are 0."""
    if isinstance(consumer, Conv):
        response = torch.einsum("ockl,c,kl->o", consumer.weight, constants, reach(consumer))
    else:
        response = consumer.weight @ constants  # (outputs,)
    if isinstance(follower, nn.BatchNorm2d) and follower.running_mean is not None:
        follower.running_mean -= response
    else:
        consumer.get_parameter("bias").add_(response)


def reach(conv: Conv) -> torch.Tensor:
    """Return at what share of its places each tap meets the picture, not its padding, (k, k)."""
    shares = []
    for kernel, step in zip(conv.kernel_size, conv.stride, strict=True):
        inside = torch.ones(conv.side * step, device=conv.weight.device)
        padded = functional.pad(inside, (kernel // 2, kernel // 2))
        shares.append(padded.unfold(0, kernel, step).mean(0))  # (places, k) → (k,)
    return torch.outer(*shares)
