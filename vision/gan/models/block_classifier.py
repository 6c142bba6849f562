"""A judge for photographs: three blocks of 3×3 convolutions, then the mean over all places.

The blocks are VGG's (Simonyan, Zisserman, ICLR 2015, arXiv:1409.1556) with batch normalisation.
"""

from __future__ import annotations

import torch
from torch import nn

from vision.gan.models import ARCHITECTURES
from vision.gan.models.pair import GREY, Shape

WIDTHS = {"compact": (32, 64, 128), "paper": (64, 128, 256)}
DEPTHS = (1, 2, 2)  # convolutions of each block; at the full size they cost most


class BlockClassifier(nn.Module):
    """Three blocks and the mean of each channel, `layers`, which are the features; then logits."""

    def __init__(self, classes: int, widths: tuple[int, int, int], shape: Shape) -> None:
        super().__init__()
        inputs = (shape[0], *widths)
        self.layers = nn.Sequential(
            *(block(*sizes) for sizes in zip(inputs, widths, DEPTHS, strict=False)),
            nn.AdaptiveAvgPool2d(1),  # (N, wide, S/8, S/8) → (N, wide, 1, 1)
            nn.Flatten(),
        )
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(widths[-1], classes))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.head(self.layers(pictures))  # (N, wide) → (N, classes)


def block(inputs: int, width: int, depth: int) -> nn.Sequential:
    """Return convolutions that keep the size, each with its norm, and a pooling that halves it."""
    layers: list[nn.Module] = []
    for step in range(depth):
        layers += [nn.Conv2d(width if step else inputs, width, 3, padding=1, bias=False),
                   nn.BatchNorm2d(width), nn.ReLU()]
    return nn.Sequential(*layers, nn.MaxPool2d(2))


@ARCHITECTURES.register("block_classifier", paper="arXiv:1409.1556", year=2015, draws=False,
                        conditional=False, idea="reads photographs, which need more layers")
def block_classifier(*, classes: int, size: str = "compact", shape: Shape = GREY
                     ) -> BlockClassifier:
    """Build the classifier."""
    return BlockClassifier(classes, WIDTHS[size], shape)
