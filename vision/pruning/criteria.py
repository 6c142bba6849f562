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
from torch.nn import functional

from vision.data.image_folders import LabelledPictures
from vision.pruning.data import normalise
from vision.pruning.models.parts import Conv, Group, Network


@dataclass(frozen=True)
class Parts:
    """The modules of one group: where its channels come from, their scales, and who reads them."""

    name: str
    source: nn.Module
    norm: nn.BatchNorm2d
    consumer: Conv | nn.Linear
    pull: torch.Tensor | None = None  # (channels,) what `pulls` found; only Taylor asks for it

    @classmethod
    def of(cls, module: Network, group: Group, pull: torch.Tensor | None = None) -> Parts:
        """Return the modules that a group names."""
        get = module.get_submodule
        return cls(group.name, get(group.source), get(group.norm), get(group.consumer), pull)  # type: ignore[arg-type]

    def filters(self) -> torch.Tensor:
        """Return the weights that make each channel, (channels, rest); selected ones: that read it.
        """
        if isinstance(self.source, Conv):
            return self.source.weight.flatten(1)
        return self.consumer.weight.transpose(0, 1).flatten(1)

    def made_by(self, order: int) -> torch.Tensor:
        """Return the norm of the filter that makes each channel, (channels,).

        Selected channels have no filter of their own; theirs are the weights that read them.
        """
        return torch.linalg.vector_norm(self.filters(), order, dim=1)

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


def fpgm(parts: Parts) -> torch.Tensor:
    """Return how far each filter is from all others, over its layer's mean.

    What is near the geometric median of its layer can be replaced by the rest, however long it is
    (He et al., arXiv:1811.00250, equation 6).
    """
    filters = parts.filters().float()  # (channels, rest)
    apart = torch.cdist(filters, filters, compute_mode="donot_use_mm_for_euclid_dist").sum(1)
    return apart / apart.mean().clamp_min(1e-12)


def taylor(parts: Parts) -> torch.Tensor:
    """Return the squared slope of the loss by a factor on the channel, a mean over batches.

    The first-order estimate of what the loss changes by without it (Molchanov et al.,
    arXiv:1906.10771, equation 8, as gates behind the batch normalisation, section 3.2).
    """
    if parts.pull is None:
        raise ValueError("Taylor's criterion needs what `pulls` returns")
    return parts.pull


@torch.enable_grad()
def pulls(module: Network, pictures: LabelledPictures, batch: int = 32) -> dict[str, torch.Tensor]:
    """Return by layer the mean over batches of the squared slope of the loss by a channel's factor.

    A factor z behind a batch normalisation scales γ and β alike, so ∂L/∂z = γ ∂L/∂γ + β ∂L/∂β.
    """
    was = module.training
    module.eval()
    norms = {group.name: module.get_submodule(group.norm) for group in module.groups}
    scales = [norm.get_parameter(part) for norm in norms.values() for part in ("weight", "bias")]
    total = {name: torch.zeros_like(norm.get_parameter("weight")) for name, norm in norms.items()}
    for first in range(0, len(pictures), batch):
        part = slice(first, first + batch)
        pixels = normalise(pictures.pixels[part].to(scales[0].device)).to(scales[0].dtype)
        loss = functional.cross_entropy(module(pixels), pictures.labels[part].to(pixels.device))
        slopes = torch.autograd.grad(loss, scales)
        for place, name in enumerate(norms):
            both = slice(2 * place, 2 * place + 2)
            slope = sum(g * w.detach() for g, w in zip(slopes[both], scales[both], strict=True))
            total[name] += slope**2 * len(pixels) / len(pictures)
    module.train(was)
    return total


CRITERIA: dict[str, Criterion] = {
    "gamma": gamma,
    "gamma-by-layer": gamma_by_layer,
    "l1": l1,
    "random": random,
    "gamma-read": gamma_read,
    "taylor": taylor,
    "fpgm": fpgm,
}
