"""Many small Gaussians on a plane, and counting which of them a generator has found.

Goodfellow et al. 2014 call the failure the "Helvetica scenario": G maps too many values of the
noise to the same picture. Ring and grid are those of Metz et al. (unrolled GANs,
arXiv:1611.02163) and Lin et al. (PacGAN, arXiv:1712.04086).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Plane:
    """Gaussians of one width, all equally likely."""

    centres: torch.Tensor  # (modes, 2)
    deviation: float
    extent: float

    def sample(self, count: int, random: torch.Generator) -> torch.Tensor:
        """Return real points (count, 2)."""
        which = torch.randint(len(self.centres), (count,), generator=random)
        return self.centres[which] + self.deviation * torch.randn(count, 2, generator=random)


def ring(modes: int = 8, radius: float = 2.0, deviation: float = 0.1) -> Plane:
    """Return Gaussians on a circle."""
    angle = 2 * math.pi * torch.arange(modes) / modes
    centres = radius * torch.stack([angle.cos(), angle.sin()], 1)
    return Plane(centres, deviation, radius + 1)


def grid(side: int = 5, distance: float = 1.0, deviation: float = 0.08) -> Plane:
    """Return Gaussians on a square grid."""
    line = distance * (torch.arange(side) - (side - 1) / 2)
    return Plane(torch.cartesian_prod(line, line), deviation, distance * side / 2 + 0.5)


PLANES: dict[str, Callable[[], Plane]] = {"ring": ring, "grid": grid}


def count_modes(points: np.ndarray, centres: np.ndarray, near: float) -> np.ndarray:
    """Return for each centre how many points (n, 2) have it as their nearest and lie near it."""
    distance = np.linalg.norm(points[:, None] - centres, axis=2)  # (n, modes)
    nearest = distance.argmin(1)
    inside = distance.min(1) <= near
    return np.bincount(nearest[inside], minlength=len(centres))
