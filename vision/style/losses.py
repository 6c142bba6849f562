"""What style transfer minimises: Gatys, Ecker, Bethge, arXiv:1508.06576, with the book's means.

The numbers are those of "Dive into Deep Learning", chapter "Neural Style Transfer". Every loss
keeps the pictures of a batch apart, so that many can be optimised at once.
"""

from __future__ import annotations

import torch


def gram(features: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
    """Return the Gram matrices (N, C, C) of features (N, C, H, W), divided by C·H·W.

    A mask (1, 1, H, W) weighs the places; its sum then stands for H·W.
    """
    count, channels = features.shape[:2]
    rows = features.permute(0, 2, 3, 1).reshape(count, -1, channels)  # (N, HW, C)
    weighed, places = rows, torch.tensor(float(rows.shape[1]))
    if mask is not None:
        weighed = rows * mask.reshape(1, -1, 1).to(rows.dtype)
        places = mask.sum().clamp_min(1e-6)
    return (weighed.transpose(1, 2) @ rows).float() / (channels * places)  # equation 3


def content_loss(features: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Return the mean squared difference of features (N, C, H, W) to the content's, (N,)."""
    return (features.float() - target.float()).square().mean((1, 2, 3))  # equation 1


def style_loss(matrices: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Return the mean squared difference of Gram matrices (N, C, C) to the style's, (N,)."""
    return (matrices - target).square().mean((1, 2))  # equation 4


def tv_loss(pictures: torch.Tensor) -> torch.Tensor:
    """Return half of the summed mean absolute differences of neighbours in (N, 3, H, W), (N,)."""
    down = pictures.diff(dim=2).abs().mean((1, 2, 3))
    right = pictures.diff(dim=3).abs().mean((1, 2, 3))
    return (down + right) / 2
