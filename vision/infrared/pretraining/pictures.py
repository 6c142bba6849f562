"""What the backbone learns to tell apart: two data sets or a folder of pictures, in grey."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch

from vision.data.datasets import files_at
from vision.data.image_folders import SIDES, LabelledPictures, open_labelled
from vision.errors import UserError
from vision.images import ENDINGS, read_picture, resize

SIDE = 64


def grey_of(source: LabelledPictures, index: int) -> np.ndarray:
    """Return one grey picture as floats 0…1, (S, S)."""
    return source.pixels[index, 0].numpy().astype(np.float32) / 255


def open_source(name: str, split: str) -> LabelledPictures:
    """Return 'tiny-imagenet', 'cifar10', or a folder or zip with a folder for each class.

    Of a folder's pictures every tenth is kept for measuring, as the split 'val'.
    """
    if name in SIDES:
        return of_data_set(name, split)
    path = Path(name)
    if not path.exists():
        raise UserError("there are no source pictures '{name}'",
                        "{known}, or a folder or zip with a folder for each class, are accepted",
                        "check the name", name=name, known=", ".join(sorted(SIDES)))
    return of_folder(path, split)


def of_data_set(name: str, split: str) -> LabelledPictures:
    """Return a split of a public data set in grey."""
    split = "test" if name == "cifar10" and split == "val" else split
    labelled = open_labelled(name, split)
    pixels = labelled.pixels.permute(0, 2, 3, 1).numpy()  # (N, S, S, 3)
    grey = np.stack([cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in pixels])
    return LabelledPictures(torch.from_numpy(grey)[:, None], labelled.labels, labelled.classes)


def of_folder(path: Path, split: str) -> LabelledPictures:
    """Return the pictures of a folder, squeezed to squares, their folders as classes."""
    files = files_at(path)
    names = [name for name in files.names() if name.lower().endswith(ENDINGS)]
    chosen = [name for place, name in enumerate(names) if (place % 10 == 0) == (split == "val")]
    classes = tuple(sorted({class_of(name) for name in names}))
    if len(classes) < 2 or not chosen:
        raise UserError("'{name}' holds {found} pictures of {classes} classes",
                        "at least 10 pictures of 2 classes are accepted, a folder for each class",
                        "choose another folder", name=path.name, found=len(names),
                        classes=len(classes))
    pictures = [cv2.cvtColor(resize(read_picture(files.read(name)), (SIDE, SIDE)),
                             cv2.COLOR_RGB2GRAY) for name in chosen]
    return LabelledPictures(torch.from_numpy(np.stack(pictures))[:, None],
                            torch.tensor([classes.index(class_of(name)) for name in chosen]),
                            classes)


def class_of(name: str) -> str:
    """Return the folder that a file lies in."""
    return Path(name).parent.name
