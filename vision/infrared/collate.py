"""Samples as a detector takes them: pictures of one size, and the truth about each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from vision.images import resize
from vision.infrared.classes import GROUPS, IGNORED, NAMES
from vision.infrared.data import Sample
from vision.infrared.models.heads import Target
from vision.infrared.models.masks import stretch

Batch = tuple[torch.Tensor, list[Target]]
KINDS = np.array([[False, *(name in names for name in NAMES)] for names in
                  (*((name,) for name in NAMES), *GROUPS.values(), ())])
# bool (labels + 1, 1 + names), what may be meant by each label; the last row is IGNORED's


def batch_of(samples: Sequence[Sample], size: tuple[int, int]) -> Batch:
    """Return the pictures (n, 1, H, W) of samples at a size, and their truth."""
    pictures = np.stack([resize(sample.grey, size) for sample in samples])[:, None]
    return torch.from_numpy(pictures), [target_of(sample, size) for sample in samples]


def target_of(sample: Sample, size: tuple[int, int]) -> Target:
    """Return the truth about a sample in the detector's form, on a picture of a size."""
    masks = sample.masks  # (K, H, W)
    boxes = torch.from_numpy(sample.boxes) * stretch(masks.shape[1:], size)
    kinds = KINDS[sample.labels]  # (K, 1 + names); what is ignored has none
    labels = np.where(sample.labels == IGNORED, IGNORED, kinds.argmax(1))
    return Target(boxes, torch.from_numpy(labels), torch.from_numpy(masks.astype(np.uint8)),
                  torch.from_numpy(sample.masked), torch.from_numpy(kinds))


def to_device(batch: Batch, device: torch.device) -> Batch:
    """Return a batch on a device."""
    return batch[0].to(device), [target.to(device) for target in batch[1]]
