"""Devices in one picture as arrays, found by a detector or known to be there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vision.infrared.data import Sample, boxes_of


@dataclass(frozen=True, eq=False)
class Detections:
    """K devices, the surest first; a detector without a mask branch has no masks."""

    boxes: np.ndarray  # float32 (K, 4): x0, y0, x1, y1
    labels: np.ndarray  # int64 (K,), places in CLASSES
    scores: np.ndarray  # float32 (K,)
    masks: np.ndarray | None  # bool (K, H, W)
    kinds: np.ndarray | None = None  # float32 (K, names), how likely each of them is what

    def __post_init__(self) -> None:
        count = len(self.labels)
        if self.boxes.shape != (count, 4) or self.scores.shape != (count,):
            raise ValueError(f"boxes {self.boxes.shape}, scores {self.scores.shape} for {count}")
        if self.masks is not None and (self.masks.ndim != 3 or len(self.masks) != count):
            raise ValueError(f"masks {self.masks.shape} for {count} devices")

    def __len__(self) -> int:
        return len(self.labels)

    def only(self, which: np.ndarray) -> Detections:
        """Return some of the devices, by numbers or flags."""
        masks, kinds = (None if part is None else part[which] for part in (self.masks, self.kinds))
        return Detections(self.boxes[which], self.labels[which], self.scores[which], masks, kinds)


def truth_of(sample: Sample) -> Detections:
    """Return the devices that a sample is known to hold."""
    masks = sample.masks
    return Detections(boxes_of(masks), sample.labels, np.ones(len(masks), np.float32), masks)
