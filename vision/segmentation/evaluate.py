"""Measure a segmentation model on a whole data set: one confusion matrix, every metric."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vision import checkpoints
from vision.checkpoints import Model
from vision.options import Verb, option
from vision.segmentation.data import SETS, Samples, open_samples
from vision.segmentation.metrics import Scores, confusion_matrix
from vision.segmentation.predict import load, predict


@dataclass(frozen=True)
class Config:
    """Settings of `evaluate`."""

    checkpoint: Path = option(checkpoints.FOLDER / "segmentation" / "unet.safetensors",
                              "the checkpoint to measure")
    data: str = option("camvid", "the data set", lambda: sorted(SETS))
    split: str = option("val", "its split")


def evaluate(checkpoint: Path, data: str = "camvid", split: str = "val") -> Scores:
    """Return the scores of a checkpoint over every picture of a split, at full resolution."""
    return measure(load(checkpoint), open_samples(data, split))


def measure(model: Model, samples: Samples) -> Scores:
    """Return the scores of a model over all samples."""
    classes = model.card.classes
    total = np.zeros((len(classes), len(classes)), np.int64)
    for index in range(len(samples)):
        picture, truth = samples[index]
        total += confusion_matrix(truth, predict(model, picture).labels, len(classes))
    return Scores(total, classes)


def run(config: Config) -> Scores:
    """Measure a checkpoint and return its scores."""
    return evaluate(config.checkpoint, config.data, config.split)


VERB = Verb(Config, run, "Measure a checkpoint on a data set.")
