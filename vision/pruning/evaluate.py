"""Measure a network on a whole data set: accuracy, by class, and what is taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vision import checkpoints
from vision.checkpoints import Model
from vision.data.cifar import BELONGS, CIFAR100, SUPERCLASSES
from vision.data.image_folders import LabelledPictures
from vision.nan_safe import ratio
from vision.options import Verb, option, within
from vision.pruning.count import Size, count
from vision.pruning.data import SETS, SPLITS, open_pictures, require_classes
from vision.pruning.predict import load, logits, network_of

CHUNK = 125  # pictures; more at once costs more time for memory than it saves


@dataclass(frozen=True, eq=False)
class Report:
    """What a network says of labelled pictures, and what it costs."""

    matrix: np.ndarray  # (truth, said) counts
    classes: tuple[str, ...]
    size: Size

    def __post_init__(self) -> None:
        if self.matrix.shape != (len(self.classes), len(self.classes)):
            raise ValueError(f"{len(self.classes)} classes but a matrix of {self.matrix.shape}")

    @property
    def accuracy(self) -> float:
        """Return the share of pictures that are named rightly."""
        return float(np.trace(self.matrix) / max(self.matrix.sum(), 1))

    @property
    def per_class(self) -> dict[str, float]:
        """Return the accuracy on the pictures of each class; NaN where there are none."""
        shares = ratio(np.diag(self.matrix), self.matrix.sum(1))
        return dict(zip(self.classes, shares.tolist(), strict=True))

    @property
    def above(self) -> Report | None:
        """Return the same over CIFAR-100's twenty superclasses; None for other classes."""
        if self.classes != CIFAR100:
            return None
        names = tuple(SUPERCLASSES)
        place = [names.index(BELONGS[name]) for name in self.classes]
        matrix = np.zeros((len(names), len(names)), self.matrix.dtype)
        np.add.at(matrix, np.ix_(place, place), self.matrix)
        return Report(matrix, names, self.size)

    def overall(self) -> dict[str, float]:
        """Return the numbers for the model card."""
        coarse = {"superclass_accuracy": self.above.accuracy} if self.above else {}
        return {"accuracy": self.accuracy, **coarse, **self.size.as_json()}

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {**self.overall(), "per_class": self.per_class,
                "confusion_matrix": self.matrix.tolist()}

    def __str__(self) -> str:
        rows = [f"accuracy {self.accuracy:.4f}  parameters {self.size.parameters:,}  "
                f"multiply-adds {self.size.multiply_adds:,}"]
        return "\n".join(rows + [f"{name:>12}  {share:.3f}"
                                 for name, share in self.per_class.items()])


def evaluate(checkpoint: Path, data: str = "cifar10", split: str = "test", limit: int = 0
             ) -> Report:
    """Return the measures of a checkpoint on a split, or on its first `limit` pictures."""
    return measure(load(checkpoint), open_pictures(data, split).first(limit))


def measure(model: Model, pictures: LabelledPictures) -> Report:
    """Return the measures of a model on these pictures."""
    require_classes(model.card.classes, pictures.classes)
    classes = len(model.card.classes)
    pairs = pictures.labels * classes + said(model, pictures.pixels)  # (N,)
    matrix = pairs.bincount(minlength=classes**2).reshape(classes, classes).numpy()
    return Report(matrix, model.card.classes, count(network_of(model)))


def said(model: Model, pixels: torch.Tensor) -> torch.Tensor:
    """Return the likeliest class of each picture, (N,) of uint8 pixels (N, 3, 32, 32)."""
    return torch.cat([logits(model, part).argmax(1) for part in pixels.split(CHUNK)])


def summary(model: Model, data: Sequence[str], limit: int = 0) -> dict[str, Any]:
    """Return the numbers for the model card: all of the first data set, the accuracy on each."""
    reports = {name: measure(model, open_pictures(name, "test").first(limit)) for name in data}
    first = reports[data[0]]
    return {**first.overall(), "per_class": first.per_class,
            "accuracy_on": {name: report.accuracy for name, report in reports.items()}}


@dataclass(frozen=True)
class Config:
    """Settings of `evaluate`."""

    checkpoint: Path = option(checkpoints.FOLDER / "pruning" / "vgg16.safetensors",
                              "the checkpoint to measure")
    data: str = option("cifar10", "the data set", lambda: list(SETS))
    split: str = option("test", "its split", lambda: list(SPLITS))
    limit: int = option(0, "use only so many pictures; 0 is all")


def run(config: Config) -> Report:
    """Measure a checkpoint and return its report."""
    within(config, limit=(0, 10**9))
    return evaluate(config.checkpoint, config.data, config.split, config.limit)


VERB = Verb(Config, run, "Measure a checkpoint on a data set.")
