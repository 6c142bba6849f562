"""The network that sees: VGG-19 up to its deepest style layer.

Simonyan, Zisserman: "Very Deep Convolutional Networks for Large-Scale Image Recognition",
arXiv:1409.1556. Its features were made those of style transfer by Gatys, Ecker, Bethge,
arXiv:1508.06576.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Literal

import torch
from torch import nn

from vision.style.models import ARCHITECTURES

Padding = Literal["zeros", "reflect"]
DEPTH = 29  # layers 0…28 of torchvision's; 28 is conv5_1, the book's deepest style layer
SHARE = {"paper": 1, "slim": 4, "compact": 8}  # by how much the published widths are divided
STAGES = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))  # width and convolutions


class Extractor(nn.Module):
    """Convolutions and ReLUs in a row, numbered as in torchvision's `vgg19().features`."""

    def __init__(self, size: str, padding: Padding = "zeros") -> None:
        super().__init__()
        self.features = layers(SHARE[size], padding)[:DEPTH]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.features(x)  # (N, 3, H, W) → (N, 512, H/16, W/16)


def layers(share: int, padding: Padding) -> nn.Sequential:
    """Return VGG-19's features with the widths divided by `share`, as torchvision numbers them.

    Beyond its edges a picture goes on as "zeros", as torchvision has it, or mirrored: "reflect".
    """
    parts: list[nn.Module] = []
    inputs = 3
    for width, depth in STAGES:
        for _ in range(depth):
            convolution = nn.Conv2d(inputs, width // share, 3, padding=1, padding_mode=padding)
            nn.init.kaiming_normal_(convolution.weight, mode="fan_out")
            parts += [convolution, nn.ReLU(inplace=True)]
            inputs = width // share
        parts.append(nn.MaxPool2d(2))
    return nn.Sequential(*parts)


def rectified(layers: nn.Sequential, numbers: Container[int], x: torch.Tensor
              ) -> dict[int, torch.Tensor]:
    """Return what the convolutions of some numbers, the last one too, see: ReLUs (N, C, h, w)."""
    found = {}
    for number, layer in enumerate(layers):
        x = layer(x)
        if number in numbers:
            found[number] = x  # the ReLU after it works in place
    found[number] = x.relu()
    return found


def convolutions_of(extractor: Extractor) -> list[nn.Conv2d]:
    """Return the convolutions in order."""
    return [layer for layer in extractor.features if isinstance(layer, nn.Conv2d)]


@ARCHITECTURES.register("vgg19", paper="arXiv:1409.1556", year=2014, paints=False,
                        idea="its features tell content from style")
def vgg19(*, size: str = "paper", padding: Padding = "zeros") -> Extractor:
    """Build the extractor; `slim` has a quarter of the channels, `compact`, for tests, an eighth.
    """
    return Extractor(size, padding)
