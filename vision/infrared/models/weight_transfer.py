"""Where the last mask weights of a class come from: learnt, shared, or told by its box weights.

"Learning to Segment Every Thing", arXiv:1711.10370. The mask branch ends in features of D
channels; class c's mask is their sum weighted with w_seg of c, plus a bias. The three ways differ
only in where these D + 1 numbers come from.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class PerClass(nn.Module):
    """Mask R-CNN's way: each class learns its own weights, and needs masks of its own for it."""

    def __init__(self, classes: int, detection: int, channels: int) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(classes, channels + 1) * channels**-0.5)

    def forward(self, detection: torch.Tensor) -> torch.Tensor:
        """Return the mask weights (classes, D + 1) that were learnt."""
        return self.weights


class ClassAgnostic(nn.Module):
    """The baseline: one set of weights for whatever is in the box."""

    def __init__(self, classes: int, detection: int, channels: int) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1, channels + 1) * channels**-0.5)

    def forward(self, detection: torch.Tensor) -> torch.Tensor:
        """Return the same mask weights for all classes, (classes, D + 1)."""
        return self.weights.expand(len(detection), -1)


class Transferred(nn.Module):
    """The transfer function τ: it learns from classes with masks and works for all others."""

    def __init__(self, classes: int, detection: int, channels: int, hidden: int = 256) -> None:
        super().__init__()
        self.transfer = nn.Sequential(nn.Linear(detection, hidden), nn.LeakyReLU(),
                                      nn.Linear(hidden, channels + 1))

    def forward(self, detection: torch.Tensor) -> torch.Tensor:
        """Return the mask weights (classes, D + 1) told by the box weights (classes, B)."""
        known = functional.layer_norm(detection.detach(), detection.shape[1:])  # of one size
        return self.transfer(known)  # w_seg = τ(w_det; θ), Equation 1, §3.3


SOURCES = {"per_class": PerClass, "class_agnostic": ClassAgnostic, "transferred": Transferred}


def masks_from(features: torch.Tensor, weights: torch.Tensor, labels: torch.Tensor
               ) -> torch.Tensor:
    """Return logits (R, h, w) of features (R, D, h, w), each with its class's weights."""
    own = weights[labels]  # (R, D + 1)
    return torch.einsum("rdhw,rd->rhw", features, own[:, :-1]) + own[:, -1, None, None]
