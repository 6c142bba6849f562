"""The extractor made ready to look: down to the deepest layer that is asked for, and no further."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable

import torch
from torch import nn
from torch.nn import functional

from vision.style.features.balance import share_of
from vision.style.features.convolution import Convolution

POOLS: dict[str, Callable[..., torch.Tensor]] = {"max": functional.max_pool2d,
                                                 "average": functional.avg_pool2d}


class VggFeatures:
    """A few layers of VGG-19 as a function: pictures in, features of the chosen layers out.

    torchvision's ReLUs work in place, so in the book a convolution's features are rectified as
    soon as the network goes on after it; only the deepest layer is seen as it is.
    """

    def __init__(self, features: nn.Module, layers: Iterable[int], pooling: str = "max",
                 device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32) -> None:
        self.layers, self.pool = frozenset(layers), POOLS[pooling]
        self.device, self.dtype = torch.device(device), dtype
        self.share = share_of(len(features.get_submodule("0").get_parameter("weight")))
        depth = max(self.layers, default=-1)
        self.steps: dict[int, Convolution | None] = {}  # by number; none is a pooling
        for number, layer in enumerate([*features.children()][: depth + 1]):
            if isinstance(layer, nn.Conv2d):
                own = copy.deepcopy(layer).requires_grad_(False).to(device, dtype)
                self.steps[number] = Convolution(own.to(memory_format=torch.channels_last),
                                                 rectified=number < depth)
            elif isinstance(layer, nn.MaxPool2d):
                self.steps[number] = None

    def __call__(self, x: torch.Tensor) -> dict[int, torch.Tensor]:
        """Return the features (N, C, h, w) of each chosen layer for pictures (N, 3, H, W)."""
        x = x.to(self.dtype, memory_format=torch.channels_last)
        found = {}
        for number, convolution in self.steps.items():
            x = convolution(x) if convolution else self.pool(x, 2)
            if number in self.layers:
                found[number] = x
        return found
