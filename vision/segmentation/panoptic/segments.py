"""Three truths of one street: what each pixel is, which object it belongs to, and both.

Kirillov, He, Girshick, Rother, Dollár: "Panoptic Segmentation", CVPR 2019, arXiv:1801.00868, §3:
every pixel has a class and, where the class is of *things* that can be counted, an instance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vision.segmentation.labels import CLASSES, VOID
from vision.segmentation.scenes import Truth

THINGS = tuple(CLASSES.index(name) for name in ("Car", "Pedestrian", "Bicyclist"))
SMALLEST = 24  # pixels; what is left of a thing behind others may be less and then counts nowhere


@dataclass(frozen=True, eq=False)
class Panoptic:
    """A class for every pixel, and which object of it: 0 for stuff, which nobody counts."""

    classes: np.ndarray  # uint8 (H, W), void is 255
    instances: np.ndarray  # int32 (H, W), the same number in one object only

    def __post_init__(self) -> None:
        if self.classes.shape != self.instances.shape:
            raise ValueError(f"{self.classes.shape} classes, {self.instances.shape} instances")

    @property
    def objects(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the number of each object, and where it is (bool H×W)."""
        for number in np.unique(self.instances[self.instances > 0]):
            yield int(number), self.instances == number


def truth_of(street: Truth) -> Panoptic:
    """Return the panoptic truth of a rendered street: its cars, pedestrians and bicyclists."""
    return known_objects(street.labels, street.numbers)


def known_objects(labels: np.ndarray, named: np.ndarray) -> Panoptic:
    """Return the panoptic truth of labels (H, W) and the number of each thing (H, W)."""
    thing = np.isin(labels, THINGS)
    numbers = np.where(thing, named, 0).astype(np.int32)
    small = np.bincount(numbers.ravel()) < SMALLEST
    small[0] = False
    tiny = small[numbers]
    return Panoptic(np.where(tiny | (thing & (numbers == 0)), VOID, labels).astype(np.uint8),
                    np.where(tiny, 0, numbers))


def centres(panoptic: Panoptic) -> np.ndarray:
    """Return the centre of mass of each object as (row, column), float (n, 2)."""
    places = [np.argwhere(where).mean(0) for _, where in panoptic.objects]
    return np.array(places).reshape(-1, 2)


def offsets(panoptic: Panoptic) -> np.ndarray:
    """Return how far each object's pixels are from its centre, float (H, W, 2), 0 for stuff."""
    found = np.zeros((*panoptic.instances.shape, 2))
    for _, where in panoptic.objects:
        places = np.argwhere(where)
        found[where] = places.mean(0) - places
    return found


def grouped(labels: np.ndarray, middles: np.ndarray, moved: np.ndarray | None = None) -> Panoptic:
    """Return a semantic answer (uint8 H×W) fused with centres (n, 2) to a panoptic one.

    Cheng et al.: "Panoptic-DeepLab", CVPR 2020, arXiv:1911.10194, §3.3: a pixel of a thing belongs
    to the centre nearest to it after it has `moved` by its offset (H, W, 2), and an object has the
    class that most of its pixels voted for. Without offsets the nearest centre takes the pixel.
    """
    from scipy.spatial import cKDTree

    thing = np.isin(labels, THINGS)
    instances = np.zeros(labels.shape, np.int32)
    if not len(middles) or not thing.any():
        return Panoptic(np.where(thing, VOID, labels), instances)
    places = np.argwhere(thing) + (0 if moved is None else moved[thing])  # (pixels, 2)
    instances[thing] = cKDTree(middles).query(places)[1] + 1  # argminₖ ‖Cₖ − ((i, j) + O(i, j))‖
    votes = np.zeros((len(middles) + 1, 256), np.int64)
    np.add.at(votes, (instances[thing], labels[thing]), 1)
    return Panoptic(np.where(thing, votes.argmax(1)[instances], labels).astype(np.uint8),
                    instances)
