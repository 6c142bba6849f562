"""The parts of a network that paints: convolutions whose normalisation belongs to a style.

A style is a vector. Which one, the network says: a place in a list of those that it has learnt
(Dumoulin, Shlens, Kudlur, arXiv:1610.07629), or what another network sees in a style picture
(Ghiasi et al., arXiv:1705.06830).
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class StyledNorm(nn.Module):
    """Instance normalisation whose scale and shift are linear in the style (N, styles)."""

    def __init__(self, width: int, styles: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.zeros(styles, width))  # beside 1
        self.shift = nn.Parameter(torch.zeros(styles, width))

    def forward(self, x: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        scale, shift = (torch.einsum("ns,sc->nc", style.float(), own).to(x.dtype)[:, :, None, None]
                        for own in (self.gain, self.shift))  # (N, width, 1, 1)
        return functional.instance_norm(x) * (1 + scale) + shift  # Dumoulin, equation 5


class Block(nn.Module):
    """A convolution, perhaps of an enlarged picture, the normalisation of a style and a ReLU."""

    def __init__(self, inputs: int, outputs: int, side: int, styles: int, stride: int = 1,
                 enlarge: int = 1) -> None:
        super().__init__()
        self.enlarge = enlarge
        self.convolution = convolution(inputs, outputs, side, stride)
        self.norm = StyledNorm(outputs, styles)

    def forward(self, x: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        x = functional.interpolate(x, scale_factor=self.enlarge) if self.enlarge > 1 else x
        return self.norm(self.convolution(x), style).relu()  # (N, outputs, h, w)


class Residual(nn.Module):
    """Two convolutions whose result is added to what they were given."""

    def __init__(self, width: int, styles: int) -> None:
        super().__init__()
        self.first = Block(width, width, 3, styles)
        self.convolution = convolution(width, width, 3)
        self.norm = StyledNorm(width, styles)

    def forward(self, x: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        return x + self.norm(self.convolution(self.first(x, style)), style)  # (N, width, h, w)


def convolution(inputs: int, outputs: int, side: int, stride: int = 1) -> nn.Conv2d:
    """Return a convolution that mirrors the picture at its edges."""
    return nn.Conv2d(inputs, outputs, side, stride, side // 2, padding_mode="reflect")
