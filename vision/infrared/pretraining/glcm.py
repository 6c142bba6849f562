"""How alike two pictures are in texture: grey-level co-occurrence, and sampling by it.

A co-occurrence matrix counts how often grey level i stands beside grey level j at a distance and
in a direction (Haralick, 1973). Six numbers of it describe the texture. Source pictures whose
numbers are near those of the target thermograms are drawn more often for pre-training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, softmax

LEVELS = 32
DISTANCES = (1, 2, 4)  # pixels
ANGLES = (0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)
PROPERTIES = ("contrast", "dissimilarity", "homogeneity", "energy", "correlation", "ASM")


def matrices(grey: np.ndarray) -> np.ndarray:
    """Return the co-occurrence matrices (levels, levels, distances, angles) of a picture 0…1."""
    from skimage.feature import graycomatrix

    steps = (grey.clip(0, 1) * (LEVELS - 1)).round().astype(np.uint8)
    return graycomatrix(steps, DISTANCES, ANGLES, LEVELS, symmetric=True, normed=True)


def features(grey: np.ndarray) -> np.ndarray:
    """Return six properties at each distance, their mean and range over directions, (36,)."""
    from skimage.feature import graycoprops

    counted = matrices(grey)
    values = np.stack([graycoprops(counted, name) for name in PROPERTIES])  # (6, distances, 4)
    return np.concatenate([values.mean(2).ravel(), np.ptp(values, axis=2).ravel()])


@dataclass(frozen=True, eq=False)
class Scale:
    """What makes features comparable: their mean and deviation over the source pictures."""

    mean: np.ndarray  # (F,)
    deviation: np.ndarray  # (F,)

    @classmethod
    def of(cls, rows: np.ndarray) -> Scale:
        """Return the scale of features (N, F); one that is the same in all rows tells nothing."""
        deviation = rows.std(0)
        same = deviation <= 1e-9 * np.abs(rows).max(0)
        return cls(rows.mean(0), np.where(same, np.inf, deviation))

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Return features with mean 0 and a length that does not grow with their number."""
        return (rows - self.mean) / self.deviation / np.sqrt(rows.shape[-1])


def similarity(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return exp(−‖f₁ − f₂‖²) of each of features (N, F) with each of features (M, F), (N, M)."""
    return np.exp(-squares(first, second))


def squares(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return ‖f₁ − f₂‖² of each of features (N, F) with each of features (M, F), (N, M)."""
    return ((first[:, None] - second[None]) ** 2).sum(2)


def importance(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return how often each source picture is to be drawn (N,), in sum 1: its mean similarity.

    Logarithms are added instead: far from all targets every similarity is 0 in numbers.
    """
    likeness = [logsumexp(-squares(row[None], target)) for row in source]  # but for ln M
    return softmax(likeness)


def effective_size(weights: np.ndarray) -> float:
    """Return how many equally likely pictures would vary as much: 1 / Σ w²."""
    return float(1 / (weights**2).sum())


def table(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Return the features of many pictures, (N, 36)."""
    return np.stack([features(picture) for picture in pictures])
