"""VGG for 32×32: convolutions in a row, and every channel free to go.

Simonyan, Zisserman: "Very Deep Convolutional Networks for Large-Scale Image Recognition",
arXiv:1409.1556, with batch normalisation and one linear layer, as network slimming uses it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import SIDE, Conv, Group, Head, Network, check_widths, initialise

STAGES = (64, 128, 256, 512, 512)
DEPTHS = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}
SHARE = {"paper": 1, "compact": 4}  # by how much the published widths are divided


class ConvBlock(nn.Sequential):
    """3×3 convolution, batch normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int, side: int) -> None:
        super().__init__()
        self.conv = Conv(inputs, outputs, 3, side)
        self.norm = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)


class VGG(Network):
    """Stages of convolutions; between them the size halves."""

    def __init__(self, arch: str, classes: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.arch, self.config = arch, {"classes": classes, "widths": list(widths)}
        stages = [stage for stage, depth in enumerate(DEPTHS[arch]) for _ in range(depth)]
        check_widths(widths, [None] * len(stages))
        sides = [SIDE >> stage for stage in stages]
        self.layers = nn.ModuleList(map(ConvBlock, (3, *widths[:-1]), widths, sides))
        self.ends = [i for i, stage in enumerate(stages[:-1]) if stages[i + 1] > stage]
        self.shrink = nn.MaxPool2d(2)
        self.head = Head(widths[-1], classes)
        self.groups = tuple(self._group(i) for i in range(len(stages)))
        initialise(self)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for i, layer in enumerate(self.layers):
            x = layer(x)  # (N, widths[i], h, w)
            x = self.shrink(x) if i in self.ends else x
        return self.head(x.mean((2, 3)))  # (N, widths[-1]) → (N, classes)

    def _group(self, i: int) -> Group:
        source, norm = f"layers.{i}.conv", f"layers.{i}.norm"
        if i + 1 == len(self.layers):
            return Group(f"conv {i + 1}", source, norm, "head")
        return Group(f"conv {i + 1}", source, norm, f"layers.{i + 1}.conv",
                     f"layers.{i + 1}.norm")


def _build(arch: str, classes: int, size: str, widths: Sequence[int] | None) -> VGG:
    full = [width // SHARE[size] for width, depth in zip(STAGES, DEPTHS[arch], strict=True)
            for _ in range(depth)]
    return VGG(arch, classes, full if widths is None else widths)


@ARCHITECTURES.register("vgg16", paper="arXiv:1409.1556", year=2014,
                        published="VGG-19",
                        idea="thirteen convolutions in a row")
def vgg16(*, classes: int, size: str = "paper", widths: Sequence[int] | None = None) -> VGG:
    """Build a VGG-16 with batch normalisation; `compact` has a quarter of the channels."""
    return _build("vgg16", classes, size, widths)


@ARCHITECTURES.register("vgg19", paper="arXiv:1409.1556", year=2014,
                        published="VGG-19",
                        idea="sixteen convolutions in a row")
def vgg19(*, classes: int, size: str = "paper", widths: Sequence[int] | None = None) -> VGG:
    """Build a VGG-19 with batch normalisation; `compact` has a quarter of the channels."""
    return _build("vgg19", classes, size, widths)
