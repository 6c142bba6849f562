"""What a network is graded by: its accuracy on hard drawings that only the grader can name."""

from __future__ import annotations

import numpy as np
import torch

from vision.bootstrap import Measure
from vision.checkpoints import Model
from vision.pruning.data import require_classes
from vision.pruning.drawings import CLASSES
from vision.pruning.drawings.hard import draw_hard
from vision.pruning.evaluate import said

PICTURES = 500


def measure(model: Model, first: int, count: int = PICTURES) -> Measure:
    """Return the accuracy on `count` drawings, which can be asked of any of them again."""
    require_classes(model.card.classes, CLASSES)
    pixels, labels = drawings(first, count)
    right = (said(model, pixels) == labels).numpy()  # (count,)
    return Measure("accuracy", count, lambda places: float(right[places].mean()))


def drawings(first: int, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return hard drawings (count, 3, 32, 32) of the seeds from `first` on, the classes in turn."""
    labels = np.arange(count) % len(CLASSES)
    pixels = np.stack([draw_hard(int(label), first + place) for place, label in enumerate(labels)])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2), torch.from_numpy(labels)
