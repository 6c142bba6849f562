"""The samples of the GANs: small pictures with a label, grey or in colour, a set as one tensor."""

from __future__ import annotations

import functools
import math

import numpy as np
import torch

from vision.data import cifar, datasets
from vision.data.image_folders import LabelledPictures, open_labelled, require_folders
from vision.errors import UserError, unknown
from vision.gan import shapes

SIDE = 28
CLASSES = {
    "cifar10": cifar.CIFAR10,
    "mnist": tuple("0123456789"),
    "fashion-mnist": ("T-shirt", "Trousers", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
                      "Sneaker", "Bag", "Ankle boot"),
    "shapes": shapes.CLASSES,
}
SETS = tuple(sorted(CLASSES))
SPLITS = ("train", "val", "test")
MOST_DIMENSIONS = 3  # of an IDX file: pictures, rows and columns
COUNTS = {"train": 6000, "val": 1000, "test": 1000}  # of the shapes


@functools.lru_cache(maxsize=9)
def open_pictures(name: str, split: str) -> LabelledPictures:
    """Return one split of a data set; `val` is a sixth of the published training set."""
    if name not in CLASSES:
        raise unknown("data set", name, list(SETS))
    if split not in SPLITS:
        raise unknown("split", split, list(SPLITS))
    if name == "cifar10":
        return _in_colour(name, split)
    pixels, labels = (shapes.draw_many(split, COUNTS[split]) if name == "shapes"
                      else _published(name, split))
    return LabelledPictures(torch.from_numpy(pixels)[:, None], torch.from_numpy(labels).long(),
                            CLASSES[name])


def preprocess(pictures: LabelledPictures) -> dict[str, object]:
    """Return for a card what the pictures were when they were learnt."""
    return {"side": pictures.shape[1], "channels": pictures.shape[0], "range": [0, 1]}


def available() -> list[str]:
    """Return the data sets that can be opened here and now; the shapes always can."""
    return [name for name in SETS if name == "shapes" or datasets.present(name)]


def check_label(label: int, classes: tuple[str, ...]) -> int:
    """Return a label after checking that it stands for a class."""
    if not 0 <= label < len(classes):
        raise UserError("there is no label {label}", "labels from 0 to {last} are accepted",
                        "choose one of them", label=label, last=len(classes) - 1)
    return label


def labels_of(text: str, classes: tuple[str, ...]) -> list[int]:
    """Return the labels that a text asks for: digits one by one, or names with commas between."""
    compact = "".join(text.split())
    if compact.isascii() and compact.isdigit():
        return [check_label(int(digit), classes) for digit in compact]
    known = {name.lower(): index for index, name in enumerate(classes)}
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    odd = next((word for word in words if word not in known), None)
    if odd or not words:
        raise UserError("'{text}' is not among what this model draws" if odd
                        else "no label was chosen",
                        "digits, or names with commas between, are accepted: {known}",
                        "write some of these", text=(odd or "")[:40], known=", ".join(classes))
    return [known[word] for word in words]


def _in_colour(name: str, split: str) -> LabelledPictures:
    """Return a split of a set that lies sorted by class, so that `val` is every sixth picture."""
    folder = "test" if split == "test" else "train"
    known = open_labelled(name, folder)
    require_folders(name, folder, known.classes, CLASSES[name])
    sixth = torch.arange(len(known)) % 6 == 5
    part = {"train": ~sixth, "val": sixth, "test": torch.ones_like(sixth)}[split]
    return LabelledPictures(known.pixels[part], known.labels[part], CLASSES[name])


def _published(name: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    files = datasets.open_files(name)
    prefix = "t10k" if split == "test" else "train"
    pixels = read_idx(files.read(f"{prefix}-images-idx3-ubyte"))
    labels = read_idx(files.read(f"{prefix}-labels-idx1-ubyte"))
    if (pixels.shape != (len(labels), SIDE, SIDE) or labels.ndim != 1
            or labels.max() >= len(CLASSES[name])):
        raise _damaged()
    last = len(labels) // 6
    part = {"train": slice(0, -last), "val": slice(-last, None), "test": slice(None)}[split]
    return pixels[part], labels[part]


def read_idx(content: bytes) -> np.ndarray:
    """Return the array of an IDX file of unsigned bytes: magic 0 0 8 d, d sizes, the values."""
    dimensions = content[3] if content[:3] == b"\x00\x00\x08" and len(content) > 3 else 0
    start = 4 + 4 * dimensions
    if not 0 < dimensions <= MOST_DIMENSIONS or len(content) < start:
        raise _damaged()
    sizes = np.frombuffer(content, ">u4", dimensions, 4).tolist()
    if not 0 < math.prod(sizes) == len(content) - start:
        raise _damaged()
    return np.frombuffer(content, np.uint8, offset=start).reshape(sizes).copy()


def _damaged() -> UserError:
    return UserError("a file of the data set is cut short or not in IDX format",
                     "the files as published are accepted", "fetch the data set again")
