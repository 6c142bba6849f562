"""The game on a line, where everything the paper proves can be computed and seen.

Goodfellow et al. 2014, arXiv:1406.2661, section 4: the best discriminator (equation 2), the value
of the game (equation 1), and its floor −log 4 + 2·JSD (equation 6), by numerical integration.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vision.errors import UserError, unknown

LOW, HIGH, CELLS = -4.0, 4.0, 256
EDGES = np.linspace(LOW, HIGH, CELLS + 1)
X = (EDGES[1:] + EDGES[:-1]) / 2
WIDTH = (HIGH - LOW) / CELLS
FLOOR = -math.log(4)


def _normal(mean: float, deviation: float) -> np.ndarray:
    return np.exp(-((X - mean) ** 2) / (2 * deviation**2)) / deviation


TARGETS: dict[str, Callable[[], np.ndarray]] = {
    "gaussian": lambda: _normal(1, 0.6),
    "two humps": lambda: _normal(-1.5, 0.4) + _normal(1.3, 0.6),
    "uniform": lambda: (np.abs(X) < 1.5).astype(float),
    "spikes": lambda: sum((_normal(centre, 0.12) for centre in (-2, -0.5, 1, 2.5)),
                          np.zeros(CELLS)),
}


def target(name: str) -> np.ndarray:
    """Return the density p_data (CELLS,) on the line by its name."""
    if name not in TARGETS:
        raise unknown("distribution", name, list(TARGETS))
    return normalised(TARGETS[name]())


def drawn_target(heights: np.ndarray) -> np.ndarray:
    """Return the density of a curve drawn by hand, whatever its number of points."""
    heights = np.nan_to_num(np.asarray(heights, float)).clip(0)
    if heights.size < 2 or heights.max() <= 0:
        raise UserError("the drawing is empty", "a line above the axis is accepted", "draw one")
    return normalised(np.interp(X, np.linspace(LOW, HIGH, heights.size), heights))


def normalised(heights: np.ndarray) -> np.ndarray:
    """Return heights scaled so that their integral is 1."""
    return heights / (heights.sum() * WIDTH)


def sample(density: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Return points of a density for uniform numbers in 0…1: its inverse distribution function."""
    below = np.concatenate([[0.0], np.cumsum(density) * WIDTH])
    return np.interp(uniform, below / below[-1], EDGES)


def pushed(images: np.ndarray) -> np.ndarray:
    """Return the density of G(z) from the images (m,) of evenly likely, ordered noise.

    Between two neighbours lies 1/(m − 1) of the probability, spread evenly over their distance,
    which is exact where G is linear between them.
    """
    images = images.clip(LOW, HIGH)
    start = np.minimum(images[1:], images[:-1])[:, None]  # (m − 1, 1)
    length = np.abs(np.diff(images))[:, None].clip(1e-9)
    below = ((EDGES - start) / length).clip(0, 1)  # (m − 1, CELLS + 1)
    below[:, -1], below[:, 0] = 1, 0
    return np.diff(below.mean(0)) / WIDTH


def best_discriminator(p_data: np.ndarray, p_g: np.ndarray) -> np.ndarray:
    """Return D*(x) = p_data / (p_data + p_g), equation 2; ½ where neither lives."""
    total = p_data + p_g
    return np.divide(p_data, total, out=np.full(total.shape, 0.5), where=total > 1e-12)


def value(p_data: np.ndarray, p_g: np.ndarray, d: np.ndarray) -> float:
    """Return V(D, G) = ∫ p_data log D + p_g log(1 − D) dx, equation 3."""
    d = d.clip(1e-12, 1 - 1e-12)
    return float((p_data * np.log(d) + p_g * np.log1p(-d)).sum() * WIDTH)


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> float:
    """Return JSD(p ‖ q) = ½ KL(p ‖ m) + ½ KL(q ‖ m), m = (p + q) / 2, in nats: 0 … log 2."""
    middle = (p + q) / 2
    return (_kl(p, middle) + _kl(q, middle)) / 2


def _kl(p: np.ndarray, q: np.ndarray) -> float:
    inside = p > 0
    return float((p[inside] * np.log(p[inside] / q[inside])).sum() * WIDTH)


@dataclass(frozen=True)
class View:
    """The state of the game at one moment, all on the cells X of the line."""

    rounds: int
    p_data: np.ndarray
    p_g: np.ndarray
    d: np.ndarray  # D(x) of the net
    noise: np.ndarray  # (m,), ordered
    images: np.ndarray  # (m,), G(noise)
    pull: np.ndarray  # (m,), −∂L_G/∂x at each of them

    @property
    def d_best(self) -> np.ndarray:
        """Return D* for this generator."""
        return best_discriminator(self.p_data, self.p_g)

    @property
    def value(self) -> float:
        """Return V(D, G) of the two nets."""
        return value(self.p_data, self.p_g, self.d)

    @property
    def divergence(self) -> float:
        """Return JSD(p_data ‖ p_g)."""
        return jensen_shannon(self.p_data, self.p_g)

    @property
    def value_best(self) -> float:
        """Return C(G) = max V over D = −log 4 + 2·JSD, equation 6: never below −log 4."""
        return FLOOR + 2 * self.divergence
