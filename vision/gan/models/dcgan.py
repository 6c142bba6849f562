"""DCGAN: strided convolutions instead of dense layers, batch normalisation, LeakyReLU in D.

Radford, Metz, Chintala: "Unsupervised Representation Learning with Deep Convolutional Generative
Adversarial Networks", ICLR 2016, arXiv:1511.06434, section 3. Two strides take a side of
28 to 7, and one of 32 to 8.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from vision.gan.models import ARCHITECTURES
from vision.gan.models.pair import GREY, Pair, Shape, codes

WIDTHS: dict[str, dict[str, Any]] = {
    "compact": {"noise": 64, "generator": (64, 32), "discriminator": (32, 64)},
    "paper": {"noise": 100, "generator": (256, 128), "discriminator": (128, 256)},
}
SHRINKS = 4  # two strides


class Generator(nn.Module):
    """Noise, with the label if there are any, to S/4 × S/4, then twice as large twice."""

    def __init__(self, noise: int, labels: int, widths: tuple[int, int], shape: Shape) -> None:
        super().__init__()
        first, second = widths
        small = shape[1] // SHRINKS
        self.labels, self.begin = labels, (first, small, small)
        self.start = nn.Linear(noise + labels, first * small * small, bias=False)
        self.start_norm = nn.BatchNorm2d(first)
        self.grow = nn.ConvTranspose2d(first, second, 4, stride=2, padding=1, bias=False)
        self.grow_norm = nn.BatchNorm2d(second)
        self.draw = nn.ConvTranspose2d(second, shape[0], 4, stride=2, padding=1)

    def forward(self, noise: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        if self.labels:
            y = codes(labels, self.labels, noise.dtype)
            noise = torch.cat([noise, y], 1)  # (N, noise + labels)
        x = self.start(noise).unflatten(1, self.begin)  # (N, first, S/4, S/4)
        x = self.grow(self.start_norm(x).relu())  # (N, second, S/2, S/2)
        x = self.draw(self.grow_norm(x).relu())  # (N, C, S, S)
        return (x.tanh() + 1) / 2


class Trunk(nn.Module):
    """A picture, with its label as planes if there are any, to features (N, wide × S/4 × S/4)."""

    def __init__(self, labels: int, widths: tuple[int, int], shape: Shape) -> None:
        super().__init__()
        self.labels = labels
        self.first = nn.Conv2d(shape[0] + labels, widths[0], 4, stride=2, padding=1)
        self.second = nn.Conv2d(widths[0], widths[1], 4, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(widths[1])

    def forward(self, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        x = 2 * pictures - 1
        if self.labels:
            y = codes(labels, self.labels, x.dtype)[:, :, None, None]
            x = torch.cat([x, y.expand(-1, -1, *x.shape[2:])], 1)  # (N, C + labels, S, S)
        x = functional.leaky_relu(self.first(x), 0.2)  # (N, first, S/2, S/2)
        x = functional.leaky_relu(self.norm(self.second(x)), 0.2)  # (N, second, S/4, S/4)
        return x.flatten(1)


class Discriminator(nn.Module):
    """The trunk and one linear map to a logit."""

    def __init__(self, labels: int, widths: tuple[int, int], shape: Shape) -> None:
        super().__init__()
        self.trunk = Trunk(labels, widths, shape)
        self.judge = nn.Linear(widths[1] * (shape[1] // SHRINKS) ** 2, 1)

    def forward(self, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return self.judge(self.trunk(pictures, labels)).squeeze(1)  # (N,)


def build(labels: int, size: str, shape: Shape) -> Pair:
    """Return a convolutional pair, conditional if there are labels."""
    widths = WIDTHS[size]
    pair = Pair(Generator(widths["noise"], labels, widths["generator"], shape),
                Discriminator(labels, widths["discriminator"], shape), widths["noise"])
    return pair.apply(initialise)


def initialise(module: nn.Module) -> None:
    """Draw a layer's weights from a normal distribution of width 0.02 (section 4)."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        nn.init.normal_(module.weight, 0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1, 0.02)


@ARCHITECTURES.register("dcgan", paper="arXiv:1511.06434", year=2015, draws=True,
                        conditional=False,
                        idea="convolutions know that neighbouring pixels belong together")
def dcgan(*, classes: int, size: str = "compact", shape: Shape = GREY) -> Pair:
    """Build a DCGAN whose two nets do not see the label."""
    return build(0, size, shape)
