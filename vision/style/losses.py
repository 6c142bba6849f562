"""What style transfer minimises: Gatys, Ecker, Bethge, arXiv:1508.06576, with the book's means.

The numbers are those of "Dive into Deep Learning", chapter "Neural Style Transfer". Every loss
keeps the pictures of a batch apart, so that many can be optimised at once.
"""

from __future__ import annotations

from typing import Any

import torch


def gram(features: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
    """Return the Gram matrices (N, C, C) of features (N, C, H, W), divided by C·H·W.

    A mask (1, 1, H, W) weighs the places; its sum then stands for H·W.
    """
    count, channels, height, width = features.shape
    rows = features.permute(0, 2, 3, 1).reshape(count, -1, channels)  # (N, HW, C)
    weights = None if mask is None else mask.reshape(1, -1, 1).to(rows.dtype)  # (1, HW, 1)
    places = height * width if mask is None else mask.sum().clamp_min(1e-6)
    return _Products.apply(rows, weights) / (channels * places)  # equation 3


class _Products(torch.autograd.Function):
    """Sums of x·xᵀ over rows (N, HW, C); as they are symmetric, one product gives the slope."""

    @staticmethod
    def forward(ctx: Any, rows: torch.Tensor, weights: torch.Tensor | None) -> torch.Tensor:
        ctx.save_for_backward(rows, weights)
        weighed = rows if weights is None else rows * weights
        return (weighed.transpose(1, 2) @ rows).float()  # (N, C, C)

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[torch.Tensor, None]:
        rows, weights = ctx.saved_tensors
        found = rows @ (slope + slope.transpose(1, 2)).to(rows.dtype)  # (N, HW, C)
        return found if weights is None else found * weights, None


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
