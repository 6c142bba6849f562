"""CGAN: the label enters both nets through a hidden layer of its own and is joined there.

Mirza, Osindero: "Conditional Generative Adversarial Nets", 2014, arXiv:1411.1784, section 4.1. The
compact generator also has batch normalisation (Radford et al. 2015, arXiv:1511.06434).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from vision.gan.models import ARCHITECTURES
from vision.gan.models.pair import GREY, Maxout, Pair, Shape, codes, numbers_in

WIDTHS: dict[str, dict[str, Any]] = {
    "compact": {"noise": 64, "norm": True, "noise_units": 96, "label_units": 64,
                "joint": 240, "picture": (160, 4), "label": (32, 4), "both": (160, 4)},
    "paper": {"noise": 100, "norm": False, "noise_units": 200, "label_units": 1000,
              "joint": 1200, "picture": (240, 5), "label": (50, 5), "both": (240, 4)},
}


class Generator(nn.Module):
    """Noise and label through hidden layers of their own, joined, to a picture."""

    def __init__(self, classes: int, noise: int, noise_units: int, label_units: int, joint: int,
                 norm: bool, shape: Shape) -> None:
        super().__init__()
        self.classes, self.shape = classes, tuple(shape)
        self.of_noise = nn.Linear(noise, noise_units)
        self.of_label = nn.Linear(classes, label_units)
        own = noise_units + label_units
        self.own_norm = nn.BatchNorm1d(own) if norm else nn.Identity()
        self.joint = nn.Linear(own, joint)
        self.joint_norm = nn.BatchNorm1d(joint) if norm else nn.Identity()
        self.draw = nn.Linear(joint, numbers_in(shape))

    def forward(self, noise: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        y = codes(labels, self.classes, noise.dtype)  # (N, classes)
        hidden = torch.cat([self.of_noise(noise), self.of_label(y)], 1)  # (N, noise_ + label_units)
        hidden = self.joint(self.own_norm(hidden).relu())  # (N, joint)
        hidden = self.joint_norm(hidden).relu()
        return self.draw(hidden).sigmoid().unflatten(1, self.shape)  # (N, *shape)


class Discriminator(nn.Module):
    """Picture and label through maxout layers of their own, joined, to one logit."""

    def __init__(self, classes: int, picture: tuple[int, int], label: tuple[int, int],
                 both: tuple[int, int], shape: Shape) -> None:
        super().__init__()
        self.classes = classes
        self.of_picture = Maxout(numbers_in(shape), *picture)
        self.of_label = Maxout(classes, *label)
        self.joint = Maxout(picture[0] + label[0], *both)
        self.judge = nn.Linear(both[0], 1)
        self.drop = nn.Dropout()

    def forward(self, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        y = codes(labels, self.classes, pictures.dtype)  # (N, classes)
        hidden = torch.cat([self.of_picture(pictures.flatten(1)), self.of_label(y)], 1)
        hidden = self.joint(self.drop(hidden))  # (N, picture + label) → (N, both)
        return self.judge(self.drop(hidden)).squeeze(1)  # (N,)


def generator_of(widths: dict[str, Any], classes: int, shape: Shape) -> Generator:
    """Return a generator of these widths."""
    return Generator(classes, widths["noise"], widths["noise_units"], widths["label_units"],
                     widths["joint"], widths["norm"], shape)


@ARCHITECTURES.register("cgan", paper="arXiv:1411.1784", year=2014, draws=True, conditional=True,
                        idea="both nets are told the label, so a drawing can be ordered")
def cgan(*, classes: int, size: str = "compact", shape: Shape = GREY) -> Pair:
    """Build a CGAN; `paper` has the widths of its published MNIST settings."""
    widths = WIDTHS[size]
    generator = generator_of(widths, classes, shape)
    discriminator = Discriminator(classes, widths["picture"], widths["label"], widths["both"],
                                  shape)
    return Pair(generator, discriminator, widths["noise"])
