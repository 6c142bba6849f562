"""The samples of network slimming: 32×32 pictures of 10 or 100 classes, a split as one tensor."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import torch

from vision.data import datasets
from vision.data.cifar import CIFAR100
from vision.data.image_folders import LONGEST, LabelledPictures, open_labelled, require_folders
from vision.errors import UserError, cut, listed, unknown
from vision.images import resize
from vision.pruning.drawings import CLASSES, draw
from vision.pruning.drawings.hard import draw_hard

SIDE = 32
SETS = ("cifar10", "cifar100", "drawings", "drawings-hard")
SPLITS = ("train", "test")
DRAWN = {  # first seed and count of each split
    "drawings": {"train": (0, 2000), "test": (1_000_000, 500)},
    "drawings-hard": {"train": (0, 6000), "test": (1_000_000, 1000)},
}
MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)  # of CIFAR-10's channels
PREPROCESS = {"side": SIDE, "mean": list(MEAN), "deviation": list(DEVIATION)}


@functools.lru_cache(maxsize=4)
def open_pictures(name: str, split: str) -> LabelledPictures:
    """Return one split of a data set in an order in which the classes take turns."""
    classes = classes_of(name)
    if split not in SPLITS:
        raise unknown("split", split, list(SPLITS))
    if name in DRAWN:
        pixels, labels = _drawn(name, split)
    else:
        data = open_labelled(name, split)
        require_folders(name, split, data.classes, classes)
        pixels, labels = data.pixels, data.labels
    turns = np.argsort(np.concatenate([np.arange(count) for count in np.bincount(labels)]),
                       kind="stable")
    return LabelledPictures(pixels[turns], labels[turns], classes)


def classes_of(name: str) -> tuple[str, ...]:
    """Return what the classes of a data set are called, in the order of its labels."""
    if name not in SETS:
        raise unknown("data set", name, list(SETS))
    return CIFAR100 if name == "cifar100" else CLASSES


def open_all(names: Sequence[str], split: str, limit: int = 0) -> LabelledPictures:
    """Return one split of several data sets as one, of each the first `limit`, all if that is 0."""
    parts = [open_pictures(name, split).first(limit) for name in names]
    if len({part.classes for part in parts}) > 1:
        raise UserError("the data sets {names} have different classes",
                        "data sets of the same classes are accepted together",
                        "leave out one of them", names=", ".join(names))
    return LabelledPictures(torch.cat([part.pixels for part in parts]),
                            torch.cat([part.labels for part in parts]), parts[0].classes)


def available() -> list[str]:
    """Return the data sets that can be opened here and now; the drawings always can."""
    return [name for name in SETS if name in DRAWN or datasets.present(name)]


def fitting(classes: Sequence[str]) -> list[str]:
    """Return the data sets that have exactly these classes."""
    return [name for name in SETS if classes_of(name) == tuple(classes)]


def require_classes(classes: Sequence[str], wanted: Sequence[str]) -> None:
    """Raise unless the classes that a network knows are those of the pictures."""
    if tuple(classes) != tuple(wanted):
        raise UserError("the network knows {count} classes ({names}), and the data has {other}",
                        "data of the network's own classes is accepted: {fitting}",
                        "choose that, or another network", count=len(classes),
                        names=cut(listed(list(classes)), LONGEST), other=len(wanted),
                        fitting=", ".join(fitting(classes)) or "–")


def require_known(classes: Sequence[str]) -> None:
    """Raise unless some data set here has the classes that a network knows."""
    if not fitting(classes):
        raise UserError("the network knows {count} classes: {names}",
                        "the classes of CIFAR-10 or CIFAR-100 are accepted here",
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


def _drawn(name: str, split: str) -> tuple[torch.Tensor, torch.Tensor]:
    first, count = DRAWN[name][split]
    paint = draw_hard if name == "drawings-hard" else draw
    labels = np.arange(count) % len(CLASSES)
    labels.sort()
    pixels = np.stack([paint(int(y), first + i) for i, y in enumerate(labels)])  # (N, 32, 32, 3)
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(labels)
