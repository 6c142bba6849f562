"""Labelled pictures of one size, a whole split in memory; read from a folder for each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch.nn import functional

from vision.data import cifar, datasets
from vision.data.datasets import Files
from vision.errors import UserError, cut, listed, unknown

SIDES = {"cifar10": 32, "cifar100": 32, "tiny-imagenet": 64}
LONGEST = 200  # characters of foreign names in a sentence
GREY = 128  # about the mean of photographs
SPLITS = {"cifar10": ("train", "test"), "cifar100": ("train", "test"),
          "tiny-imagenet": ("train", "val")}


@dataclass(frozen=True, eq=False)
class LabelledPictures:
    """A whole split: pixels uint8 (N, C, S, S), grey or of three colours, labels int64 (N,)."""

    pixels: torch.Tensor
    labels: torch.Tensor
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        count = len(self.labels)
        if self.pixels.ndim != 4 or self.pixels.shape[0] != count or self.pixels.shape[1] not in (
                1, 3) or self.pixels.shape[2] != self.pixels.shape[3]:
            raise ValueError(f"pixels {tuple(self.pixels.shape)} for {count} labels")
        if count and not 0 <= int(self.labels.min()) <= self.labels.max() < len(self.classes):
            raise ValueError(f"a label outside the {len(self.classes)} classes")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the shape of one picture: channels, height, width."""
        channels, height, width = self.pixels.shape[1:]
        return channels, height, width

    def first(self, count: int) -> LabelledPictures:
        """Return the first `count` pictures, all if that is 0."""
        if not count:
            return self
        return LabelledPictures(self.pixels[:count], self.labels[:count], self.classes)

    def batch(self, index: torch.Tensor | slice) -> tuple[torch.Tensor, torch.Tensor]:
        """Return some pictures as floats in 0…1, (n, C, S, S), and their labels (n,)."""
        return self.pixels[index].float() / 255, self.labels[index]


def open_labelled(name: str, split: str) -> LabelledPictures:
    """Return one split of a data set that has a folder for each class, sorted by class."""
    if name not in SIDES:
        raise unknown("data set", name, sorted(SIDES))
    if split not in SPLITS[name]:
        raise unknown("split", split, list(SPLITS[name]))
    files = datasets.open_files(name)
    if found := cifar.PUBLISHED.get(name) and cifar.published(files, name, split):
        raw, labels = map(torch.from_numpy, found)
        order = labels.argsort(stable=True)
        return LabelledPictures(raw[order], labels[order], cifar.PUBLISHED[name].classes)
    names = [(file, file.split("/")[1]) for file in files.names(f"{split}/") if file.count("/") > 1]
    classes = tuple(sorted({kind for _, kind in names}))
    if not names:
        raise UserError("the data set '{name}' has no pictures below '{folder}'",
                        "a folder for each class is accepted", "fetch it again",
                        name=name, folder=split)
    pixels = np.stack([_decoded(files, file, SIDES[name]) for file, _ in names])  # (N, S, S, 3)
    labels = torch.tensor([classes.index(kind) for _, kind in names])  # (N,)
    return LabelledPictures(torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous(), labels,
                            classes)


def require_folders(name: str, split: str, found: Sequence[str], wanted: Sequence[str]) -> None:
    """Raise unless a data set has a folder for each of its classes, and no other."""
    odd = sorted({*found} ^ {*wanted})
    if odd:
        raise UserError("below '{folder}' of the data set '{name}', {count} folders are missing or "
                        "not expected: {names}", "one folder for each of its {wanted} classes is "
                        "accepted", "fetch it again", folder=split, name=name, count=len(odd),
                        names=cut(listed(odd), LONGEST), wanted=len(wanted))


def augment(pixels: torch.Tensor, random: np.random.Generator, edge: int = 4) -> torch.Tensor:
    """Return pictures (n, 3, S, S) moved by up to `edge` over black, every second one mirrored."""
    count, side = len(pixels), pixels.shape[-1]
    down, right = torch.from_numpy(random.integers(0, 2 * edge + 1, (2, count, 1)))
    mirrored = torch.from_numpy(random.integers(0, 2, (count, 1)))
    places = torch.arange(side)
    rows = down + places  # (n, S)
    columns = right + torch.where(mirrored == 1, side - 1 - places, places)  # (n, S)
    wide = functional.pad(pixels, (edge,) * 4).permute(0, 2, 3, 1)  # (n, S + 2e, S + 2e, 3)
    which = torch.arange(count)[:, None, None]
    return wide[which, rows[:, :, None], columns[:, None]].permute(0, 3, 1, 2)  # (n, 3, S, S)


def cut_out(pixels: torch.Tensor, random: np.random.Generator, side: int) -> torch.Tensor:
    """Return pictures (n, 3, S, S) with a grey square somewhere in each; part of it may stick out.
    """
    if not side:
        return pixels
    places = torch.arange(pixels.shape[-1])
    centres = torch.from_numpy(random.integers(0, len(places), (2, len(pixels), 1)))
    rows, columns = (places - centres + side // 2).div(side, rounding_mode="floor") == 0  # (n, S)
    hidden = rows[:, None, :, None] & columns[:, None, None, :]  # (n, 1, S, S)
    return pixels.masked_fill(hidden, GREY)


def _decoded(files: Files, name: str, side: int) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(files.read(name), np.uint8), cv2.IMREAD_COLOR_RGB)
    if picture is None or picture.shape != (side, side, 3):
        raise UserError("'{file}' of the data set is no picture of {side}×{side}",
                        "the files as published are accepted", "fetch the data set again",
                        file=name, side=side)
    return picture
