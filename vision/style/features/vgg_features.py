"""The extractor made ready to look: down to the deepest layer that is asked for, and no further."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import nn

from vision.style.features.balance import share_of
from vision.style.features.convolution import Convolution
from vision.style.features.pooling import POOLS, largest, largest_rectified


class VggFeatures:
    """A few layers of VGG-19 as a function: pictures in, features of the chosen layers out.

    torchvision's ReLUs work in place, so in the book a convolution's features are rectified as
    soon as the network goes on after it; only the deepest layer is seen as it is. Where nobody
    looks before a pooling of the largest, the ReLU comes after it, on a quarter of the places.
    """

    def __init__(self, features: nn.Module, layers: Iterable[int], pooling: str = "max",
                 device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32) -> None:
        self.layers, self.pool = frozenset(layers), POOLS[pooling]
        self.device, self.dtype = torch.device(device), dtype
        self.share = share_of(len(features.get_submodule("0").get_parameter("weight")))
        depth = max(self.layers, default=-1)
        self.steps: dict[int, Callable[[torch.Tensor], torch.Tensor]] = {}
        parts = [*features.children()][: depth + 1]
        late = {number for number, layer in enumerate(parts)  # poolings with a ReLU after them
                if isinstance(layer, nn.MaxPool2d) and self.pool is largest
                and number - 2 not in self.layers}
        for number, layer in enumerate(parts):
            if isinstance(layer, nn.Conv2d):
                own = copy.deepcopy(layer).requires_grad_(False).to(device, dtype)
                self.steps[number] = Convolution(own.to(memory_format=torch.channels_last),
                                                 number < depth and number + 2 not in late)
            elif isinstance(layer, nn.MaxPool2d):
                self.steps[number] = largest_rectified if number in late else self.pool

    def walk(self, x: torch.Tensor) -> Iterator[tuple[int, torch.Tensor]]:
        """Yield each chosen layer and its features (N, C, h, w) for pictures (N, 3, H, W).

        What is made of a layer's features before the next one is asked for is gone back through
        last, so that the slopes at all layers need not be kept at once.
        """
        x = x.to(self.dtype, memory_format=torch.channels_last)
        for number, step in self.steps.items():
            x = step(x)
            if number in self.layers:
                yield number, x

    def __call__(self, x: torch.Tensor) -> dict[int, torch.Tensor]:
        """Return the features (N, C, h, w) of each chosen layer for pictures (N, 3, H, W)."""
        return dict(self.walk(x))
