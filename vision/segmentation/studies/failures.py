"""Where a model fails: pictures from the worst to the best, and the confusions that cost most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vision import checkpoints
from vision.bootstrap import Interval
from vision.checkpoints import Model
from vision.errors import UserError
from vision.options import Verb, option, within
from vision.segmentation.certainty.bootstrap import Tally, difference, interval
from vision.segmentation.certainty.standing import ONE_DRIVE
from vision.segmentation.data import Samples, open_samples
from vision.segmentation.evaluate import check_classes
from vision.segmentation.measures.metrics import confusion_matrix
from vision.segmentation.models import task
from vision.segmentation.predict import load, predict

SHOWN = 8  # pictures and confusions that are printed
CAUTION = "all pictures are frames of one drive, so the intervals are too narrow"


@dataclass(frozen=True)
class Config:
    """Settings of `failures`."""

    checkpoint: Path = option(checkpoints.FOLDER / "segmentation" / "unet.safetensors",
                              "the checkpoint to look at")
    against: Path | None = option(None, "another one to compare it with on the same pictures")
    data: str = option("camvid", "the data set, or a folder or zip of images and masks")
    split: str = option("val", "its split")
    limit: int = option(0, "only so many pictures; 0 is all")


@dataclass(frozen=True)
class Confusion:
    """Pixels of one class that were called another, and what that costs the set's mean IoU."""

    truth: int
    called: int
    pixels: int
    cost: float  # by how much the mean IoU would be higher if only these pixels were right


@dataclass(frozen=True, eq=False)
class Failures:
    """What a model did on each picture of a set."""

    matrices: np.ndarray  # int64 (pictures, classes, classes): truth down, prediction across
    classes: tuple[str, ...]

    @property
    def tally(self) -> Tally:
        """Return what the mean IoU is made of."""
        return Tally.of(self.matrices)

    def worst_first(self) -> list[tuple[int, float]]:
        """Return each picture's place and mean IoU, the worst first."""
        each = self.tally.each()
        return [(int(place), float(each[place])) for place in np.argsort(each, kind="stable")
                if not np.isnan(each[place])]

    def confusions(self) -> list[Confusion]:
        """Return the confusions of the whole set, the costliest first."""
        matrix = self.matrices.sum(0)
        found = [Confusion(i, j, int(matrix[i, j]), cost(matrix, i, j))
                 for i, j in zip(*np.nonzero(matrix), strict=True) if i != j]
        return sorted(found, key=lambda each: -each.cost)


def cost(matrix: np.ndarray, truth: int, called: int) -> float:
    """Return how much the mean IoU gains if the pixels of one cell are right."""
    mended = matrix.copy()
    mended[truth, truth] += mended[truth, called]
    mended[truth, called] = 0
    before, after = (Tally.of(each[None]).each()[0] for each in (matrix, mended))
    return float(after - before)


def look(models: list[Model], samples: Samples) -> Iterator[list[np.ndarray]]:
    """Yield for each picture the confusion matrix of each model."""
    for model in models:
        check(model, samples)
    for index in range(len(samples)):
        picture, truth = samples[index]
        yield [confusion_matrix(truth, predict(model, picture).labels, len(samples.classes))
               for model in models]


def check(model: Model, samples: Samples) -> None:
    """Raise for a model that does not give a picture's pixels the classes of a set."""
    if task(model.card.arch) not in ("classes", "diagnosis"):
        raise UserError("'{file}' gives no class to the pixels of a picture",
                        "a model of classes of pictures is accepted here", "choose another",
                        file=model.card.arch)
    check_classes(model.card.classes, samples.classes)


def gathered(found: list[list[np.ndarray]], classes: tuple[str, ...]) -> list[Failures]:
    """Return what `look` yielded as one for each model."""
    return [Failures(np.stack(each), classes) for each in zip(*found, strict=True)]


@dataclass(frozen=True)
class Report:
    """Where a model fails on a set; against another one, by how much it is better."""

    failures: Failures
    interval: Interval
    difference: Interval | None
    caution: str

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        names = self.failures.classes
        return {"mIoU": self.interval.as_json(),
                "difference": self.difference.as_json() if self.difference else None,
                "worst_first": [{"picture": place, "mIoU": value}
                                for place, value in self.failures.worst_first()],
                "confusions": [{"truth": names[each.truth], "called": names[each.called],
                                "pixels": each.pixels, "cost": each.cost}
                               for each in self.failures.confusions()]}

    def __str__(self) -> str:
        lines = [f"mIoU {self.interval}"]
        if self.difference:
            lines.append(f"difference {self.difference}: {verdict(self.difference)}")
        lines += [self.caution] if self.caution else []
        names = self.failures.classes
        lines += [f"picture {place}: mIoU {value:.4f}"
                  for place, value in self.failures.worst_first()[:SHOWN]]
        lines += [f"{names[each.truth]} called {names[each.called]}: costs {100 * each.cost:.2f} "
                  f"points" for each in self.failures.confusions()[:SHOWN]]
        return "\n".join(lines)


def verdict(found: Interval) -> str:
    """Return in words what a difference says."""
    if not found.decided:
        return "these pictures do not decide which is better"
    return "surely better" if found.value > 0 else "surely worse"


def run(config: Config) -> Report:
    """Look where a model fails."""
    within(config, limit=(0, 1_000_000))
    samples = open_samples(config.data, config.split, config.limit)
    models = [load(path) for path in (config.checkpoint, config.against) if path]
    found = gathered(list(look(models, samples)), samples.classes)
    apart = difference(found[0].tally, found[1].tally) if config.against else None
    caution = CAUTION if f"{config.data} {config.split}" in ONE_DRIVE else ""
    return Report(found[0], interval(found[0].tally), apart, caution)


VERB = Verb(Config, run, "Show where a model fails, and whether another is surely better.")
