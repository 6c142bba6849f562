"""V-Net: a U-Net for volumes whose stages learn what to add, and that shrinks by convolutions.

Milletari, Navab, Ahmadi: "V-Net: Fully Convolutional Neural Networks for Volumetric Medical Image
Segmentation", 3DV 2016, arXiv:1606.04797. Figure 2 is `forward`; the Dice loss is in `losses.py`.
Batch normalisation is added after every convolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import nn

from vision.segmentation.models import ARCHITECTURES


@dataclass(frozen=True)
class Shape:
    """Widths and convolutions of the stages on the way down, and the side of the kernels."""

    widths: tuple[int, ...]
    down: tuple[int, ...]
    up: tuple[int, ...]
    kernel: int


SHAPES = {
    "compact": Shape((16, 32, 64, 96, 112), (1, 1, 2, 2, 2), (2, 2, 1, 1), 3),
    "paper": Shape((16, 32, 64, 128, 256), (1, 2, 3, 3, 3), (3, 3, 2, 1), 5),
}


class Stage(nn.Module):
    """Some convolutions with PReLU between them, added to what came in (§2)."""

    def __init__(self, inputs: int, width: int, count: int, kernel: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for place in range(count):
            layers += [nn.PReLU(width)] if place else []
            layers += [nn.Conv3d(width if place else inputs, width, kernel, padding=kernel // 2,
                                 bias=False), nn.BatchNorm3d(width)]
        self.body, self.activation = nn.Sequential(*layers), nn.PReLU(width)

    def forward(self, x: torch.Tensor, shortcut: torch.Tensor) -> torch.Tensor:
        return self.activation(self.body(x) + shortcut)  # (N, width, d, h, w)


def step(conv: type[nn.Conv3d] | type[nn.ConvTranspose3d], inputs: int, outputs: int
         ) -> nn.Sequential:
    """Return a 2×2×2 convolution of stride 2 that halves or, transposed, doubles the size."""
    return nn.Sequential(conv(inputs, outputs, 2, stride=2, bias=False), nn.BatchNorm3d(outputs),
                         nn.PReLU(outputs))


class VNet(nn.Module):
    """Residual stages, strided convolutions down, transposed ones up, and skips across."""

    def __init__(self, shape: Shape, classes: int) -> None:
        super().__init__()
        widths, finer = shape.widths, shape.widths[-2::-1]
        inputs, kernels = (1, *widths[1:]), [shape.kernel] * len(widths)
        self.shrink = nn.ModuleList(step(nn.Conv3d, a, b)
                                    for a, b in pairwise(widths))
        self.grow = nn.ModuleList(step(nn.ConvTranspose3d, a, b)
                                  for a, b in zip(widths[:0:-1], finer, strict=True))
        self.encoder = nn.ModuleList(map(Stage, inputs, widths, shape.down, kernels))
        self.decoder = nn.ModuleList(map(Stage, [2 * width for width in finer], finer, shape.up,
                                         kernels))
        self.head = nn.Conv3d(widths[0], classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = [self.encoder[0](x, x)]  # the one channel is added to all sixteen
        for shrink, stage in zip(self.shrink, self.encoder[1:], strict=True):
            y = shrink(skips[-1])  # (N, widths[i], D / 2ⁱ, H / 2ⁱ, W / 2ⁱ)
            skips.append(stage(y, y))
        y = skips.pop()
        for grow, stage in zip(self.grow, self.decoder, strict=True):
            y = grow(y)  # (N, widths[i], D / 2ⁱ, H / 2ⁱ, W / 2ⁱ) on the way back
            y = stage(torch.cat([y, skips.pop()], dim=1), y)
        return self.head(y)  # (N, classes, D, H, W)


@ARCHITECTURES.register("vnet", paper="arXiv:1606.04797", year=2016, after="unet", dimensions=3,
                        idea="volumes: residual stages, strided convolutions, the Dice loss")
def vnet(*, classes: int, size: str = "compact") -> VNet:
    """Build a V-Net: `compact` has small kernels, `paper` the published 5×5×5 ones."""
    return VNet(SHAPES[size], classes)
