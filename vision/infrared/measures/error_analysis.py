"""Where the points are lost: average precision of boxes, had one kind of mistake not been made.

The idea is that of TIDE (arXiv:2008.08115): mend one kind, measure again, and compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torchvision.ops import batched_nms

from vision.infrared.inspection.detections import Detections
from vision.infrared.inspection.matching import LEAST, overlaps
from vision.infrared.measures.average_precision import average_precision

NEAR = 0.1  # overlap from which a box has something to do with a device


def without_mistakes(truths: Sequence[Detections], found: Sequence[Detections]
                     ) -> dict[str, float]:
    """Return the AP of boxes after each kind of mistake is mended."""
    return {kind: average_precision(truths, [mend(*pair) for pair in zip(truths, found,
                                                                        strict=True)], "bbox").ap
            for kind, mend in MENDED.items()}


def names_right(truth: Detections, found: Detections) -> Detections:
    """Return what was found, a box that lies on another device only with that device's name."""
    if not len(truth):
        return found
    shared = overlaps(found.boxes, truth.boxes)  # (N, M)
    wrong = (shared.max(1) >= LEAST) & (shared_with_own(truth, found).max(1) < LEAST)
    labels = np.where(wrong, truth.labels[shared.argmax(1)], found.labels)
    return once(replace(found, labels=labels))


def sides_right(truth: Detections, found: Detections) -> Detections:
    """Return what was found, each box near a device of its name with that device's sides."""
    if not len(truth):
        return found
    shared = shared_with_own(truth, found)  # (N, M)
    own = shared.max(1, keepdims=True) >= NEAR  # (N, 1)
    return once(replace(found, boxes=np.where(own, truth.boxes[shared.argmax(1)], found.boxes)))


def nothing_missed(truth: Detections, found: Detections) -> Detections:
    """Return what was found, and with it the devices near which there was no box at all."""
    missed = overlaps(found.boxes, truth.boxes).max(0, initial=0) < NEAR  # (M,)
    added = truth.only(missed)
    return Detections(np.concatenate([found.boxes, added.boxes]),
                      np.concatenate([found.labels, added.labels]),
                      np.concatenate([found.scores, added.scores]), None)


def nothing_invented(truth: Detections, found: Detections) -> Detections:
    """Return what was found without the boxes near which there is no device."""
    return found.only(overlaps(found.boxes, truth.boxes).max(1, initial=0) >= NEAR)


MENDED = {"names": names_right, "sides": sides_right, "missed": nothing_missed,
          "invented": nothing_invented}


def shared_with_own(truth: Detections, found: Detections) -> np.ndarray:
    """Return the overlap of what was found with devices of the same name, else 0, (N, M)."""
    same = np.equal(found.labels[:, None], truth.labels)
    return overlaps(found.boxes, truth.boxes) * same


def once(found: Detections) -> Detections:
    """Return the surest of the boxes of one name that lie on each other."""
    kept = batched_nms(torch.from_numpy(found.boxes), torch.from_numpy(found.scores),
                       torch.from_numpy(found.labels), LEAST)
    return found.only(kept.numpy())
