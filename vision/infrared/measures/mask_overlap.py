"""How much of a device's outline its mask has, for the devices whose boxes were found.

A mask can only be as good as its box lets it be, so both stand beside each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vision.infrared.classes import GROUPS, IGNORED, NAMES, group_of
from vision.infrared.data import Sample
from vision.infrared.inspection.detections import Detections
from vision.infrared.inspection.inspect import regions
from vision.infrared.inspection.matching import pairs, shared_mask
from vision.infrared.measures.outcomes import interval
from vision.infrared.measures.real_report import Estimate, Pair, kinds_in
from vision.nan_safe import mean_known


@dataclass(frozen=True)
class Overlap:
    """What one mask shares with the outline that was drawn, and what its whole box would share."""

    picture: int
    label: int  # of the device, its place in LABELS
    mask: float  # intersection over union
    box: float


@dataclass(frozen=True)
class MaskReport:
    """The mean overlap of the masks of found devices with their outlines."""

    outlined: int  # devices whose outline is known
    matched: int  # of them found
    iou: Estimate
    iou_of_boxes: float  # had the mask been all of the box
    by_group: dict[str, float]
    apart: tuple[str, ...]  # classes that some branches never saw masks of
    iou_apart: float  # mean over the devices of these classes
    iou_others: float  # and over the others

    def as_json(self) -> dict[str, Any]:
        """Return all numbers in plain types."""
        return {f"real_mask_{name}": vars(value) if isinstance(value, Estimate) else value
                for name, value in vars(self).items()}

    def __str__(self) -> str:
        lines = [f"masks of {self.matched} found of {self.outlined} outlined devices: "
                 f"mean IoU {self.iou}; the whole box would have {self.iou_of_boxes:.3f}"]
        if self.apart:
            lines.append(f"of {', '.join(self.apart)}: {self.iou_apart:.3f}; "
                         f"of the others: {self.iou_others:.3f}")
        return "\n".join([*lines, *(f"  {name:24}{iou:8.3f}"
                                    for name, iou in self.by_group.items())])


def report_on_masks(found: Sequence[Pair], threshold: float, apart: Sequence[str] = ()
                    ) -> MaskReport:
    """Return how well the masks of what is shown fit the outlines, some classes apart."""
    shared = [each for number, pair in enumerate(found)
              for each in overlaps_of(number, *pair, threshold)]
    groups = {name: [each.mask for each in shared if group_of(each.label) == name]
              for name in GROUPS}
    chosen = [each.mask for each in shared if may_be(each.label, apart)]
    others = [each.mask for each in shared if not may_be(each.label, apart)]
    return MaskReport(
        sum(int(known(sample).sum()) for sample, _ in found), len(shared),
        estimate(by_picture(shared, len(found))),
        mean_known([each.box for each in shared]),
        {name: mean_known(ious) for name, ious in groups.items() if ious}, tuple(apart),
        mean_known(chosen), mean_known(others))


def overlaps_of(number: int, sample: Sample, found: Detections, threshold: float
                ) -> list[Overlap]:
    """Return what the masks of one picture share with its outlines, whatever their names."""
    shown = found.only(found.scores >= threshold)
    masks, truth = regions(shown, sample.grey.shape), sample.masks
    boxes = regions(replace(shown, masks=None), sample.grey.shape)
    outlined = known(sample)
    return [Overlap(number, int(sample.labels[column]), shared_mask(masks[row], truth[column]),
                    shared_mask(boxes[row], truth[column]))
            for row, column in pairs(shown.boxes, sample.boxes).items() if outlined[column]]


def known(sample: Sample) -> np.ndarray:
    """Return which devices have an outline and count, bool (K,)."""
    return sample.masked & (sample.labels != IGNORED)


def may_be(label: int, names: Sequence[str]) -> bool:
    """Return whether a label names one of some classes, or a group with one of them in it."""
    kinds = [label] if label < len(NAMES) else kinds_in(label)
    return any(NAMES[kind] in names for kind in kinds)


def by_picture(shared: Sequence[Overlap], pictures: int) -> list[list[float]]:
    """Return the overlaps of each picture."""
    return [[each.mask for each in shared if each.picture == number]
            for number in range(pictures)]


def estimate(pictures: Sequence[Sequence[float]]) -> Estimate:
    """Return the mean over all devices with its interval, NaN if there are none."""
    value = mean_of_all(pictures)
    return Estimate(value, *((value, value) if np.isnan(value)
                             else interval(pictures, mean_of_all)))


def mean_of_all(pictures: Sequence[Sequence[float]]) -> float:
    """Return the mean over all devices of some pictures."""
    return mean_known([iou for each in pictures for iou in each])
