"""Losses of segmentation: logits (N, C, H, W) and truth (N, H, W) in, one number out.

The batch may be shared by several processes: sums and counts are taken over all of them, so that
each process gets the loss of the whole batch.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional

from vision.segmentation.labels import VOID
from vision.training.distributed import joined, whole

Loss = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


def cross_entropy(logits: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return the weighted mean of −log p of the true class; void pixels do not count."""
    total = functional.cross_entropy(logits, truth, weights, ignore_index=VOID, reduction="sum")
    weight = weights[truth[truth != VOID]].sum()
    return whole(total) / whole(weight).clamp_min(1e-6)


def focal(logits: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return the weighted mean of −(1 − p)² log p of the true class (arXiv:1708.02002, Eq. 5)."""
    hard = functional.cross_entropy(logits, truth, ignore_index=VOID, reduction="none")  # (N, H, W)
    weight = torch.where(truth == VOID, 0, weights[truth.masked_fill(truth == VOID, 0)])
    total = (weight * (1 - (-hard).exp()).square() * hard).sum()
    return whole(total) / whole(weight.sum()).clamp_min(1e-6)


def dice(logits: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return 1 − the mean soft Dice of the classes in the batch (V-Net, arXiv:1606.04797, §3)."""
    p, target = _soft_and_hard(logits, truth)
    both = whole((p * target).sum(1))  # (C,)
    size = whole((p.square() + target).sum(1))
    return 1 - _mean_of_present(2 * both / size.clamp_min(1e-6), target)


def tversky(logits: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return 1 − TP / (TP + 0.3 FP + 0.7 FN), softly, class by class (arXiv:1706.05721, Eq. 2)."""
    p, target = _soft_and_hard(logits, truth)
    known = target.sum(0)  # (N·H·W,), 0 in void
    hits, extra, missed = (whole(part.sum(1)) for part in (
        p * target, p * (known - target), (1 - p) * target))  # each (C,)
    return 1 - _mean_of_present(hits / (hits + 0.3 * extra + 0.7 * missed).clamp_min(1e-6), target)


def lovasz(logits: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return the Lovász-softmax loss over the classes in the batch (arXiv:1705.08790, Eq. 11)."""
    p, target = _soft_and_hard(logits, truth)
    together = joined(torch.stack([(target - p).abs(), target]))  # (processes, 2, C, N·H·W)
    wrong, is_class = together.movedim(0, 2).flatten(2)  # each (C, all pixels)
    wrong, order = wrong.sort(dim=1, descending=True)
    is_class = is_class.gather(1, order).detach()
    size = is_class.sum(1, keepdim=True)
    union = size + (1 - is_class).cumsum(1)
    jaccard = 1 - (size - is_class.cumsum(1)) / union  # Algorithm 1
    steps = jaccard.diff(dim=1, prepend=torch.zeros_like(size))
    return _mean_of_present((wrong * steps).sum(1), target)


def cross_entropy_dice(logits: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor
                       ) -> torch.Tensor:
    """Return cross-entropy and Dice added."""
    return cross_entropy(logits, truth, weights) + dice(logits, truth, weights)


LOSSES: dict[str, Loss] = {
    "cross_entropy": cross_entropy,
    "focal": focal,
    "dice": dice,
    "tversky": tversky,
    "lovasz": lovasz,
    "cross_entropy+dice": cross_entropy_dice,
}


def _soft_and_hard(logits: torch.Tensor, truth: torch.Tensor
                   ) -> tuple[torch.Tensor, torch.Tensor]:
    """Return probabilities and truth of each class (C, N·H·W); both are 0 in void."""
    known = (truth != VOID).unsqueeze(1)  # (N, 1, H, W)
    target = functional.one_hot(truth.masked_fill(truth == VOID, 0), logits.shape[1])
    target = target.movedim(-1, 1) * known  # (N, C, H, W)
    p = logits.softmax(1) * known
    return p.transpose(0, 1).flatten(1), target.transpose(0, 1).flatten(1).to(p.dtype)


def _mean_of_present(values: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Return the mean of the values (C,) whose class is in the batch."""
    present = whole(target.sum(1)) > 0
    return torch.where(present, values, 0).sum() / present.sum().clamp_min(1)
