"""Halved features: the largest, or the mean, of each square of four places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

SQUARE, EDGE, DILATION = [2, 2], [0, 0], [1, 1]


class _Largest(torch.autograd.Function):
    """`max_pool2d` that keeps where the largest were in half of torch's bytes, and nothing else."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        y, places = functional.max_pool2d(x, SQUARE, return_indices=True)
        ctx.shape = x.shape
        ctx.save_for_backward(places.int())
        return y

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> torch.Tensor:
        (places,) = ctx.saved_tensors
        like = torch.empty(ctx.shape, dtype=slope.dtype, device=slope.device,
                           memory_format=torch.channels_last)  # only its shape is asked for
        return torch.ops.aten.max_pool2d_with_indices_backward(
            slope, like, SQUARE, SQUARE, EDGE, DILATION, False, places.long())


def largest(x: torch.Tensor) -> torch.Tensor:
    """Return the largest of each square of features (N, C, H, W): (N, C, H/2, W/2)."""
    return _Largest.apply(x)


def mean(x: torch.Tensor) -> torch.Tensor:
    """Return the mean of each square of features (N, C, H, W): (N, C, H/2, W/2)."""
    return functional.avg_pool2d(x, SQUARE)


def largest_rectified(x: torch.Tensor) -> torch.Tensor:
    """Return the largest of each square after a ReLU, which is the ReLU of the largest."""
    return largest(x).relu_()


POOLS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {"max": largest, "average": mean}
