"""Losses of segmentation: logits (N, C, H, W) and truth (N, H, W) in, one number out.

The batch may be shared by several processes: sums and counts are taken over all of them, so that
each process gets the loss of the whole batch.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional

from vision.distributed import whole

VOID = 255
Loss = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


def cross_entropy(logits: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return the weighted mean of −log p of the true class; void pixels do not count."""
    total = functional.cross_entropy(logits, truth, weights, ignore_index=VOID, reduction="sum")
    weight = weights[truth[truth != VOID]].sum()
    return whole(total) / whole(weight).clamp_min(1e-6)


def dice(logits: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return 1 − the mean soft Dice of the classes in the batch (V-Net, arXiv:1606.04797, §3)."""
    known = (truth != VOID).unsqueeze(1)  # (N, 1, H, W)
    target = functional.one_hot(truth.masked_fill(truth == VOID, 0), logits.shape[1])
    target = target.movedim(-1, 1) * known  # (N, C, H, W)
    p = logits.softmax(1) * known
    both = whole((p * target).sum((0, 2, 3)))  # (C,)
    size = whole((p.square() + target).sum((0, 2, 3)))
    present = whole(target.sum((0, 2, 3)).float()) > 0
    return 1 - (2 * both / size.clamp_min(1e-6))[present].sum() / present.sum().clamp_min(1)


def cross_entropy_dice(logits: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor
                       ) -> torch.Tensor:
    """Return cross-entropy and Dice added."""
    return cross_entropy(logits, truth, weights) + dice(logits, truth, weights)


LOSSES: dict[str, Loss] = {
    "cross_entropy": cross_entropy,
    "dice": dice,
    "cross_entropy+dice": cross_entropy_dice,
}
