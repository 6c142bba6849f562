"""A support vector machine with a Gaussian kernel, one class against all others."""

from __future__ import annotations

import torch
from torch import nn

from vision.infrared.models import ARCHITECTURES


@ARCHITECTURES.register("svm", paper="doi:10.1007/BF00994018", year=1995)
def svm(*, classes: int, features: int, supports: int) -> nn.Module:
    """Return a machine that has not learnt yet."""
    return SVM(classes, features, supports)


class SVM(nn.Module):
    """The sign of Σ αᵢ yᵢ (k(xᵢ, x) + 1) decides; the largest sum names the class."""

    mean: torch.Tensor  # (F,)
    deviation: torch.Tensor  # (F,)
    supports: torch.Tensor  # (M, F), scaled
    weights: torch.Tensor  # (classes, M): αᵢ yᵢ

    def __init__(self, classes: int, features: int, supports: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("deviation", torch.ones(features))
        self.register_buffer("supports", torch.zeros(supports, features))
        self.register_buffer("weights", torch.zeros(classes, supports))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return how far features (N, F) lie on each class's side, (N, classes)."""
        return gram(self.scaled(x), self.supports) @ self.weights.T

    def scaled(self, x: torch.Tensor) -> torch.Tensor:
        """Return features with the mean and deviation of the training set taken out."""
        return (x - self.mean) / self.deviation


def gram(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return exp(−‖x − y‖² / F) + 1 of each pair, (N, M); the 1 stands in for a bias."""
    return (-torch.cdist(x, y).square() / x.shape[1]).exp() + 1
