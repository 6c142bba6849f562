"""Many small Gaussians on a plane, and counting which of them a generator has found.

Goodfellow et al. 2014 call the failure the "Helvetica scenario": G maps too many values of the
noise to the same picture. Ring and grid are those of Metz et al. (unrolled GANs,
arXiv:1611.02163) and Lin et al. (PacGAN, arXiv:1712.04086).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch

from vision.errors import UserError
from vision.gan.sketch import FAINT, MANY

EXTENT, CELLS = 3.0, 8  # of a drawing: half its side, and cells of that side that count


@dataclass(frozen=True)
class Plane:
    """Gaussians of one width around the centres, or around the pixels of a drawing if there are."""

    centres: torch.Tensor  # (modes, 2)
    deviation: float
    extent: float
    near: float  # what a mode's points lie within
    pixels: torch.Tensor = field(default_factory=lambda: torch.zeros(0, 2))  # (pixels, 2)

    def sample(self, count: int, random: torch.Generator) -> torch.Tensor:
        """Return real points (count, 2)."""
        places = self.pixels if len(self.pixels) else self.centres
        which = torch.randint(len(places), (count,), generator=random)
        return places[which] + self.deviation * torch.randn(count, 2, generator=random)


def ring(modes: int = 8, radius: float = 2.0, deviation: float = 0.1) -> Plane:
    """Return Gaussians on a circle."""
    angle = 2 * math.pi * torch.arange(modes) / modes
    centres = radius * torch.stack([angle.cos(), angle.sin()], 1)
    return Plane(centres, deviation, radius + 1, 3 * deviation)


def grid(side: int = 5, distance: float = 1.0, deviation: float = 0.08) -> Plane:
    """Return Gaussians on a square grid."""
    line = distance * (torch.arange(side) - (side - 1) / 2)
    centres = torch.cartesian_prod(line, line)
    return Plane(centres, deviation, distance * side / 2 + 0.5, 3 * deviation)


def drawn(ink: np.ndarray) -> Plane:
    """Return what was drawn by hand on a square (H, W), 0…255; a cell of it counts as a mode."""
    if len(ink) != ink.shape[1]:
        raise ValueError(f"a drawing of {ink.shape}, which is no square")
    rows, columns = np.nonzero(ink > FAINT)
    if len(rows) < MANY:
        raise UserError("the drawing is empty", "a few strokes are accepted", "draw something")
    side = 2 * EXTENT / len(ink)
    pixels = np.stack([columns + 0.5, len(ink) - rows - 0.5], 1) * side - EXTENT  # (pixels, 2)
    cells = np.floor((pixels + EXTENT) / (2 * EXTENT / CELLS)).astype(int)
    _, which, counts = np.unique(cells @ [CELLS, 1], return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(which, pixels[:, axis]) for axis in (0, 1)], 1)
    centres = (sums / counts[:, None])[counts >= counts.max() / 5]
    return Plane(torch.from_numpy(centres).float(), side, EXTENT, EXTENT / CELLS,
                 torch.from_numpy(pixels).float())


PLANES: dict[str, Callable[[], Plane]] = {"ring": ring, "grid": grid}


def count_modes(points: np.ndarray, centres: np.ndarray, near: float) -> np.ndarray:
    """Return for each centre how many points (n, 2) have it as their nearest and lie near it."""
    distance = np.linalg.norm(points[:, None] - centres, axis=2)  # (n, modes)
    nearest = distance.argmin(1)
    inside = distance.min(1) <= near
    return np.bincount(nearest[inside], minlength=len(centres))
