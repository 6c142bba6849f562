"""Networks with weights like trained ones, drawn from a seed."""

from __future__ import annotations

import functools

import torch
from torch import nn

from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import Network

NAMES = ARCHITECTURES.names()


@functools.cache
def perturbed(arch: str, size: str = "paper") -> Network:
    """Return a network whose scales, shifts and statistics are all different; do not change it."""
    torch.manual_seed(7)
    module = ARCHITECTURES.build(arch, classes=10, size=size)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(part.weight, -0.2, 1.2)
            nn.init.normal_(part.bias, 0, 0.3)
            nn.init.normal_(part.running_mean, 0, 0.2)
            nn.init.uniform_(part.running_var, 0.5, 2)
    nn.init.normal_(module.head.weight, 0, 0.1)
    return module.eval()


def pictures(count: int = 2) -> torch.Tensor:
    """Return some pictures of noise, (count, 3, 32, 32)."""
    return torch.randn(count, 3, 32, 32, generator=torch.Generator().manual_seed(3))
