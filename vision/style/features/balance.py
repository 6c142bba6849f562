"""Layers that count alike, whatever network they belong to.

Gatys, Ecker, Bethge, arXiv:1508.06576, scale each filter to the same mean activation. Here each
layer is scaled as a whole, so that two photographs differ in style by the same amount at every
layer: a rare filter stays rare, and the sliders mean the same with every network.
"""

from __future__ import annotations

import torch
from torch import nn

from vision.style.losses import gram, style_loss
from vision.style.models.vgg19 import STAGES, Extractor, convolutions_of


def share_of(width: int) -> float:
    """Return by how much a network is narrower than VGG-19, by its first layer's width."""
    return STAGES[0][0] / width


@torch.no_grad()
def balance(extractor: Extractor, pictures: torch.Tensor, level: float = 1.0) -> None:
    """Scale each layer so that the style loss of two of the pictures (N, 3, H, W) is `level`.

    The next layer's weights shrink by as much, so every layer still sees what it saw.
    """
    places = convolutions_of(extractor)
    share = share_of(places[0].out_channels)
    x = pictures
    for layer in extractor.features:
        x = layer(x)
        if isinstance(layer, nn.Conv2d):
            matrices = gram(x if layer is places[-1] else x.relu())  # (N, C, C)
            loss = style_loss(matrices, matrices.roll(1, 0)).mean() / share**2
            scale = (level / loss) ** 0.25  # a loss is of fourth degree in its features
            for parameter in layer.parameters():
                parameter.mul_(scale)
            x = x * scale
            for following in places[places.index(layer) + 1 :][:1]:
                following.weight.div_(scale)
