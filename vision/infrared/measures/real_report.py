"""How well devices are found in real thermograms: whatever their name, by group and by kind."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vision.infrared.classes import GROUPS, IGNORED, LABELS, NAMES, group_of
from vision.infrared.data import Sample
from vision.infrared.inspection.detections import Detections
from vision.infrared.measures.outcomes import (
    Outcome,
    average_precision,
    interval,
    outcome,
    recall_precision,
    threshold_for,
)
from vision.nan_safe import mean_known

WANTED = 0.7  # precision from which on a box is shown
ENOUGH = 10  # devices of a group that a mean over groups counts
Pair = tuple[Sample, Detections]


@dataclass(frozen=True)
class Estimate:
    """A number, and between what it lies in 90% of the draws of as many pictures."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.2f}–{self.high:.2f})"


@dataclass(frozen=True)
class RealReport:
    """AP50 of boxes, and what is found and right among those that are shown."""

    pictures: int
    devices: int
    ap50: Estimate  # whatever the name
    ap50_groups: float  # mean over groups with ten or more devices
    by_group: dict[str, float]
    by_kind: dict[str, float]
    count: dict[str, int]  # devices of each group and kind
    threshold: float  # lowest score from which on WANTED of the boxes are right
    recall: Estimate
    precision: Estimate

    def as_json(self) -> dict[str, Any]:
        """Return all numbers in plain types."""
        return {f"real_{name}": vars(value) if isinstance(value, Estimate) else value
                for name, value in vars(self).items()}

    def __str__(self) -> str:
        head = [f"real thermograms: {self.devices} devices in {self.pictures} pictures",
                f"AP50 whatever the name: {self.ap50}",
                f"AP50, mean over groups with {ENOUGH} or more: {self.ap50_groups:.3f}",
                f"from score {self.threshold:.2f} on: recall {self.recall}, "
                f"precision {self.precision}"]
        rows = [f"  {name:24}{ap:8.3f}  of {self.count[name]}" for part in
                (self.by_group, self.by_kind) for name, ap in part.items()]
        return "\n".join([*head, *rows])


def report_on(pairs: Sequence[Pair], threshold: float | None = None) -> RealReport:
    """Return how well what was found fits what is there; shown is what has the threshold."""
    every = outcomes_of(pairs, lambda label: True)
    shown = threshold_for(every, WANTED) if threshold is None else threshold
    groups = {name: outcomes_of(pairs, functools.partial(in_group, name)) for name in GROUPS}
    kinds = {name: outcomes_of(pairs, functools.partial(is_kind, name)) for name in NAMES}
    count = {name: sum(each.devices for each in part)
             for name, part in {**kinds, **groups}.items()}
    by_group, by_kind = ({name: average_precision(part) for name, part in parts.items()
                          if count[name]} for parts in (groups, kinds))
    recall, precision = recall_precision(every, shown)
    return RealReport(
        len(pairs), sum(each.devices for each in every),
        estimate(average_precision(every), every, average_precision),
        mean_known([ap for name, ap in by_group.items() if count[name] >= ENOUGH]),
        by_group, by_kind, count, shown,
        estimate(recall, every, lambda part: recall_precision(part, shown)[0]),
        estimate(precision, every, lambda part: recall_precision(part, shown)[1]))


def estimate(value: float, outcomes: Sequence[Outcome],
             number: Callable[[Sequence[Outcome]], float]) -> Estimate:
    """Return a number of some outcomes with its interval."""
    return Estimate(value, *interval(outcomes, number))


def outcomes_of(pairs: Sequence[Pair], means: Callable[[int], bool]) -> list[Outcome]:
    """Return what became of the boxes whose label means something, in each picture."""
    return [outcome_of(sample, found, means) for sample, found in pairs]


def outcome_of(sample: Sample, found: Detections, means: Callable[[int], bool]) -> Outcome:
    """Return what became of the boxes of one picture whose label means something.

    Where only a device's group is known, nobody can say whether a kind was right.
    """
    own = np.array([label != IGNORED and means(label) for label in sample.labels.tolist()], bool)
    chosen = np.array([means(label) for label in found.labels.tolist()], bool)
    unsure = np.array([label >= len(NAMES) and any(map(means, kinds_in(label)))
                       for label in sample.labels.tolist()], bool)
    ignored = (sample.labels == IGNORED) | (unsure & ~own)
    return outcome(found.boxes[chosen], found.scores[chosen], sample.boxes[own],
                   sample.boxes[ignored])


def in_group(name: str, label: int) -> bool:
    """Return whether a label names a group or one of its kinds."""
    return group_of(label) == name


def is_kind(name: str, label: int) -> bool:
    """Return whether a label names a kind."""
    return LABELS[label] == name


def kinds_in(label: int) -> list[int]:
    """Return the kinds, by their places in NAMES, of the group that a label names."""
    return [NAMES.index(name) for name in GROUPS[group_of(label)]]
