"""What makes a channel worth keeping: each criterion takes a group and returns a score a channel.

A plan ranks the scores of all groups together, so the scores of a criterion must be comparable
from layer to layer.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from vision.pruning.models.parts import Conv, Group, Network


@dataclass(frozen=True)
class Parts:
    """The modules of one group: where its channels come from, their scales, and who reads them."""

    name: str
    source: nn.Module
    norm: nn.BatchNorm2d
    consumer: Conv | nn.Linear

    @classmethod
    def of(cls, module: Network, group: Group) -> Parts:
        """Return the modules that a group names."""
        get = module.get_submodule
        return cls(group.name, get(group.source), get(group.norm), get(group.consumer))  # type: ignore[arg-type]

    def made_by(self, order: int) -> torch.Tensor:
        """Return the norm of the filter that makes each channel, (channels,).

        Selected channels have no filter of their own; theirs are the weights that read them.
        """
        if not isinstance(self.source, Conv):
            return self.read_by(order)
        return torch.linalg.vector_norm(self.source.weight.flatten(1), order, dim=1)

    def read_by(self, order: int) -> torch.Tensor:
        """Return the norm of the weights by which the consumer reads each channel, (channels,)."""
        weight = self.consumer.weight
        taps = weight.reshape(*weight.shape[:2], -1)  # (outputs, channels, k²)
        return torch.linalg.vector_norm(taps, order, dim=(0, 2))


Criterion = Callable[[Parts], torch.Tensor]


def gamma(parts: Parts) -> torch.Tensor:
    """Return |γ|: one threshold for the whole network (arXiv:1708.06519, section 3)."""
    return parts.norm.weight.abs()


def gamma_by_layer(parts: Parts) -> torch.Tensor:
    """Return the rank of |γ| within its layer, 0 to 1: each layer loses the same share."""
    return (gamma(parts).argsort(stable=True).argsort() + 0.5) / len(parts.norm.weight)


def l1(parts: Parts) -> torch.Tensor:
    """Return ‖W‖₁ of each filter over its layer's mean (Li et al., arXiv:1608.08710, section 3.1).

    The mean makes layers with long and short filters comparable.
    """
    norms = parts.made_by(1)  # (channels,)
    return norms / norms.mean().clamp_min(1e-12)


def random(parts: Parts) -> torch.Tensor:
    """Return scores that mean nothing, the same ones for the same layer: the floor to compare."""
    generator = torch.Generator().manual_seed(zlib.crc32(parts.name.encode()))
    return torch.rand(len(parts.norm.weight), generator=generator).to(parts.norm.weight.device)


def gamma_read(parts: Parts) -> torch.Tensor:
    """Return |γ| · ‖W‖₂ of the weights that read the channel: how far it reaches."""
    return gamma(parts) * parts.read_by(2)


CRITERIA: dict[str, Criterion] = {
    "gamma": gamma,
    "gamma-by-layer": gamma_by_layer,
    "l1": l1,
    "random": random,
    "gamma-read": gamma_read,
}
