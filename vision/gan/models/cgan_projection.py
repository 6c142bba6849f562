"""A conditional GAN whose discriminator gives two scores: is it real, and does it fit the label?

Miyato, Koyama: "cGANs with Projection Discriminator", ICLR 2018, arXiv:1802.05637, equation 5 is
`Projection`. Generator and maxout layers are the CGAN's, so that the two designs differ only in how
the label meets the picture.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import nn

from vision.gan.models import ARCHITECTURES
from vision.gan.models.cgan import WIDTHS, generator_of
from vision.gan.models.pair import GREY, Maxout, Pair, Shape, numbers_in


class Projection(nn.Module, ABC):
    """The sum of two scores of features φ(x), which whoever inherits makes.

    A linear map ψ, `real`, asks "real?"; a row of V for each label, `fits`, asks "does it fit?".
    """

    real: nn.Module
    fits: nn.Module

    @abstractmethod
    def features(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return φ(x) of pictures (N, *shape): (N, wide)."""

    def scores(self, pictures: torch.Tensor, labels: torch.Tensor
               ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return ψ(φ(x)), how real the pictures are, and yᵀVφ(x), how well each fits its label."""
        seen = self.features(pictures)
        return self.real(seen).squeeze(1), (self.fits(labels) * seen).sum(1)  # (N,), (N,)

    def forward(self, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        real, fits = self.scores(pictures, labels)
        return real + fits  # equation 5: yᵀVφ(x) + ψ(φ(x))


class Discriminator(Projection):
    """One trunk φ, one head for "real?" and one row of V for each label's "does it fit?"."""

    def __init__(self, classes: int, picture: tuple[int, int], both: tuple[int, int],
                 shape: Shape) -> None:
        super().__init__()
        self.first = Maxout(numbers_in(shape), *picture)
        self.second = Maxout(picture[0], *both)
        self.real = nn.Linear(both[0], 1)
        self.fits = nn.Embedding(classes, both[0])
        self.drop = nn.Dropout()

    def features(self, pictures: torch.Tensor) -> torch.Tensor:
        hidden = self.drop(self.first(pictures.flatten(1)))  # (N, picture)
        return self.drop(self.second(hidden))  # (N, both)


@ARCHITECTURES.register("cgan_projection", paper="arXiv:1802.05637", year=2018, draws=True,
                        conditional=True,
                        idea="the discriminator asks 'real?' and 'does it fit the label?' apart")
def cgan_projection(*, classes: int, size: str = "compact", shape: Shape = GREY) -> Pair:
    """Build a CGAN with a projection discriminator of the CGAN's widths."""
    widths = WIDTHS[size]
    generator = generator_of(widths, classes, shape)
    return Pair(generator, Discriminator(classes, widths["picture"], widths["both"], shape),
                widths["noise"])
