"""Measure a generator: does it draw what was asked, all of it, and as the data look?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vision import checkpoints
from vision.checkpoints import Model
from vision.data.image_folders import LabelledPictures
from vision.gan import parzen
from vision.gan.data import available, open_pictures
from vision.gan.features import distance, features, spread
from vision.gan.judges import Verdict, verdicts
from vision.gan.predict import Drawer, classifier_for, conditional, load, opinions, read
from vision.options import LARGEST_SEED, Verb, option, within


@dataclass(frozen=True)
class Report:
    """All measures of one generator; what could not be measured here is None."""

    classes: tuple[str, ...]
    count: int
    matrix: np.ndarray | None  # (asked, read) counts; of an unconditional model one row
    d_fake: float
    d_real: float | None = None
    diversity: tuple[float, ...] | None = None  # by class, 1 is as varied as the data
    distance: float | None = None
    distance_floor: float | None = None  # that of real pictures
    parzen: parzen.Score | None = None
    judges: tuple[Verdict, ...] = ()

    @property
    def fidelity(self) -> float | None:
        """Return how often the classifier reads the label that was asked for."""
        if self.matrix is None or len(self.matrix) == 1:
            return None
        return float(np.trace(self.matrix) / self.matrix.sum())

    @property
    def shares(self) -> tuple[float, ...] | None:
        """Return the share of each class in what was drawn, as the classifier reads it."""
        if self.matrix is None:
            return None
        return tuple((self.matrix.sum(0) / self.matrix.sum()).tolist())

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {"count": self.count, "fidelity": self.fidelity, "shares": self.shares,
                "matrix": None if self.matrix is None else self.matrix.tolist(),
                "diversity": self.diversity, "d_real": self.d_real, "d_fake": self.d_fake,
                "distance": self.distance, "distance_floor": self.distance_floor,
                "parzen": None if self.parzen is None else self.parzen.as_json(),
                "judges": [verdict.as_json() for verdict in self.judges]}

    def __str__(self) -> str:
        numbers = {"label fidelity": self.fidelity, "D(real)": self.d_real,
                   "D(drawn)": self.d_fake, "distance": self.distance,
                   "distance of real to real": self.distance_floor,
                   "diversity": None if self.diversity is None else float(
                       np.mean(self.diversity))}
        lines = [f"{name}: {value:.4f}" for name, value in numbers.items() if value is not None]
        return "\n".join([*lines, *map(str, self.judges),
                          *([str(self.parzen)] if self.parzen else [])])


def evaluate(checkpoint: Path, count: int = 10_000, seed: int = 1) -> Report:
    """Return all measures of a checkpoint."""
    return measure(load(checkpoint), count, seed)


def measure(model: Model, count: int = 10_000, seed: int = 1) -> Report:
    """Return all measures of a model on the data it was trained on, labels evenly spread."""
    data = model.card.data["train"][0]
    drawer, reader = Drawer.of(model), classifier_for(data)
    asked = np.arange(count) % len(model.card.classes)
    drawn = drawer.floats(asked, seed)  # (count, C, S, S)
    reading = read(reader, drawn).argmax(1) if reader else None  # (count,)
    report = Report(
        model.card.classes, count,
        None if reading is None else confusion(model, reading.numpy(), asked),
        d_fake=float(opinions(model, drawn, torch.from_numpy(asked)).mean()),
        judges=verdicts(model, data, seed))
    if data not in available():
        return report
    test = open_pictures(data, "test")
    report = replace(report, d_real=float(opinions(model, *test.batch(slice(None))).mean()),
                     parzen=parzen.of_drawer(drawer, data, count, seed))
    if reader is None or reading is None:
        return report
    diversity, apart, floor = compare(reader, drawn, reading, data, test)
    return replace(report, diversity=diversity, distance=apart, distance_floor=floor)


def confusion(model: Model, reading: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return how often each asked label (row) was read as each class (column)."""
    classes = len(model.card.classes)
    if not conditional(model):
        return np.bincount(reading, minlength=classes)[None]
    return np.bincount(asked * classes + reading, minlength=classes**2).reshape(classes, classes)


def compare(reader: Model, drawn: torch.Tensor, reading: torch.Tensor, data: str,
            test: LabelledPictures) -> tuple[tuple[float, ...], float, float]:
    """Return diversity by class, the distance to the test pictures, and that of real pictures."""
    held = open_pictures(data, "val").batch(slice(None))[0]
    real = features(reader, test.batch(slice(None))[0])
    fake = features(reader, drawn)
    diversity = tuple(spread(fake[reading == label]) / spread(real[test.labels == label])
                      for label in range(len(test.classes)))
    return diversity, distance(fake, real), distance(features(reader, held), real)


@dataclass(frozen=True)
class Config:
    """Settings of `evaluate`."""

    checkpoint: Path = option(checkpoints.FOLDER / "gan" / "cgan-mnist.safetensors",
                              "the checkpoint to measure")
    count: int = option(10_000, "how many pictures to draw")
    seed: int = option(1, "seed of their noise")
    write: bool = option(False, "write what was measured into the checkpoint's card")


def run(config: Config) -> Report:
    """Measure a checkpoint and return its report."""
    within(config, count=(100, 10**6), seed=(0, LARGEST_SEED))
    report = evaluate(config.checkpoint, config.count, config.seed)
    if config.write:
        checkpoints.add_metrics(config.checkpoint, report.as_json())
    return report


VERB = Verb(Config, run, "Measure a checkpoint on the data it was trained on.")
