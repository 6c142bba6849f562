"""The network that sees: VGG-19 up to its deepest style layer, and the classifier it comes from.

Simonyan, Zisserman: "Very Deep Convolutional Networks for Large-Scale Image Recognition",
arXiv:1409.1556. Its features were made those of style transfer by Gatys, Ecker, Bethge,
arXiv:1508.06576.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from vision.style.models import ARCHITECTURES

DEPTH = 29  # layers 0…28 of torchvision's; 28 is conv5_1, the book's deepest style layer
SHARE = {"paper": 1, "compact": 8}  # by how much the published widths are divided
STAGES = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))  # width and convolutions


class Extractor(nn.Module):
    """Convolutions and ReLUs in a row, numbered as in torchvision's `vgg19().features`."""

    def __init__(self, size: str) -> None:
        super().__init__()
        self.features = layers(SHARE[size], norm=False)[:DEPTH]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.features(x)  # (N, 3, H, W) → (N, 512, H/16, W/16)


class Classifier(nn.Module):
    """The same with batch normalisation and all 16 convolutions; a linear head for each data set.

    It takes the pictures of each data set, (n, 3, S, S), and returns the logits (n, classes).
    """

    def __init__(self, size: str, classes: Mapping[str, int]) -> None:
        super().__init__()
        self.features = layers(SHARE[size], norm=True)
        self.heads = nn.ModuleDict({name: nn.Linear(STAGES[-1][0] // SHARE[size], count)
                                    for name, count in classes.items()})

    def forward(self, pictures: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {name: self.heads[name](self.features(x).mean((2, 3)))
                for name, x in pictures.items()}


def layers(share: int, norm: bool) -> nn.Sequential:
    """Return VGG-19's features with the widths divided by `share`, as torchvision numbers them."""
    parts: list[nn.Module] = []
    inputs = 3
    for width, depth in STAGES:
        for _ in range(depth):
            convolution = nn.Conv2d(inputs, width // share, 3, padding=1)
            nn.init.kaiming_normal_(convolution.weight, mode="fan_out")
            between = [nn.BatchNorm2d(width // share)] if norm else []
            parts += [convolution, *between, nn.ReLU(inplace=True)]
            inputs = width // share
        parts.append(nn.MaxPool2d(2))
    return nn.Sequential(*parts)


def folded(classifier: nn.Module, size: str) -> Extractor:
    """Return a classifier's features with each normalisation folded into its convolution."""
    extractor = Extractor(size)
    source = classifier.eval().get_submodule("features").children()
    convolutions = [fuse_conv_bn_eval(first, second) for first, second in pairwise(source)
                    if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d)]
    for place, convolution in zip(convolutions_of(extractor), convolutions, strict=False):
        place.load_state_dict(convolution.state_dict())
    return extractor.eval()


@torch.no_grad()
def balance(extractor: Extractor, pictures: torch.Tensor, level: float = 1.0) -> None:
    """Scale each filter so that its mean activation on `pictures` (N, 3, H, W) is `level`.

    As Gatys et al. did with theirs; the next layer's weights shrink by as much, so every layer
    still sees what it saw. The last one is seen without its ReLU, so there it is the mean size.
    """
    places = convolutions_of(extractor)
    x = pictures
    for layer in extractor.features:
        x = layer(x)
        if not isinstance(layer, nn.Conv2d):
            continue
        seen = x.abs() if layer is places[-1] else x.relu()
        mean = seen.mean((0, 2, 3))  # (C,)
        scale = torch.where(mean > 1e-4, level / mean, 1.0)
        for parameter in layer.parameters():  # (C, in, 3, 3) and (C,)
            parameter.mul_(scale.reshape(-1, *[1] * (parameter.ndim - 1)))
        x = x * scale[:, None, None]
        for convolution in places[places.index(layer) + 1 :][:1]:
            convolution.weight.div_(scale[:, None, None])  # (out, C, 3, 3)


def convolutions_of(extractor: Extractor) -> list[nn.Conv2d]:
    """Return the convolutions in order."""
    return [layer for layer in extractor.features if isinstance(layer, nn.Conv2d)]


@ARCHITECTURES.register("vgg19", paper="arXiv:1409.1556", year=2014, paints=False,
                        idea="its features tell content from style")
def vgg19(*, size: str = "paper") -> Extractor:
    """Build the extractor; `compact`, for tests, has an eighth of the channels."""
    return Extractor(size)
