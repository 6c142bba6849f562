"""RefineNet: coarse meaning and fine detail meet step by step, all paths residual.

Lin, Milan, Shen, Reid: "RefineNet: Multi-Path Refinement Networks for High-Resolution Semantic
Segmentation", CVPR 2017, arXiv:1611.06612. Figure 3 is `RefineBlock`, Figure 2 (c) `forward`.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.models.encoders import ENCODERS, OWN, Encoder, residual
from vision.segmentation.models.layers import grow

WIDTHS = {"compact": (32, 32, 32, 32), "paper": (256, 256, 256, 512)}  # from fine to coarse


def conv3(inputs: int, outputs: int, bias: bool = True) -> nn.Conv2d:
    """Return a 3×3 convolution that keeps the size."""
    return nn.Conv2d(inputs, outputs, 3, padding=1, bias=bias)


class ResidualConvUnit(nn.Module):
    """ReLU, convolution, ReLU, convolution, added to what came in (Figure 3 b)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.ReLU(), conv3(width, width), nn.ReLU(), conv3(width, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.body(x)  # (N, width, h, w)


class ChainedResidualPooling(nn.Module):
    """Pool and convolve again and again, adding every result (Figure 3 d)."""

    def __init__(self, width: int, links: int = 2) -> None:
        super().__init__()
        self.links = nn.ModuleList(
            nn.Sequential(nn.MaxPool2d(5, stride=1, padding=2), conv3(width, width, bias=False))
            for _ in range(links))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(x)  # (N, width, h, w), as everything after it
        total = x
        for link in self.links:
            x = link(x)
            total = total + x
        return total


class RefineBlock(nn.Module):
    """Adapt each path, fuse them at the finest size, pool the context, adapt once more."""

    def __init__(self, inputs: tuple[int, ...], width: int) -> None:
        super().__init__()
        self.adapt = nn.ModuleList(nn.Sequential(ResidualConvUnit(i), ResidualConvUnit(i))
                                   for i in inputs)
        self.fuse = nn.ModuleList(conv3(i, width, bias=False) for i in inputs)
        self.pool = ChainedResidualPooling(width)
        self.output = ResidualConvUnit(width)

    def forward(self, *paths: torch.Tensor) -> torch.Tensor:
        fused = torch.stack([grow(fuse(adapt(path)), paths[0]) for adapt, fuse, path
                             in zip(self.adapt, self.fuse, paths, strict=True)]).sum(0)
        return self.output(self.pool(fused))  # (N, width, h, w) of the finest path


class RefineNet(nn.Module):
    """Four RefineNet blocks in cascade, from 1/32 to 1/4, then logits at full size."""

    def __init__(self, encoder: Encoder, widths: tuple[int, ...], classes: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.reduce = nn.ModuleList(map(conv3, encoder.widths, widths))
        paths = [*pairwise(widths), widths[3:]]
        self.blocks = nn.ModuleList(map(RefineBlock, paths, widths))
        self.head = nn.Sequential(nn.Dropout2d(0.1), conv3(widths[0], classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = [reduce(y) for reduce, y in zip(self.reduce, self.encoder(x), strict=True)]
        y = self.blocks[3](maps[3])  # (N, widths[3], H / 32, W / 32)
        for place in (2, 1, 0):
            y = self.blocks[place](maps[place], y)  # (N, widths[place], H / 16, H / 8, H / 4)
        return grow(self.head(y), x)  # (N, classes, H, W)


@ARCHITECTURES.register("refinenet", paper="arXiv:1611.06612", year=2016, after="fcn8s",
                        encoders=ENCODERS,
                        idea="residual paths fuse all resolutions; chained pooling adds context")
def refinenet(*, classes: int, size: str = "compact", encoder: str = OWN) -> RefineNet:
    """Build a RefineNet: `compact` on the small encoder, `paper` on ResNet-101."""
    return RefineNet(residual(size, encoder=encoder), WIDTHS[size], classes)
