"""SN-GAN: no layer of D may stretch more than by 1, so that D stays smooth; made for colour.

Miyato, Kataoka, Koyama, Yoshida: "Spectral Normalization for Generative Adversarial Networks",
ICLR 2018, arXiv:1802.05957, table 3; the label enters as in Miyato, Koyama, ICLR 2018,
arXiv:1802.05637: D projects on it, G has a scale and a shift for each label. The compact pair has
no `fine` layers, those that keep the size, and so costs a fraction.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from vision.gan.models import ARCHITECTURES
from vision.gan.models.cgan_projection import Projection
from vision.gan.models.pair import GREY, Pair, Shape, codes

WIDTHS: dict[str, dict[str, Any]] = {
    "compact": {"noise": 64, "width": 32, "fine": False},
    "paper": {"noise": 128, "width": 64, "fine": True},
}
SMALLEST = 4  # pixels of a side
SLOPE = 0.1


def halvings(side: int) -> int:
    """Return how often a side can be halved: 32 to 4 in three steps, 28 to 7 in two."""
    return 0 if side % 2 or side <= SMALLEST else 1 + halvings(side // 2)


class LabelledNorm(nn.Module):
    """Batch normalisation with a scale and a shift for each label."""

    def __init__(self, classes: int, width: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(width, affine=False)
        self.gain = nn.Parameter(torch.empty(classes, width).normal_(1, 0.02))
        self.bias = nn.Parameter(torch.zeros(classes, width))

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        gain, bias = y @ self.gain, y @ self.bias  # (N, classes) → (N, width)
        return self.norm(x) * gain[:, :, None, None] + bias[:, :, None, None]


class Generator(nn.Module):
    """Noise to a few pixels of many channels, then twice the side and half the channels again."""

    def __init__(self, noise: int, classes: int, width: int, fine: bool, shape: Shape) -> None:
        super().__init__()
        channels, side, _ = shape
        times = halvings(side)
        small, growing = side >> times, times if fine else times - 1
        widths = [width << step for step in range(growing, -1, -1)]  # 4 × width, 2 × width, width
        self.classes, self.begin = classes, (widths[0], small, small)
        self.start = nn.Linear(noise, widths[0] * small * small)
        self.norms = nn.ModuleList(LabelledNorm(classes, wide) for wide in widths)
        self.grow = nn.ModuleList(nn.ConvTranspose2d(wide, wide // 2, 4, stride=2, padding=1)
                                  for wide in widths[:-1])
        self.draw = (nn.Conv2d(width, channels, 3, padding=1) if fine else
                     nn.ConvTranspose2d(width, channels, 4, stride=2, padding=1))

    def forward(self, noise: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        y = codes(labels, self.classes, noise.dtype)  # (N, classes)
        x = self.start(noise).unflatten(1, self.begin)  # (N, wide, small, small)
        for norm, grow in zip(self.norms, self.grow, strict=False):
            x = grow(norm(x, y).relu())  # (N, wide / 2, twice, twice)
        x = self.draw(self.norms[-1](x, y).relu())  # (N, C, S, S)
        return (x.tanh() + 1) / 2


class Discriminator(Projection):
    """A trunk φ of spectrally normal layers; one score for "real?" and one for "does it fit?"."""

    def __init__(self, classes: int, width: int, fine: bool, shape: Shape) -> None:
        super().__init__()
        last, layers = shape[0], []
        for step in range(halvings(shape[1])):
            wide = width << step
            layers += [nn.Conv2d(last, wide, 3, padding=1)] if fine else []
            layers += [nn.Conv2d(wide if fine else last, wide, 4, stride=2, padding=1)]
            last = wide
        if fine:
            layers.append(nn.Conv2d(last, 2 * last, 3, padding=1))
            last *= 2
        self.layers = nn.ModuleList(map(spectral_norm, layers))
        self.real = spectral_norm(nn.Linear(last, 1))
        self.fits = spectral_norm(nn.Embedding(classes, last))

    def features(self, pictures: torch.Tensor) -> torch.Tensor:
        x = 2 * pictures - 1
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), SLOPE)  # (N, wide, S / 2ⁿ, S / 2ⁿ)
        return x.sum((2, 3))  # (N, wide)


@ARCHITECTURES.register("sngan", paper="arXiv:1802.05957", year=2018, draws=True, conditional=True,
                        idea="a discriminator that cannot stretch stays fair, also in colour")
def sngan(*, classes: int, size: str = "compact", shape: Shape = GREY) -> Pair:
    """Build an SN-GAN that is told the label; `paper` has the widths of table 3."""
    noise, width, fine = WIDTHS[size].values()
    return Pair(Generator(noise, classes, width, fine, shape),
                Discriminator(classes, width, fine, shape), noise)
