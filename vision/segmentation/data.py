"""The samples of segmentation: pictures with a class id for every pixel."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import cv2
import numpy as np

from vision.data import datasets
from vision.errors import UserError, unknown
from vision.images import read_picture
from vision.segmentation import readers
from vision.segmentation.generated_split import GeneratedSplit
from vision.segmentation.labels import CLASSES, COLOURS, PALETTE, VOID, check_labels, read_labels
from vision.segmentation.panoptic.segments import truth_of
from vision.segmentation.scenes import draw_scene, paint
from vision.segmentation.tissue import Tissue
from vision.segmentation.volumes import Volumes

__all__ = ["CLASSES", "COLOURS", "PALETTE", "VOID", "check_labels", "read_labels"]


class Samples(Protocol):
    """Anything that can be indexed for a picture (uint8 H×W×3) and its labels (uint8 H×W).

    Samples of volumes give them as uint8 D×H×W, and labels of the same shape.
    """

    @property
    def classes(self) -> tuple[str, ...]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]: ...


@runtime_checkable
class Diagnosed(Protocol):
    """Samples whose pictures have a diagnosis, a place in a list of them."""

    @property
    def diagnoses(self) -> tuple[str, ...]: ...
    def diagnosis(self, index: int) -> int: ...


@runtime_checkable
class Counted(Protocol):
    """Samples that know which object each pixel is of: a number for each, 0 for none."""

    def numbers(self, index: int) -> np.ndarray: ...


class CamVid:
    """CamVid's frames of one split, 480×360; its twelfth class, Unlabelled, is void."""

    classes = CLASSES

    def __init__(self, split: str) -> None:
        self.files = datasets.open_files("camvid")
        self.names = self.files.names(f"{split}/", ".jpg")
        if not self.names:
            raise UserError("CamVid has no split '{split}' here",
                            "train, val and test are accepted where they are on disk",
                            "choose one that is there", split=split)

    def __len__(self) -> int:
        return len(self.names)

    @functools.lru_cache(maxsize=512)  # noqa: B019  (a data set lives as long as its process)
    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        split, name = self.names[index].split("/")
        picture = read_picture(self.files.read(f"{split}/{name}"))
        labels = read_labels(self.files.read(f"{split}annot/{name[:-4]}.png"), void=11)
        return picture, labels


class Scenes(GeneratedSplit):
    """Rendered street scenes; a split is a range of seeds of its own."""

    classes = CLASSES
    RANGES = {"train": range(600), "val": range(1_000_000, 1_000_100)}

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        picture, labels, _ = remembered_scene(self.seeds[index])
        return picture, labels

    def numbers(self, index: int) -> np.ndarray:
        """Return which car, pedestrian or bicyclist each pixel is of (uint8 H×W), 0 for none."""
        return remembered_scene(self.seeds[index])[2]


@functools.lru_cache(maxsize=1024)
def remembered_scene(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a scene's picture, labels and objects, rendered once."""
    street = paint(draw_scene(seed))
    objects = np.unique(truth_of(street).instances, return_inverse=True)[1]
    numbers = objects.reshape(street.labels.shape).clip(max=255).astype(np.uint8)
    return street.picture, street.labels, numbers


class First:
    """The first `count` of some samples."""

    def __init__(self, samples: Samples, count: int) -> None:
        self.samples, self.count = samples, min(count, len(samples))
        self.classes = samples.classes

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self.samples[index]


def numbers(samples: Samples, index: int) -> np.ndarray | None:
    """Return which object each pixel is of, or None where nobody has counted them."""
    samples = original(samples)
    return samples.numbers(index) if isinstance(samples, Counted) else None


def diagnosis(samples: Samples, index: int) -> int:
    """Return the diagnosis of a picture, or VOID where there is none."""
    samples = original(samples)
    return samples.diagnosis(index) if isinstance(samples, Diagnosed) else VOID


def diagnoses(samples: Samples) -> tuple[str, ...]:
    """Return the diagnoses that pictures of these samples may have."""
    samples = original(samples)
    return samples.diagnoses if isinstance(samples, Diagnosed) else ()


def original(samples: Samples) -> Samples:
    """Return the samples that others are the first of."""
    return samples.samples if isinstance(samples, First) else samples


SETS: dict[str, Callable[[str], Samples]] = {
    "camvid": CamVid,
    "scenes": Scenes,
    "tissue": Tissue,
    "volumes": Volumes,
    "cityscapes": readers.cityscapes,
    "ade20k": readers.ade20k,
    "synthia": readers.synthia,
    "apsis": readers.apsis,
}


def open_samples(name: str, split: str, limit: int = 0) -> Samples:
    """Return the samples of a data set, or of a folder or zip; the first `limit` if not 0."""
    samples: Samples
    if name in SETS:
        samples = SETS[name](split)
    elif Path(name).exists():
        samples = readers.own(Path(name), split)
    else:
        raise unknown("data set", name, sorted(SETS))
    return First(samples, limit) if limit else samples


@dataclass(frozen=True)
class Augment:
    """Random scale, stretch, flip, crop and colours, all drawn from one generator."""

    crop: tuple[int, int]
    scale: tuple[float, float]
    colour: float = 0.25

    def __call__(self, picture: np.ndarray, labels: np.ndarray, random: np.random.Generator
                 ) -> tuple[np.ndarray, np.ndarray]:
        matrix = self._matrix(picture.shape[:2], random)
        size = self.crop[::-1]
        picture = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR,
                                 borderMode=cv2.BORDER_REFLECT_101)
        labels = cv2.warpAffine(labels, matrix, size, flags=cv2.INTER_NEAREST, borderValue=VOID)
        return cv2.LUT(picture, self._curves(random)), labels

    def _matrix(self, size: tuple[int, int], random: np.random.Generator) -> np.ndarray:
        """Return the 2×3 map from the picture to the crop: scale, flip, then place at random."""
        zoom = np.exp(random.uniform(*np.log(self.scale)))
        stretch = np.exp(random.uniform(-0.1, 0.1))
        extent = np.array([size[1] * zoom * stretch, size[0] * zoom / stretch])  # width, height
        start = random.uniform(0, 1, 2) * (extent - self.crop[::-1])
        across, down = extent / size[::-1]
        matrix = np.array([[across, 0, -start[0]], [0, down, -start[1]]])
        if random.random() < 0.5:
            matrix[0] = -matrix[0]
            matrix[0, 2] += self.crop[1] - 1
        return matrix

    def _curves(self, random: np.random.Generator) -> np.ndarray:
        """Return a 256×1×3 table: brightness, contrast, gamma and a tint for each channel."""
        level = np.linspace(0, 1, 256)[:, None]  # (256, 1)
        gamma = np.exp(random.uniform(-self.colour, self.colour))
        gain = np.exp(random.uniform(-self.colour, self.colour)
                      + random.uniform(-self.colour, self.colour, 3) / 3)
        curve = gain * level**gamma + random.uniform(-self.colour, self.colour) / 4  # (256, 3)
        return (255 * curve.clip(0, 1)).round().astype(np.uint8)[:, None]


def frequencies(samples: Samples, classes: int, most: int = 100) -> np.ndarray:
    """Return each class's share of the labelled pixels, from up to `most` evenly spread samples."""
    counts = np.zeros(256)
    for index in np.linspace(0, len(samples) - 1, min(most, len(samples))).astype(int):
        counts += np.bincount(samples[index][1].ravel(), minlength=256)
    return counts[:classes] / max(counts[:classes].sum(), 1)
