"""Real thermograms of substations: their temperature fields with the devices that were labelled.

The labels are this project's own (`assets/infrared/labels`); the pictures come from a data set.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vision import datasets
from vision.images import read_image, read_picture
from vision.infrared.classes import IGNORED, LABELS
from vision.infrared.data import Sample, Samples
from vision.infrared.thermogram.files import of_values
from vision.infrared.thermogram.palettes import intensity
from vision.training import generator_for

LABEL_FILE = (Path(__file__).resolve().parent.parent.parent / "assets" / "infrared" / "labels"
              / "substations.json")
FIELDS, PICTURES = "thermograms-camera", "thermograms"  # data sets
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


def read_devices(path: Path = LABEL_FILE) -> list[Devices]:
    """Return the labels of all pictures; what is small, hidden or doubtful is IGNORED."""
    content = json.loads(path.read_text("utf-8"))
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
                   tuple(groups[entry["category_id"]] for entry in entries))


class Thermograms:
    """Labelled thermograms of a split, their grey pictures kept once they are read."""

    def __init__(self, split: str, seen: str = "field", path: Path = LABEL_FILE) -> None:
        self.devices = [each for each in read_devices(path) if each.split == split]
        self.grey = functools.lru_cache(maxsize=None)(functools.partial(grey_of, seen=seen))

    def __len__(self) -> int:
        return len(self.devices)

    def __getitem__(self, index: int) -> Sample:
        devices = self.devices[index]
        grey = self.grey(devices.name)
        return Sample(grey, np.zeros(grey.shape, np.uint8), devices.labels,
                      np.zeros(len(devices.labels), bool), devices.boxes)


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
