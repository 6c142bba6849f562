"""GAN: a generator of ReLUs and a sigmoid against a discriminator of maxout units and dropout.

Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville, Bengio: "Generative
Adversarial Nets", NIPS 2014, arXiv:1406.2661, section 5. The compact generator also has batch
normalisation, the advice of Radford et al. 2015, arXiv:1511.06434, section 3.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from vision.gan.models import ARCHITECTURES
from vision.gan.models.pair import GREY, Maxout, Pair, Shape, numbers_in

WIDTHS: dict[str, dict[str, Any]] = {
    "compact": {"noise": 64, "norm": True, "generator": (128, 240), "units": 160,
                "pieces": 4},
    "paper": {"noise": 100, "norm": False, "generator": (1200, 1200), "units": 240,
              "pieces": 5},
}


class Generator(nn.Module):
    """Noise through two layers of ReLUs to a picture."""

    def __init__(self, noise: int, widths: tuple[int, int], norm: bool, shape: Shape) -> None:
        super().__init__()
        self.shape = tuple(shape)
        self.layers = nn.Sequential(
            nn.Linear(noise, widths[0]),
            nn.BatchNorm1d(widths[0]) if norm else nn.Identity(),
            nn.ReLU(),
            nn.Linear(widths[0], widths[1]),
            nn.BatchNorm1d(widths[1]) if norm else nn.Identity(),
            nn.ReLU(),
            nn.Linear(widths[1], numbers_in(shape)),
            nn.Sigmoid(),
        )

    def forward(self, noise: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return self.layers(noise).unflatten(1, self.shape)  # (N, noise) → (N, *shape)


class Discriminator(nn.Module):
    """A picture through two layers of maxout units, with dropout, to one logit."""

    def __init__(self, units: int, pieces: int, shape: Shape) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            Maxout(numbers_in(shape), units, pieces),
            nn.Dropout(0.5),
            Maxout(units, units, pieces),
            nn.Dropout(0.5),
            nn.Linear(units, 1),
        )

    def forward(self, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return self.layers(pictures.flatten(1)).squeeze(1)  # (N, *shape) → (N,)


@ARCHITECTURES.register("gan", paper="arXiv:1406.2661", year=2014, draws=True, conditional=False,
                        idea="two nets play a game: one draws, the other tells real from drawn")
def gan(*, classes: int, size: str = "compact", shape: Shape = GREY) -> Pair:
    """Build the first GAN; `paper` has the widths of its published MNIST settings."""
    widths = WIDTHS[size]
    return Pair(Generator(widths["noise"], widths["generator"], widths["norm"], shape),
                Discriminator(widths["units"], widths["pieces"], shape), widths["noise"])
