"""Real thermograms of substations: their temperature fields with the devices that were labelled.

The labels are this project's own (`assets/infrared/labels`); the pictures come from a data set.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vision.data import datasets
from vision.images import read_image, read_picture
from vision.infrared.classes import IGNORED, LABELS
from vision.infrared.data import Sample, Samples
from vision.infrared.labels.polygon import polygon_mask
from vision.infrared.thermogram.files import of_values
from vision.infrared.thermogram.palettes import intensity
from vision.randomness import generator_for

LABEL_FILE = (Path(__file__).resolve().parent.parent.parent / "assets" / "infrared" / "labels"
              / "substations.json")
FIELDS, PICTURES = "thermograms-camera", "thermograms"  # data sets
Ring = tuple[float, ...]  # x0, y0, x1, y1, … of an outline, in pixels
INPUTS = ("field", "palette")  # what the camera measured, or only what it showed


@dataclass(frozen=True, eq=False)
class Devices:
    """What was labelled in one picture."""

    name: str  # of the picture, without its ending
    scene: int  # pictures of one scene show nearly the same
    split: str
    boxes: np.ndarray  # float32 (K, 4)
    labels: np.ndarray  # int64 (K,), places in LABELS, or IGNORED
    groups: tuple[str, ...]  # what each is called where its kind does not matter
    size: tuple[int, int]  # of the picture
    outlines: tuple[tuple[Ring, ...], ...]  # of each; none where only its box is known

    @property
    def masked(self) -> np.ndarray:
        """Return whose outline is known, bool (K,)."""
        return np.array([bool(rings) for rings in self.outlines], bool)

    @property
    def owner(self) -> np.ndarray:
        """Return whose pixels are whose, uint8 (H, W): 0 for nobody, k for device k − 1."""
        owner = np.zeros(self.size, np.uint8)
        for number, rings in enumerate(self.outlines, 1):
            owner[inside(rings, self.size)] = number
        return owner


def inside(rings: Sequence[Ring], size: tuple[int, int]) -> np.ndarray:
    """Return the mask (H, W) of a device whose visible parts lie in some rings."""
    mask = np.zeros(size, bool)
    for ring in rings:
        mask |= polygon_mask(np.reshape(ring, (-1, 2)), size)
    return mask


def read_devices() -> list[Devices]:
    """Return the labels of all pictures; what is small, hidden or doubtful is IGNORED."""
    content = json.loads(LABEL_FILE.read_text("utf-8"))
    below: dict[int, list[dict[str, Any]]] = {entry["id"]: [] for entry in content["images"]}
    for entry in content["annotations"]:
        below[entry["image_id"]].append(entry)
    names = {entry["id"]: entry["name"] for entry in content["categories"]}
    groups = {entry["id"]: entry["supercategory"] for entry in content["categories"]}
    return [devices_of(image, below[image["id"]], names, groups) for image in content["images"]]


def devices_of(image: dict[str, Any], entries: list[dict[str, Any]], names: dict[int, str],
               groups: dict[int, str]) -> Devices:
    """Return the labels of one picture of a COCO file."""
    boxes = np.array([entry["bbox"] for entry in entries], np.float32).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]  # from x, y, w, h
    labels = [IGNORED if entry["iscrowd"] else LABELS.index(names[entry["category_id"]])
              for entry in entries]
    return Devices(Path(image["file_name"]).stem, image["scene"], image["split"], boxes,
                   np.array(labels, np.int64),
                   tuple(groups[entry["category_id"]] for entry in entries),
                   (image["height"], image["width"]),
                   tuple(tuple(map(tuple, entry.get("segmentation", ()))) for entry in entries))


class Thermograms:
    """Labelled thermograms of a split, their grey pictures kept once they are read."""

    def __init__(self, split: str, seen: str = "field") -> None:
        self.devices = [each for each in read_devices() if each.split == split]
        self.grey = functools.lru_cache(maxsize=None)(functools.partial(grey_of, seen=seen))

    def __len__(self) -> int:
        return len(self.devices)

    def outlined(self) -> Thermograms:
        """Return only those in which the outline of a device is known."""
        some = copy.copy(self)
        some.devices = [each for each in self.devices if each.masked.any()]
        return some

    def __getitem__(self, index: int) -> Sample:
        devices = self.devices[index]
        grey = self.grey(devices.name)
        return Sample(grey, devices.owner, devices.labels, devices.masked, devices.boxes)


def grey_of(name: str, seen: str = "field") -> np.ndarray:
    """Return a thermogram (H, W), 0…1: its temperatures by their quantiles, or its palette's."""
    if seen == "palette":
        return intensity(read_picture(files_of(PICTURES).read(f"images/{name}.jpg")))
    return of_values(np.asarray(read_image(files_of(FIELDS).read(f"temp16/{name}.png")))).grey


@functools.lru_cache(maxsize=2)
def files_of(name: str) -> datasets.Files:
    """Return the files of a data set, opened once."""
    return datasets.open_files(name)


class Mixed:
    """Endless samples, a share of them from one source: each in a new order once all were seen."""

    def __init__(self, real: Samples, rendered: Samples, share: float, seed: int) -> None:
        self.real, self.rendered, self.share, self.seed = real, rendered, share, seed

    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, index: int) -> Sample:
        before = int(index * self.share)
        if int((index + 1) * self.share) == before:
            return self.rendered[(index - before) % len(self.rendered)]
        epoch, place = divmod(before, len(self.real))
        order = generator_for(self.seed, epoch).permutation(len(self.real))
        return self.real[int(order[place])]
