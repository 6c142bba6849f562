"""What one of several processes that share a batch sees of it.

Each process gets its part of the same random batch, and tells every loss and the gradient that
its part receives, as the mean over the processes that data-parallel training takes.
"""

from __future__ import annotations

import torch

from vision.segmentation.labels import VOID
from vision.segmentation.models import Outputs
from vision.segmentation.objectives.criterion import Target, criterion
from vision.segmentation.objectives.losses import LOSSES


def batch() -> tuple[Outputs, Target, torch.Tensor]:
    """Four pictures with void, one diagnosis unknown."""
    torch.manual_seed(0)
    labels = torch.randint(0, 3, (4, 6, 5))
    labels[0, :2] = VOID
    target = Target(torch.randn(4, 3, 6, 5), labels, torch.tensor([1, VOID, 0, 1]))
    outputs = Outputs(torch.randn(4, 3, 6, 5), (torch.randn(4, 3, 3, 3),), torch.randn(4, 2))
    return outputs, target, torch.tensor([0.5, 1.0, 2.0])


def told(rank: int, processes: int) -> dict[str, list[float]]:
    """Return each loss of this process's part, and the sum of its gradient's squares."""
    outputs, target, weights = batch()
    share = slice(rank * 4 // processes, (rank + 1) * 4 // processes)
    part = Target(target.pictures[share], target.labels[share], target.diagnoses[share])
    answers = {}
    for name, loss in [*LOSSES.items(), ("unsupervised", LOSSES["dice"])]:
        logits = outputs.logits[share].clone().requires_grad_()
        side, diagnosis = outputs.auxiliary[0][share], outputs.diagnosis[share]
        said = Outputs(logits, (side,), diagnosis)
        if name == "unsupervised":
            said = Outputs(logits, reconstruction=logits)
        total = criterion(said, part, loss, weights)
        total.backward()
        square = float((logits.grad / processes).square().sum())
        answers[name] = [float(total.detach()), square]
    return answers
