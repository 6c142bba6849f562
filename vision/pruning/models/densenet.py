"""DenseNet-40 for 32×32: each layer reads what all layers before it wrote, and adds twelve.

Huang et al.: "Densely Connected Convolutional Networks", CVPR 2017, arXiv:1608.06993, with k = 12
and no bottlenecks. Each layer selects channels before its batch normalisation, which normalises
channel by channel: selecting before it gives what selecting after it gives, for less work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import (
    SIDE,
    Conv,
    Group,
    Head,
    Network,
    Select,
    check_depth,
    check_widths,
    initialise,
)

GROWTH, STEM = 12, 16
STAGES = 3
LAYERS = {"paper": 12, "compact": 3}  # of each stage: 40 layers, or 13


class Reader(nn.Module):
    """Select, batch normalisation, ReLU."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.select = Select(inputs, width)
        self.norm = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(self.select(x))  # (N, width, h, w)
        return self.relu(x)


class Layer(Reader):
    """Read, convolve 3×3, and append twelve channels."""

    def __init__(self, inputs: int, width: int, side: int, bias: bool) -> None:
        super().__init__(inputs, width)
        self.conv = Conv(width, GROWTH, 3, side, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x, self.conv(super().forward(x))], 1)  # (N, inputs + 12, h, w)


class Transition(Reader):
    """Read, mix by a 1×1 convolution, and halve the size."""

    def __init__(self, inputs: int, width: int, side: int, bias: bool) -> None:
        super().__init__(inputs, width)
        self.conv = Conv(width, inputs, 1, side, bias=bias)
        self.shrink = nn.AvgPool2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.shrink(self.conv(super().forward(x)))  # (N, inputs, h / 2, w / 2)


class DenseNet(Network):
    """Three stages of growing width with transitions between them."""

    def __init__(self, classes: int, widths: Sequence[int], layers: int, bias: bool) -> None:
        super().__init__()
        self.arch = "densenet40"
        self.config: dict[str, Any] = {"classes": classes, "layers": layers, "bias": bias,
                                       "widths": list(widths)}
        full = full_widths(layers)
        check_widths(widths, full)
        self.stem = Conv(3, full[0], 3, SIDE)
        self.layers = nn.ModuleList()
        for i, (inputs, width) in enumerate(zip(full[:-1], widths[:-1], strict=True)):
            stage, place = divmod(i, layers + 1)
            kind = Layer if place < layers else Transition
            self.layers.append(kind(inputs, width, SIDE >> stage, bias))
        self.reader = Reader(full[-1], widths[-1])
        self.head = Head(widths[-1], classes)
        self.groups = tuple(_group(i, layers) for i in range(len(self.layers)))
        self.groups += (Group("last", "reader.select", "reader.norm", "head"),)
        initialise(self)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)  # (N, 16, 32, 32)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.reader(x).mean((2, 3)))  # (N, classes)


def full_widths(layers: int) -> list[int]:
    """Return the uncut widths: what each layer and transition reads, and the end."""
    widths, stream = [], STEM
    for stage in range(STAGES):
        widths += [stream + GROWTH * i for i in range(layers)]
        stream += GROWTH * layers
        widths += [stream] if stage < STAGES - 1 else []
    return [*widths, stream]


def _group(i: int, layers: int) -> Group:
    stage, place = divmod(i, layers + 1)
    name = f"stage {stage + 1} layer {place + 1}" if place < layers else f"transition {stage + 1}"
    return Group(name, f"layers.{i}.select", f"layers.{i}.norm", f"layers.{i}.conv")


@ARCHITECTURES.register("densenet40", paper="arXiv:1608.06993", year=2016,
                        published="DenseNet-40",
                        idea="every layer reads all before it and adds twelve channels")
def densenet40(*, classes: int, size: str = "paper", widths: Sequence[int] | None = None,
               layers: int | None = None, bias: bool = False) -> DenseNet:
    """Build a DenseNet-40; `compact` has three layers a stage, `bias` is what cutting leaves."""
    layers = layers or LAYERS[size]
    check_depth(layers)
    return DenseNet(classes, full_widths(layers) if widths is None else widths, layers, bias)
