"""A network that paints one style in a single pass.

Johnson, Alahi, Fei-Fei: "Perceptual Losses for Real-Time Style Transfer and Super-Resolution",
arXiv:1603.08155, with instance normalisation (Ulyanov, Vedaldi, Lempitsky, arXiv:1607.08022). It
enlarges by repeating pixels before a convolution, which leaves no checkerboard (Odena, Dumoulin,
Olah, doi:10.23915/distill.00003).
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from vision.style.models import ARCHITECTURES

WIDTHS = {"tiny": (4, 8, 8), "compact": (24, 48, 96), "paper": (32, 64, 128)}
RESIDUALS = 5
MULTIPLE = 4  # of the sides, because it halves twice


class Forward(nn.Module):
    """Normalised pictures (N, 3, H, W) in and out, of any size."""

    def __init__(self, widths: tuple[int, int, int]) -> None:
        super().__init__()
        full, half, quarter = widths
        self.layers = nn.Sequential(
            *block(3, full, 9),
            *block(full, half, 3, stride=2),
            *block(half, quarter, 3, stride=2),  # (N, quarter, H/4, W/4)
            *(Residual(quarter) for _ in range(RESIDUALS)),
            nn.Upsample(scale_factor=2),
            *block(quarter, half, 3),
            nn.Upsample(scale_factor=2),
            *block(half, full, 3),
            convolution(full, 3, 9),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        height, width = x.shape[2:]
        edge = (0, -width % MULTIPLE, 0, -height % MULTIPLE)
        return self.layers(functional.pad(x, edge, "replicate"))[:, :, :height, :width]


class Residual(nn.Module):
    """Two convolutions whose result is added to what they were given."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*block(width, width, 3), convolution(width, width, 3),
                                    nn.InstanceNorm2d(width, affine=True))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.layers(x)  # (N, width, h, w)


def block(inputs: int, outputs: int, side: int, stride: int = 1) -> list[nn.Module]:
    """Return a convolution, its normalisation and a ReLU."""
    return [convolution(inputs, outputs, side, stride), nn.InstanceNorm2d(outputs, affine=True),
            nn.ReLU()]


def convolution(inputs: int, outputs: int, side: int, stride: int = 1) -> nn.Conv2d:
    """Return a convolution that mirrors the picture at its edges."""
    return nn.Conv2d(inputs, outputs, side, stride, side // 2, padding_mode="reflect")


@ARCHITECTURES.register("forward", paper="arXiv:1603.08155", year=2016, paints=True,
                        idea="paints one style in a single pass")
def forward(*, size: str = "compact") -> Forward:
    """Build the network; `tiny` is for tests."""
    return Forward(WIDTHS[size])
