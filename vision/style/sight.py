"""The extractor made ready to look: down to the deepest layer that is asked for, and no further."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import torch
from torch import nn


class Sight:
    """A few layers of VGG-19 as a function: pictures in, features of the chosen layers out.

    torchvision's ReLUs work in place, so in the book a convolution's features are rectified as
    soon as the network goes on after it; only the deepest layer is seen as it is.
    """

    def __init__(self, features: nn.Module, layers: Iterable[int], pooling: str = "max",
                 device: torch.device | None = None, dtype: torch.dtype = torch.float32) -> None:
        self.layers = frozenset(layers)
        self.depth = max(self.layers, default=-1)
        kept = nn.Sequential(*list(features.children())[: self.depth + 1])
        self.net = copy.deepcopy(kept).requires_grad_(False).to(device, dtype)
        self.net.to(memory_format=torch.channels_last)
        self.dtype = dtype
        for index, layer in enumerate(self.net):
            if isinstance(layer, nn.MaxPool2d) and pooling == "average":
                self.net[index] = nn.AvgPool2d(2)

    def __call__(self, x: torch.Tensor) -> dict[int, torch.Tensor]:
        """Return the features (N, C, h, w) of each chosen layer for pictures (N, 3, H, W)."""
        x = x.to(self.dtype, memory_format=torch.channels_last)
        found = {}
        for index, layer in enumerate(self.net):
            x = layer(x)
            if index in self.layers:
                found[index] = x
        return found
