"""What comes out of a detector for one thermogram, ready to be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vision.errors import UserError
from vision.infrared.classes import GROUP_OF, NAMES
from vision.infrared.inspection.thermal import Reading, Verdict
from vision.infrared.scenes import Zone
from vision.infrared.thermogram.thermogram import Thermogram

SURE = 0.75  # share of its group's probability from which on a kind is told
WORTH_TELLING = 0.1  # probability from which on a kind is named beside others


@dataclass(frozen=True)
class Certainty:
    """Of one device: how often it gets which level, and what overturns its verdict alone."""

    shares: dict[str, float]  # by level, those that occur
    alone: dict[str, float]  # share of draws that change the verdict, by factor

    @property
    def sure(self) -> bool:
        """Return whether every draw gives the same level."""
        return len(self.shares) == 1

    @property
    def decides(self) -> str:
        """Return what overturns the verdict most often alone, "" if nothing does."""
        name = max(self.alone, key=self.alone.__getitem__)
        return name if self.alone[name] > 0 else ""


@dataclass(frozen=True, eq=False)
class Instance:
    """One device that was found; without a temperature scale it has no reading."""

    label: int
    score: float
    box: tuple[float, float, float, float]
    mask: np.ndarray  # bool (H, W)
    zones: tuple[Zone, ...]
    reading: Reading | None
    verdict: Verdict | None
    kinds: tuple[tuple[str, float], ...] = ()  # of its group, the likeliest first
    certainty: Certainty | None = None  # of the verdict

    @property
    def name(self) -> str:
        """Return the class's name."""
        return NAMES[self.label]

    @property
    def group(self) -> str:
        """Return what it is called where its kind does not matter."""
        return GROUP_OF[self.name]

    @property
    def unsure(self) -> bool:
        """Return whether only the group is sure: no kind has most of what its kinds have."""
        likely = [share for _, share in self.kinds]
        return len(likely) > 1 and likely[0] < SURE * sum(likely)

    @property
    def category(self) -> str:
        """Return its name, or "some" device of its group where only that is sure: a label."""
        return f"some {self.group}" if self.unsure else self.name

    def title(self, translate: Callable[[str], str] = str) -> str:
        """Return its name, or its group with the kinds that it may be, in a language."""
        t = translate
        if not self.unsure:
            return t(self.name)
        kinds = t(", ").join(t("{kind} {share:.1f}").format(kind=t(name), share=share)
                             for name, share in self.kinds)
        return t("{group} ({kinds})").format(group=t(self.group), kinds=kinds)

    def as_json(self) -> dict[str, Any]:
        """Return all but the mask's pixels in plain types."""
        return {
            "class": self.name, "group": self.group, "called": self.category,
            "kinds": dict(self.kinds),
            "score": self.score, "box": list(self.box),
            "pixels": int(self.mask.sum()), "zones": [vars(zone) for zone in self.zones],
            "reading": vars(self.reading) if self.reading else None,
            "verdict": ({**vars(self.verdict), "rule": self.verdict.reason.sentence()}
                        if self.verdict else None),
            "certainty": ({**vars(self.certainty), "decides": self.certainty.decides}
                          if self.certainty else None)}


@dataclass(frozen=True, eq=False)
class Result:
    """What a detector said of one thermogram."""

    thermogram: Thermogram
    instances: tuple[Instance, ...]  # the surest first
    threshold: float
    runner_up: tuple[str, float] | None  # the surest class below the threshold, and its score
    air: float | None  # °C, given or guessed; None without a scale
    seconds: float

    def __post_init__(self) -> None:
        for instance in self.instances:
            if instance.mask.shape != self.thermogram.grey.shape:
                raise ValueError(f"mask {instance.mask.shape} for {self.thermogram.grey.shape}")

    def remarks(self) -> list[UserError]:
        """Return what should be said about the result; none of it is a reason to stop."""
        said = list(self.thermogram.said)
        if self.thermogram.visible_light:
            said.append(UserError("this looks like a photograph in visible light",
                                  "thermograms in a usual palette are read best"))
        if self.thermogram.celsius is None:
            said.append(UserError("there is no temperature scale, so nothing is judged", "",
                                  "give the two ends of the picture's scale"))
        if impossible := self.thermogram.impossible:
            said.append(UserError("{share:.1f}% of the picture would be colder than absolute zero",
                                  "",
                                  "raise the emissivity or lower the reflected temperature",
                                  share=100 * impossible))
        if not self.instances and self.runner_up:
            said.append(UserError("no device was found above {threshold:.2f}",
                                  "the highest was '{name}' with {score:.2f}",
                                  "lower the threshold to see it", threshold=self.threshold,
                                  name=self.runner_up[0], score=self.runner_up[1]))
        if not self.instances and not self.runner_up:
            said.append(UserError("there is nothing in this picture that looks like a device"))
        return said

    def as_json(self) -> dict[str, Any]:
        """Return everything but pixels in plain types; places are in pixels of that size."""
        height, width = self.thermogram.grey.shape
        return {"width": width, "height": height,
                "instances": [instance.as_json() for instance in self.instances],
                "threshold": self.threshold, "runner_up": self.runner_up, "air": self.air,
                "remarks": [remark.sentence() for remark in self.remarks()],
                "palette": self.thermogram.palette, "seconds": self.seconds}
