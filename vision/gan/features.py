"""Distances in the classifier's feature space: how far drawn pictures are from real ones."""

from __future__ import annotations

import numpy as np
import torch

from vision.checkpoints import Model
from vision.gan.predict import in_chunks


def features(reader: Model, pictures: torch.Tensor) -> torch.Tensor:
    """Return the classifier's hidden layer for pictures (N, C, S, S): (N, hidden)."""
    return in_chunks(reader.module.get_submodule("layers"), pictures)


def distance(first: torch.Tensor, second: torch.Tensor) -> float:
    """Return Fréchet's distance of two Gaussians fitted to features (Heusel et al. 2017).

    |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½), arXiv:1706.08500, equation 6; here in the features of
    our own classifier, so only numbers of one data set can be compared.
    """
    mean1, cov1 = _moments(first)
    mean2, cov2 = _moments(second)
    root = _root(cov1)
    both = np.sqrt(np.linalg.eigvalsh(root @ cov2 @ root).clip(0)).sum()  # tr (Σ₁Σ₂)^½
    return float(((mean1 - mean2) ** 2).sum() + np.trace(cov1) + np.trace(cov2) - 2 * both)


def spread(values: torch.Tensor) -> float:
    """Return the mean distance of two different rows (N, hidden); 0 if there are not two."""
    part = values[:1000]
    if len(part) < 2:
        return 0.0
    return float(torch.pdist(part).mean())


def _moments(values: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    array = values.double().numpy()
    return array.mean(0), np.cov(array, rowvar=False)


def _root(matrix: np.ndarray) -> np.ndarray:
    """Return the symmetric square root of a covariance matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(values.clip(0))) @ vectors.T
