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

from vision.infrared.classes import CLASSES, IGNORED
from vision.infrared.scenes import Making, Scene, make_scene

SIZE = (288, 384)  # height, width
HELD_OUT = 1_000_000  # seeds from here on are for measuring
TRAINING = 10_000_000  # and from here on for training
SMALLEST = 40  # pixels of a device that is still worth finding
REMAINS = 0.35  # share of a box from which what is left in the picture is still the device
Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Sample:
    """A grey picture and whose pixels are whose: `owner` is 0 for nobody, k for device k − 1."""

    grey: np.ndarray  # float32 (H, W), 0…1
    owner: np.ndarray  # uint8 (H, W)
    labels: np.ndarray  # int64 (K,), places in LABELS, or IGNORED
    masked: np.ndarray  # bool (K,), whether the mask may be learnt from
    drawn: np.ndarray | None = None  # float32 (K, 4), boxes that are known without their masks

    def __post_init__(self) -> None:
        if self.owner.shape != self.grey.shape or self.labels.shape != self.masked.shape:
            raise ValueError(f"{self.owner.shape}, {self.labels.shape} for {self.grey.shape}")
        if self.owner.max(initial=0) > len(self.labels):
            raise ValueError(f"device {self.owner.max()} of {len(self.labels)}")
        if self.drawn is not None and self.drawn.shape != (len(self.labels), 4):
            raise ValueError(f"boxes {self.drawn.shape} of {len(self.labels)} devices")

    @property
    def boxes(self) -> np.ndarray:
        """Return the box of each device, float32 (K, 4): as drawn, or tight around its mask."""
        return boxes_of(self.masks) if self.drawn is None else self.drawn

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
    return Sample(scene.grey, owner, scene.labels, np.ones(len(scene.devices), bool))


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
    contrast: float = 0.0  # by which share of the range its ends move, as with level and span
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
        return moved(sample, matrix, (height, width))

    def recolour(self, grey: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Return the grey picture as another camera with other settings would show it."""
        if self.look is not None:
            grey = self.look(grey, random)
        if self.contrast:
            low, high = random.uniform(-1, 1, 2) * self.contrast + np.array([0, 1])
            grey = (grey - np.float32(low)) / np.float32(high - low)
        grey = grey.clip(0, 1) ** np.float32(np.exp(random.uniform(-1, 1) * self.gamma))
        grey = 1 - grey if random.random() < self.inverted else grey
        if random.random() < 0.3:
            grey = cv2.GaussianBlur(grey, (0, 0), random.uniform(0.4, 1.2))
        noise = random.standard_normal(grey.shape, np.float32) * random.uniform(0, self.noise)
        return (grey + noise).astype(np.float32)


def moved(sample: Sample, matrix: np.ndarray, size: tuple[int, int]) -> Sample:
    """Return what a picture of a size shows of a sample that a matrix (2, 3) moved."""
    beyond = cv2.BORDER_REFLECT_101 if sample.drawn is None else cv2.BORDER_CONSTANT
    grey = cv2.warpAffine(sample.grey, matrix, size[::-1], borderMode=beyond,
                          borderValue=float(sample.grey.mean()))
    owner = cv2.warpAffine(sample.owner, matrix, size[::-1], flags=cv2.INTER_NEAREST)
    drawn = None if sample.drawn is None else moved_boxes(sample.drawn, matrix)
    return without_slivers(replace(sample, grey=grey, owner=owner, drawn=drawn))


def mosaic(samples: Sequence[Sample], random: np.random.Generator) -> Sample:
    """Return a part of four pictures of one size, two above two, that shows some of each.

    So a picture holds more devices, smaller ones, and in places where none was labelled.
    """
    whole = two_by_two(samples)
    height, width = samples[0].grey.shape
    zoom = random.uniform(0.5, 0.9)  # at a half all four are seen whole
    free = np.array([width, height]) * (2 * zoom - 1)  # by how much the four exceed the picture
    shift = -random.uniform(0.25, 0.75, 2) * free
    matrix = np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]]])
    return moved(whole, matrix, (height, width))


def two_by_two(samples: Sequence[Sample]) -> Sample:
    """Return four samples of one size, two above two, as one."""
    height, width = samples[0].grey.shape
    counts = np.cumsum([0, *(len(sample.labels) for sample in samples)])
    owners = [np.where(sample.owner > 0, sample.owner + first, 0).astype(np.uint8)
              for sample, first in zip(samples, counts.tolist(), strict=False)]
    places = [(0, 0), (width, 0), (0, height), (width, height)]
    drawn = [sample.boxes + np.array(place * 2, np.float32)
             for sample, place in zip(samples, places, strict=True)]
    return Sample(quartered([sample.grey for sample in samples]), quartered(owners),
                  np.concatenate([sample.labels for sample in samples]),
                  np.concatenate([sample.masked for sample in samples]), np.concatenate(drawn))


def quartered(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Return four pictures (H, W) as one (2H, 2W), two above two."""
    return np.block([list(pictures[:2]), list(pictures[2:])])


def moved_boxes(boxes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return boxes (K, 4) moved by a matrix (2, 3), as if an ellipse filled each of them.

    A turned box gets the box around its turned ellipse: that around its corners would be too wide.
    The matrix moves the middles of pixels, which are half a pixel from their edges.
    """
    centres, halves = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2
    centres = (centres - 0.5) @ matrix[:, :2].T + matrix[:, 2] + 0.5  # (K, 2)
    halves = np.sqrt(halves**2 @ (matrix[:, :2] ** 2).T)
    return np.concatenate([centres - halves, centres + halves], 1).astype(np.float32)


def without_slivers(sample: Sample) -> Sample:
    """Return the sample without devices of which next to nothing is left in the picture."""
    if sample.drawn is not None:
        return cut_to_picture(sample, sample.drawn)
    area = np.bincount(sample.owner.ravel(), minlength=len(sample.labels) + 1)[1:]  # (K,)
    return only(sample, np.greater_equal(area, SMALLEST))


def cut_to_picture(sample: Sample, boxes: np.ndarray) -> Sample:
    """Return the sample with boxes (K, 4) that end where it ends; mere remains are ignored."""
    height, width = sample.grey.shape
    inside = boxes.clip(0, np.array([width, height, width, height], np.float32))
    before, after = (np.prod(each[:, 2:] - each[:, :2], 1) for each in (boxes, inside))
    labels = np.where(after < REMAINS * before, IGNORED, sample.labels)
    return only(replace(sample, labels=labels, drawn=inside), after >= SMALLEST)


def only(sample: Sample, kept: np.ndarray) -> Sample:
    """Return the sample with some of its devices, by flags (K,)."""
    table = np.zeros(len(kept) + 1, np.uint8)
    table[1:][kept] = np.arange(1, kept.sum() + 1)
    drawn = None if sample.drawn is None else sample.drawn[kept]
    return Sample(sample.grey, table[sample.owner], sample.labels[kept], sample.masked[kept],
                  drawn)


def boxes_of(masks: np.ndarray) -> np.ndarray:
    """Return the tight boxes (K, 4) around masks (K, H, W), none of which is empty."""
    rows, columns = (np.asarray(masks.any(axis)) for axis in (2, 1))  # (K, H), (K, W)
    height, width = masks.shape[1:]
    return np.stack([columns.argmax(1), rows.argmax(1), width - columns[:, ::-1].argmax(1),
                     height - rows[:, ::-1].argmax(1)], 1).astype(np.float32)
