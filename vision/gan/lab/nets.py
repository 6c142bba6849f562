"""The two nets of a tiny game: how deep and wide either is, and what they learn with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import nn

from vision.errors import unknown
from vision.options import within

Parameters = Iterator[nn.Parameter]
OPTIMIZERS: dict[str, Callable[[Parameters, float], torch.optim.Optimizer]] = {
    "adam": lambda parameters, rate: torch.optim.Adam(parameters, rate, (0.5, 0.9)),
    "rmsprop": lambda parameters, rate: torch.optim.RMSprop(parameters, rate),
    "momentum": lambda parameters, rate: torch.optim.SGD(parameters, rate, momentum=0.9),
    "sgd": lambda parameters, rate: torch.optim.SGD(parameters, rate),
}
DEEPEST, NARROWEST, WIDEST = 4, 2, 64


@dataclass(frozen=True)
class Nets:
    """Hidden layers and the neurons in each, of G and of D, and the optimizer of both."""

    layers_g: int = 2
    neurons_g: int = 64
    layers_d: int = 2
    neurons_d: int = 64
    optimizer: str = "adam"

    def __post_init__(self) -> None:
        depth, width = (1, DEEPEST), (NARROWEST, WIDEST)
        within(self, layers_g=depth, layers_d=depth, neurons_g=width, neurons_d=width)
        if self.optimizer not in OPTIMIZERS:
            raise unknown("optimizer", self.optimizer, list(OPTIMIZERS))

    def generator(self, noise: int, size: int) -> nn.Sequential:
        """Return a new G from noise to points."""
        return net(noise, size, self.layers_g, self.neurons_g)

    def discriminator(self, size: int) -> nn.Sequential:
        """Return a new D from points to a logit."""
        return net(size, 1, self.layers_d, self.neurons_d)

    def optimize(self, player: nn.Module, rate: float) -> torch.optim.Optimizer:
        """Return what a player learns with."""
        return OPTIMIZERS[self.optimizer](player.parameters(), rate)


def net(inputs: int, outputs: int, layers: int, neurons: int) -> nn.Sequential:
    """Return so many hidden layers of so many neurons, and one that puts out."""
    sizes = [inputs, *[neurons] * layers]
    hidden = [part for before, after in pairwise(sizes)
              for part in (nn.Linear(before, after), nn.LeakyReLU(0.1))]
    return nn.Sequential(*hidden, nn.Linear(neurons, outputs))
