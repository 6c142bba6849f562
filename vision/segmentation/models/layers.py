"""Small parts that several architectures are made of."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class ConvNormReLU(nn.Sequential):
    """Convolution that keeps the size at stride 1, batch normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, *, stride: int = 1,
                 dilation: int = 1, groups: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, dilation * (kernel // 2), dilation, groups,
                      bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class SeparableConv(nn.Sequential):
    """A depthwise 3×3 convolution, then a pointwise one, each with normalisation and ReLU."""

    def __init__(self, inputs: int, outputs: int, *, dilation: int = 1) -> None:
        super().__init__(
            ConvNormReLU(inputs, inputs, 3, dilation=dilation, groups=inputs),
            ConvNormReLU(inputs, outputs, 1),
        )


class Pooled(nn.Sequential):
    """Average over `bins`×`bins` regions, then a 1×1 convolution and ReLU.

    Without batch normalisation, which a batch of one picture in one region could not train.
    """

    def __init__(self, inputs: int, outputs: int, bins: int = 1) -> None:
        super().__init__(nn.AdaptiveAvgPool2d(bins), nn.Conv2d(inputs, outputs, 1),
                         nn.ReLU(inplace=True))


def stem(size: str) -> tuple[nn.Module, int]:
    """Return what comes before the first level, and its channels: `compact` works at half size."""
    return {"compact": lambda: (ConvNormReLU(3, 16, stride=2), 16),
            "paper": lambda: (nn.Identity(), 3)}[size]()


def grow(x: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Return x (N, C, h, w) at the height and width of `like`, bilinearly."""
    if x.shape[-2:] == like.shape[-2:]:
        return x
    return functional.interpolate(x, like.shape[-2:], mode="bilinear", align_corners=False)
