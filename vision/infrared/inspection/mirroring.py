"""Two looks at one thermogram, as it is and mirrored, brought together.

What both looks see is as sure as they are on the average; what only one sees is half as sure.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vision.infrared.inspection.detections import Detections
from vision.infrared.inspection.matching import pairs


def mirrored(found: Detections, width: int) -> Detections:
    """Return what was found in a mirrored picture at its places in the picture itself."""
    left, top, right, bottom = found.boxes.T
    boxes = np.stack([width - right, top, width - left, bottom], 1)
    masks = None if found.masks is None else found.masks[:, :, ::-1]
    return replace(found, boxes=boxes, masks=masks)


def together(first: Detections, second: Detections) -> Detections:
    """Return what two looks at one picture found, each device once; masks are the first look's."""
    same = pairs(first.boxes, second.boxes)
    rows, columns = np.array(list(same), int), np.array(list(same.values()), int)
    own, other = halved(first), halved(second)
    boxes, scores = own.boxes.copy(), own.scores.copy()
    boxes[rows] = between(first.only(rows), second.only(columns))
    scores[rows] += other.scores[columns]
    kinds = None
    if own.kinds is not None and other.kinds is not None:
        kinds = own.kinds.copy()
        kinds[rows] += other.kinds[columns]
    alone = np.setdiff1d(np.arange(len(second)), columns)
    return renamed(joined(replace(own, boxes=boxes, scores=scores, kinds=kinds),
                          other.only(alone)))


def between(first: Detections, second: Detections) -> np.ndarray:
    """Return boxes (K, 4) between those of two looks, nearer to the surer one."""
    total = (first.scores + second.scores)[:, None].clip(1e-6)
    boxes = first.scores[:, None] * first.boxes + second.scores[:, None] * second.boxes
    return (boxes / total).astype(np.float32)


def halved(found: Detections) -> Detections:
    """Return the same, half as sure."""
    kinds = None if found.kinds is None else found.kinds / 2
    return replace(found, scores=found.scores / 2, kinds=kinds)


def joined(first: Detections, second: Detections) -> Detections:
    """Return all devices of two answers."""
    masks, kinds = (None if own is None or other is None else np.concatenate([own, other])
                    for own, other in ((first.masks, second.masks), (first.kinds, second.kinds)))
    boxes, labels, scores = (np.concatenate(both) for both in (
        (first.boxes, second.boxes), (first.labels, second.labels), (first.scores, second.scores)))
    return Detections(boxes, labels, scores, masks, kinds)


def renamed(found: Detections) -> Detections:
    """Return the same with the likeliest kinds as labels, the surest first."""
    labels = found.labels if found.kinds is None or not len(found) else found.kinds.argmax(1)
    return replace(found, labels=labels).only(np.argsort(-found.scores, kind="stable"))
