"""What the detector learns from: grey pictures with the devices in them, varied as cameras do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Generic, Protocol, TypeVar

import cv2
import numpy as np

from vision.infrared.classes import CLASSES
from vision.infrared.scenes import Making, Scene, make_scene

SIZE = (288, 384)  # height, width
HELD_OUT = 1_000_000  # seeds from here on are for measuring
TRAINING = 10_000_000  # and from here on for training
SMALLEST = 40  # pixels of a device that is still worth finding
Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Sample:
    """A grey picture and whose pixels are whose: `owner` is 0 for nobody, k for device k − 1."""

    grey: np.ndarray  # float32 (H, W), 0…1
    owner: np.ndarray  # uint8 (H, W)
    labels: np.ndarray  # int64 (K,), places in CLASSES
    masked: np.ndarray  # bool (K,), whether the mask may be learnt from

    def __post_init__(self) -> None:
        if self.owner.shape != self.grey.shape or self.labels.shape != self.masked.shape:
            raise ValueError(f"{self.owner.shape}, {self.labels.shape} for {self.grey.shape}")
        if self.owner.max(initial=0) > len(self.labels):
            raise ValueError(f"device {self.owner.max()} of {len(self.labels)}")

    @property
    def masks(self) -> np.ndarray:
        """Return the mask of each device, bool (K, H, W)."""
        numbers = np.arange(1, len(self.labels) + 1)
        return np.equal(self.owner, numbers[:, None, None])


class Samples(Protocol):
    """Samples by number."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> Sample: ...


def sample_of(scene: Scene) -> Sample:
    """Return the grey picture of a scene, its camera's signal before the palette."""
    owner = np.zeros(scene.grey.shape, np.uint8)
    for number, device in enumerate(scene.devices, 1):
        owner[device.mask] = number
    labels = np.array([device.label for device in scene.devices], np.int64)
    return Sample(scene.grey, owner, labels, np.ones(len(labels), bool))


class Scenes:
    """Rendered samples; sample n is the scene of seed `first` + n, whoever asks, and when."""

    def __init__(self, first: int, count: int, size: tuple[int, int] = SIZE,
                 making: Making | None = None) -> None:
        self.first, self.count, self.size = first, count, size
        self.making = making or Making()

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Sample:
        return sample_of(self.scene(index))

    def scene(self, index: int) -> Scene:
        """Return scene n itself, with its temperatures and zones."""
        return make_scene(self.first + index, self.size, self.making)


class Kept(Generic[Made]):
    """Things by number that stay in memory once they are made."""

    def __init__(self, make: Callable[[int], Made], count: int) -> None:
        self.make, self.count = make, count
        self.made: dict[int, Made] = {}

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Made:
        if index not in self.made:
            self.made[index] = self.make(index)
        return self.made[index]

    def fill(self, processes: int) -> None:
        """Make all that is missing now, with so many processes at once."""
        missing = [index for index in range(self.count) if index not in self.made]
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            things = pool.map(self.make, missing, chunksize=16)
            self.made.update(zip(missing, things, strict=True))


class FewMasks:
    """Samples of which only some masks are known: N of each class, none of some classes."""

    def __init__(self, samples: Samples, per_class: int, without: Sequence[str] = ()) -> None:
        self.samples = samples
        self.without = [CLASSES.index(name) for name in without]
        self.known = first_of_each(samples, per_class) if per_class else None

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> Sample:
        sample = self.samples[index]
        allowed = np.isin(sample.labels, self.without, invert=True)
        known = True if self.known is None else self.known[index]
        return replace(sample, masked=np.logical_and(allowed, known))


def first_of_each(samples: Samples, per_class: int) -> list[np.ndarray]:
    """Return for each sample which devices are among the first N of their class, bool (K,)."""
    seen: Counter[int] = Counter()
    known = []
    for index in range(len(samples)):
        flags = []
        for label in samples[index].labels.tolist():
            seen[label] += 1
            flags.append(seen[label] <= per_class)
        known.append(np.array(flags, bool))
    return known


Look = Callable[[np.ndarray, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Augment:
    """Flips, small turns and sizes, and the whims of a camera: gamma, inversion, blur, noise."""

    turn: float = 6.0  # degrees
    scale: float = 0.2
    gamma: float = 0.5
    inverted: float = 0.15  # share of the pictures
    noise: float = 0.03
    look: Look | None = None

    def __call__(self, sample: Sample, random: np.random.Generator) -> Sample:
        """Return a random variation of the sample."""
        moved = self.move(sample, random)
        return replace(moved, grey=self.recolour(moved.grey, random))

    def move(self, sample: Sample, random: np.random.Generator) -> Sample:
        """Return the sample mirrored, turned, scaled and shifted."""
        height, width = sample.grey.shape
        angle, stretch = random.uniform(-1, 1, 2) * (self.turn, self.scale)
        matrix = np.array(cv2.getRotationMatrix2D((width / 2, height / 2), angle,
                                                  float(np.exp(stretch))))
        matrix[:, 2] += random.uniform(-0.08, 0.08, 2) * np.array([width, height])
        if random.random() < 0.5:
            matrix = matrix @ np.array([[-1.0, 0, width - 1], [0, 1, 0], [0, 0, 1]])
        grey = cv2.warpAffine(sample.grey, matrix, (width, height),
                              borderMode=cv2.BORDER_REFLECT_101)
        owner = cv2.warpAffine(sample.owner, matrix, (width, height), flags=cv2.INTER_NEAREST)
        return without_slivers(replace(sample, grey=grey, owner=owner))

    def recolour(self, grey: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Return the grey picture as another camera with other settings would show it."""
        if self.look is not None:
            grey = self.look(grey, random)
        grey = grey.clip(0, 1) ** np.float32(np.exp(random.uniform(-1, 1) * self.gamma))
        grey = 1 - grey if random.random() < self.inverted else grey
        if random.random() < 0.3:
            grey = cv2.GaussianBlur(grey, (0, 0), random.uniform(0.4, 1.2))
        noise = random.standard_normal(grey.shape, np.float32) * random.uniform(0, self.noise)
        return (grey + noise).astype(np.float32)


def without_slivers(sample: Sample) -> Sample:
    """Return the sample without devices of which next to nothing is left in the picture."""
    area = np.bincount(sample.owner.ravel(), minlength=len(sample.labels) + 1)[1:]  # (K,)
    kept = np.greater_equal(area, SMALLEST)
    table = np.zeros(len(kept) + 1, np.uint8)
    table[1:][kept] = np.arange(1, kept.sum() + 1)
    return Sample(sample.grey, table[sample.owner], sample.labels[kept], sample.masked[kept])


def boxes_of(masks: np.ndarray) -> np.ndarray:
    """Return the tight boxes (K, 4) around masks (K, H, W), none of which is empty."""
    rows, columns = (np.asarray(masks.any(axis)) for axis in (2, 1))  # (K, H), (K, W)
    height, width = masks.shape[1:]
    return np.stack([columns.argmax(1), rows.argmax(1), width - columns[:, ::-1].argmax(1),
                     height - rows[:, ::-1].argmax(1)], 1).astype(np.float32)
