"""What if the sun stood lower? Streets with one thing changed, and what models make of them.

A counterfactual: the same held-out streets at every value, so that nothing else can be the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vision import checkpoints
from vision.bootstrap import Interval
from vision.checkpoints import Model
from vision.options import Verb, option, within
from vision.segmentation.certainty.bootstrap import Tally, difference, interval
from vision.segmentation.data import CLASSES
from vision.segmentation.measures.metrics import confusion_matrix
from vision.segmentation.panoptic.streets import FIRST, check
from vision.segmentation.predict import load, predict
from vision.segmentation.scenes import draw_scene, paint
from vision.segmentation.scenes.factors import FACTORS

SIZE = (360, 480)


@dataclass(frozen=True)
class Config:
    """Settings of `what_if`."""

    factor: str = option("fog", "what is changed", lambda: [*FACTORS])
    checkpoint: Path = option(checkpoints.FOLDER / "segmentation" / "unet.safetensors",
                              "the model")
    against: Path | None = option(None, "another one to see beside it")
    count: int = option(10, "how many streets at each value")


@dataclass(frozen=True, eq=False)
class Point:
    """All streets at one value of a factor, as each model saw them."""

    value: float
    picture: np.ndarray  # uint8 (H, W, 3), the first street
    labels: tuple[np.ndarray, ...]  # what each model says of it, uint8 (H, W)
    tallies: tuple[Tally, ...]

    @property
    def intervals(self) -> list[Interval]:
        """Return each model's mean IoU with its interval over the streets."""
        return [interval(tally) for tally in self.tallies]


@dataclass(frozen=True, eq=False)
class Looked:
    """One street at one value: its picture, and each model's labels and confusion matrix."""

    place: int  # of the value
    picture: np.ndarray
    labels: tuple[np.ndarray, ...]
    matrices: np.ndarray  # (models, classes, classes)


def look(models: list[Model], factor: str, count: int) -> Iterator[Looked]:
    """Yield one street after the other, all of a value before the next value."""
    for model in models:
        check(model)
    for place, value in enumerate(FACTORS[factor].values):
        for seed in range(count):
            scene = FACTORS[factor].change(draw_scene(FIRST + seed, SIZE), value)
            seen = paint(scene)
            labels = tuple(predict(model, seen.picture).labels for model in models)
            yield Looked(place, seen.picture, labels, np.stack([
                confusion_matrix(seen.labels, each, len(CLASSES)) for each in labels]))


def points(looked: list[Looked], factor: str) -> list[Point]:
    """Return the values that have been looked at, each with all of its streets."""
    found = []
    for place, value in enumerate(FACTORS[factor].values):
        streets = [each for each in looked if each.place == place]
        if streets:
            matrices = np.stack([each.matrices for each in streets], axis=1)
            found.append(Point(value, streets[0].picture, streets[0].labels,
                               tuple(map(Tally.of, matrices))))
    return found


@dataclass(frozen=True)
class Report:
    """What a factor does to models."""

    factor: str
    points: list[Point]

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {"factor": self.factor, "trained": FACTORS[self.factor].trained, "points": [
            {"value": each.value, "mIoU": [found.as_json() for found in each.intervals],
             "difference": difference(*each.tallies).as_json() if len(each.tallies) == 2 else None}
            for each in self.points]}

    def __str__(self) -> str:
        return "\n".join(f"{self.factor} {each.value:g}: mIoU " + ", ".join(
            map(str, each.intervals)) for each in self.points)


def run(config: Config) -> Report:
    """Change one thing about streets."""
    within(config, count=(1, 10_000))
    models = [load(path) for path in (config.checkpoint, config.against) if path]
    return Report(config.factor, points(list(look(models, config.factor, config.count)),
                                        config.factor))


VERB = Verb(Config, run, "Change one thing about streets, and see what that does to models.")
