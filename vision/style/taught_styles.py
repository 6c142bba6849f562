"""Which style each picture of a batch is to be painted in, and how the network is told.

A network that paints is told a style as a vector.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from vision.images import resize
from vision.randomness import generator_for
from vision.style.data import cut, normalise, size_at, to_tensor
from vision.style.models.any_style import AnyStyle
from vision.style.objectives.targets import Grams, Targets

OFTEN = 3  # times a style picture itself among what a network for any style learns by
VARIED = 6  # times a part of it in other sizes and colours
SCALES = (0.7, 1.4)  # of such a part
SQUARE = 0.6  # of the style pictures' longest side, such a part's
PHOTOGRAPHS = 36


class TaughtStyles:
    """Styles as vectors (styles, M) with their Gram matrices, and how often each is a lesson."""

    def __init__(self, vectors: torch.Tensor, grams: Sequence[Grams], seed: int,
                 often: Sequence[int] | None = None) -> None:
        self.vectors, self.seed = vectors, seed
        self.grams = {layer: torch.cat([one[layer] for one in grams]) for layer in grams[0]}
        self.places = np.repeat(np.arange(len(vectors)), 1 if often is None else often)

    def batch(self, number: int, size: int, share: slice) -> tuple[torch.Tensor, Grams]:
        """Return vectors and matrices for a share of step `number`'s pictures.

        Those of one step are as different as there are styles.
        """
        order = generator_for(self.seed, number, 1).permutation(self.places)
        chosen = torch.from_numpy(np.resize(order, size)[share]).to(self.vectors.device)  # (N,)
        return self.vectors[chosen], {layer: grams[chosen] for layer, grams in self.grams.items()}


def learnt_styles(targets: Targets, pictures: Sequence[np.ndarray], side: int, seed: int
                  ) -> TaughtStyles:
    """Return styles that a network knows by their numbers."""
    device = targets.objective.vgg.device
    each = [whole(one, side).to(device) for one in pictures]
    return TaughtStyles(torch.eye(len(pictures), device=device),
                        [targets.grams_of(one) for one in each], seed)


@torch.no_grad()
def any_styles(module: AnyStyle, features: torch.nn.Module, targets: Targets,
               pictures: Sequence[np.ndarray], photographs: Sequence[np.ndarray], side: int,
               seed: int) -> TaughtStyles:
    """Return styles that a network sees: the pictures, parts of them varied, and photographs.

    The network begins with a VGG-19's features, and with what statistics these styles have.
    """
    random = generator_for(seed, 2**33)  # no step has this number
    own = [whole(one, side) for one in pictures]
    parts = [part(random, one, side) for one in pictures for _ in range(VARIED)]
    others = [normalise(cut(photographs, random, round(SQUARE * side))[None])
              for _ in range(PHOTOGRAPHS)]
    each = [*own, *parts, *others]
    device = targets.objective.vgg.device
    return TaughtStyles(module.begin(features, each).to(device),
                        [targets.grams_of(one.to(device)) for one in each], seed,
                        [OFTEN] * len(own) + [1] * (len(parts) + len(others)))


def whole(picture: np.ndarray, side: int) -> torch.Tensor:
    """Return a style picture in the size in which it is taught, (1, 3, h, w)."""
    return to_tensor(picture, size_at(picture, side))


def part(random: np.random.Generator, picture: np.ndarray, side: int) -> torch.Tensor:
    """Return a square of a style picture in some size and order of its channels, (1, 3, s, s)."""
    wanted = round(SQUARE * side)
    height, width = picture.shape[:2]
    usual = wanted * max(height, width) / side  # pixels of the square in the picture
    own = min(round(usual / random.uniform(*SCALES)), height, width)
    top, left = random.integers(height - own + 1), random.integers(width - own + 1)
    square = resize(picture[top : top + own, left : left + own], (wanted, wanted))
    pixels = torch.from_numpy(square[..., random.permutation(3)].copy())
    return normalise(pixels.permute(2, 0, 1)[None])
