"""Encoders that several architectures share: a small residual one, one that has learnt ImageNet,
torchvision's ResNets, and VGG-16.

Residual blocks: He et al., arXiv:1512.03385, Figure 2. Strides that become dilations: Chen et al.,
arXiv:1706.05587, Figure 3. VGG: Simonyan and Zisserman, arXiv:1409.1556, Table 1, column D.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn

from vision.efficientnet_lite import WIDTHS as LITE_WIDTHS
from vision.efficientnet_lite import EfficientNetLite
from vision.segmentation.models.layers import ConvNormReLU

OWN, LITE = "own", "lite0"  # the encoder of an architecture itself, or EfficientNet-Lite0
ENCODERS = (OWN, LITE)
COMPACT = (32, 64, 128, 192)
BLOCKS = {8: (2, 2, 2, 1), 16: (2, 3, 3, 2), 32: (2, 3, 3, 2)}  # by the stride at the end
VGG16 = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))  # (width, convolutions)


class Block(nn.Module):
    """Two 3×3 convolutions and a shortcut past them (Figure 2)."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            ConvNormReLU(inputs, outputs, stride=stride, dilation=dilation),
            nn.Conv2d(outputs, outputs, 3, padding=dilation, dilation=dilation, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Identity() if inputs == outputs and stride == 1 else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.body(x) + self.shortcut(x))  # (N, outputs, h / stride, w / stride)


class Staged(nn.Module):
    """A stem and stages after it; the map of each stage counts."""

    stem: nn.Module
    stages: nn.ModuleList

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return the maps (N, widths[i], h, w) of all stages for pictures (N, 3, H, W)."""
        x, maps = self.stem(x), []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


class SmallResNet(Staged):
    """A residual encoder for two CPU cores: maps at 1/4, 1/8, 1/16 and 1/32, or dilated."""

    def __init__(self, stride: int = 32) -> None:
        super().__init__()
        self.widths: tuple[int, ...] = COMPACT
        self.stem = nn.Sequential(ConvNormReLU(3, 32, stride=2),
                                  ConvNormReLU(32, COMPACT[0], stride=2))
        strides = [1, 2, 2 if stride > 8 else 1, 2 if stride > 16 else 1]
        dilations = [1, 1, 1 if stride > 8 else 2, {8: 4, 16: 2, 32: 1}[stride]]
        self.stages = nn.ModuleList(
            nn.Sequential(Block(before, width, step, dilation),
                          *(Block(width, width, 1, dilation) for _ in range(blocks - 1)))
            for before, width, step, dilation, blocks in zip(
                (COMPACT[0], *COMPACT), COMPACT, strides, dilations, BLOCKS[stride], strict=False))


class ResNet(Staged):
    """torchvision's ResNet without its classifier, with the same four maps."""

    widths = (256, 512, 1024, 2048)

    def __init__(self, name: str, stride: int = 32) -> None:
        from torchvision import models  # takes seconds, and most networks need none of it

        super().__init__()
        net = models.get_model(name, weights=None,
                               replace_stride_with_dilation=[False, stride < 16, stride < 32])
        self.stem = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool)
        self.stages = nn.ModuleList([net.layer1, net.layer2, net.layer3, net.layer4])


class Lite(nn.Module):
    """EfficientNet-Lite0 with the same four maps, or from a finest stride of 2 on with five."""

    def __init__(self, stride: int = 32, finest: int = 4) -> None:
        super().__init__()
        self.body = EfficientNetLite(stride=stride)
        self.skipped = {2: 0, 4: 1}[finest]
        self.widths = LITE_WIDTHS[self.skipped:]

    def forward(self, x: torch.Tensor, levels: int | None = None) -> list[torch.Tensor]:
        """Return the maps (N, widths[i], h, w) of all levels, or of the first ones only."""
        x = x / 2 + 1 / 128  # pictures here are p / 64 − 2, what it learnt was (p − 127) / 128
        return self.body(x)[self.skipped:][:levels]


Encoder = SmallResNet | ResNet | Lite


def residual(size: str, stride: int = 32, encoder: str = OWN) -> Encoder:
    """Return the residual encoder of a size, the small one or ResNet-101, or the one with a name.
    """
    builders: dict[tuple[str, str], Callable[[], Encoder]] = {
        ("compact", OWN): lambda: SmallResNet(stride=stride),
        ("paper", OWN): lambda: ResNet("resnet101", stride),
        ("compact", LITE): lambda: Lite(stride)}
    return builders[size, encoder]()


def vgg_stage(inputs: int, outputs: int, count: int, dilation: int = 1) -> nn.Sequential:
    """Return one stage of VGG: `count` 3×3 convolutions with batch normalisation."""
    return nn.Sequential(*(ConvNormReLU(inputs if first else outputs, outputs, dilation=dilation)
                           for first in (True, *[False] * (count - 1))))


def vgg_stages(stages: Sequence[tuple[int, int]] = VGG16, inputs: int = 3,
               last_dilation: int = 1) -> nn.ModuleList:
    """Return VGG-16's stages, or those of other widths and depths, without the poolings between."""
    before = (inputs, *(width for width, _ in stages))
    dilations = (*[1] * (len(stages) - 1), last_dilation)
    return nn.ModuleList(vgg_stage(entering, width, count, dilation)
                         for entering, (width, count), dilation
                         in zip(before, stages, dilations, strict=False))
