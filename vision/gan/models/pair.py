"""What every GAN here is made of: a generator, its discriminator, and the paper's maxout unit."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

Shape = Sequence[int]  # of one picture: channels, height, width
GREY: Shape = (1, 28, 28)  # what a checkpoint draws that says nothing else


class Pair(nn.Module):
    """The two players: `generator(noise, labels)` draws, `discriminator(pictures, labels)` judges.

    The generator maps noise (N, noise) and labels (N,) to pictures (N, *shape) in 0…1; the
    discriminator maps pictures and labels to logits (N,), whose sigmoid is D. An unconditional
    pair takes the labels and does not look at them. A generator also takes labels as weights
    (N, classes), so that two can be mixed.
    """

    def __init__(self, generator: nn.Module, discriminator: nn.Module, noise: int) -> None:
        super().__init__()
        self.generator, self.discriminator, self.noise = generator, discriminator, noise


class Maxout(nn.Module):
    """The largest of `pieces` linear maps for each unit (Goodfellow et al. 2013, 1302.4389)."""

    def __init__(self, inputs: int, units: int, pieces: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, units * pieces)
        self.units, self.pieces = units, pieces

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.linear(x).unflatten(1, (self.units, self.pieces))  # (N, units, pieces)
        return x.amax(2)  # (N, units)


def codes(labels: torch.Tensor, classes: int, dtype: torch.dtype) -> torch.Tensor:
    """Return labels (N,) as one-hot codes (N, classes); weights (N, classes) stay as they are."""
    if labels.ndim == 1:
        labels = functional.one_hot(labels, classes)
    return labels.to(dtype)


def numbers_in(shape: Shape) -> int:
    """Return how many numbers make a picture."""
    return math.prod(shape)
