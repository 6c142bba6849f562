"""The samples of network slimming: 32×32 pictures of ten classes, a whole split as one tensor."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import torch

from vision import datasets
from vision.errors import UserError, cut, listed, unknown
from vision.image_folders import LabelledPictures, open_labelled
from vision.images import resize
from vision.pruning.drawings import CLASSES, draw

SIDE = 32
LONGEST = 200  # characters of foreign names in a sentence
SETS = ("cifar10", "drawings")
SPLITS = ("train", "test")
DRAWN = {"train": (0, 2000), "test": (1_000_000, 500)}  # first seed and count of each split
MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)  # of CIFAR-10's channels
PREPROCESS = {"side": SIDE, "mean": list(MEAN), "deviation": list(DEVIATION)}


@functools.lru_cache(maxsize=4)
def open_pictures(name: str, split: str) -> LabelledPictures:
    """Return one split of a data set in an order in which the classes take turns."""
    if name not in SETS:
        raise unknown("data set", name, list(SETS))
    if split not in SPLITS:
        raise unknown("split", split, list(SPLITS))
    if name == "drawings":
        pixels, labels = _drawn(split)
    else:
        data = open_labelled(name, split)
        pixels, labels = data.pixels, data.labels
    turns = np.argsort(np.concatenate([np.arange(count) for count in np.bincount(labels)]),
                       kind="stable")
    return LabelledPictures(pixels[turns], labels[turns], CLASSES)


def open_all(names: Sequence[str], split: str, limit: int = 0) -> LabelledPictures:
    """Return one split of several data sets as one, of each the first `limit`, all if that is 0."""
    parts = [open_pictures(name, split).first(limit) for name in names]
    return LabelledPictures(torch.cat([part.pixels for part in parts]),
                    torch.cat([part.labels for part in parts]), CLASSES)


def available() -> list[str]:
    """Return the data sets that can be opened here and now; the drawings always can."""
    return [name for name in SETS if name == "drawings" or datasets.present(name)]


def require_classes(classes: Sequence[str]) -> None:
    """Raise unless a network knows the ten classes that all data sets here have."""
    if tuple(classes) != CLASSES:
        raise UserError("the network knows {count} classes: {names}",
                        "the ten classes of CIFAR-10 are accepted here",
                        "choose a network that learnt them", count=len(classes),
                        names=cut(listed(list(classes)), LONGEST))


def normalise(pixels: torch.Tensor) -> torch.Tensor:
    """Return uint8 pixels (n, 3, 32, 32) as floats with the mean 0 and the deviation 1."""
    mean, deviation = (pixels.new_tensor(values, dtype=torch.float32)[:, None, None]
                       for values in (MEAN, DEVIATION))  # (3, 1, 1)
    return (pixels.float() / 255 - mean) / deviation


def squared(picture: np.ndarray) -> np.ndarray:
    """Return the middle square of an RGB picture (uint8 H×W×3) at 32×32."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return resize(np.ascontiguousarray(picture[top : top + side, left : left + side]),
                  (SIDE, SIDE))


def _drawn(split: str) -> tuple[torch.Tensor, torch.Tensor]:
    first, count = DRAWN[split]
    labels = np.arange(count) % len(CLASSES)
    labels.sort()
    pixels = np.stack([draw(int(y), first + i) for i, y in enumerate(labels)])  # (N, 32, 32, 3)
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(labels)
