"""Volumes with organs, made here: deformed ellipsoids in noise, for V-Net (arXiv:1606.04797).

Space itself is bent by a smooth random field before each organ is asked whether a voxel lies
inside it; brightness has a slow drift and grain, as in a scan.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from vision.randomness import generator_for
from vision.segmentation.generated_split import GeneratedSplit

SIDE = 64
CLASSES = ("Background", "Body", "Liver", "Spleen", "Kidney", "Spine")


@dataclass(frozen=True)
class Organ:
    """An ellipsoid: its class, middle and radii (z, y, x) as shares of the volume, brightness."""

    label: int
    middle: tuple[float, float, float]
    radii: tuple[float, float, float]
    brightness: float


ORGANS = (
    Organ(1, (0.50, 0.50, 0.50), (0.90, 0.40, 0.46), 0.30),
    Organ(2, (0.45, 0.42, 0.32), (0.26, 0.22, 0.20), 0.55),
    Organ(3, (0.42, 0.48, 0.76), (0.16, 0.14, 0.09), 0.60),
    Organ(4, (0.62, 0.62, 0.32), (0.15, 0.08, 0.08), 0.70),
    Organ(4, (0.62, 0.62, 0.68), (0.15, 0.08, 0.08), 0.70),
    Organ(5, (0.50, 0.76, 0.50), (0.90, 0.07, 0.07), 0.90),
)


class Volumes(GeneratedSplit):
    """Generated volumes; a split is a range of seeds of its own."""

    classes = CLASSES
    RANGES = {"train": range(200), "val": range(1_000_000, 1_000_020)}

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return remembered_volume(self.seeds[index])


def volume(seed: int, side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """Return a volume (uint8 side×side×side) and the class of each voxel (uint8, same shape)."""
    random = generator_for(seed)
    places = np.indices((side,) * 3) / (side - 1) + 0.03 * np.stack(
        [smooth(random, side, 4) for _ in range(3)])  # (3, D, H, W) in 0…1, bent
    labels = np.zeros((side,) * 3, np.uint8)
    light = np.full(labels.shape, 0.03)
    for organ in ORGANS:
        inside = _inside(organ, places, random)
        labels[inside] = organ.label
        light[inside] = organ.brightness * random.uniform(0.92, 1.08)
    light = ndimage.gaussian_filter(light, 0.6) * (1 + 0.08 * smooth(random, side, 3))
    light += 0.03 * smooth(random, side, side // 4) + random.normal(0, 0.06, labels.shape)
    return (255 * light.clip(0, 1)).round().astype(np.uint8), labels


remembered_volume = functools.lru_cache(maxsize=256)(volume)


@dataclass(frozen=True)
class Cut:
    """A part of a volume at a random place, with random brightness and contrast."""

    crop: tuple[int, int, int]
    colour: float = 0.25

    def __call__(self, voxels: np.ndarray, labels: np.ndarray, random: np.random.Generator
                 ) -> tuple[np.ndarray, np.ndarray]:
        starts = [int(random.integers(max(length - side, 0) + 1))
                  for length, side in zip(labels.shape, self.crop, strict=True)]
        part = tuple(slice(start, start + side)
                     for start, side in zip(starts, self.crop, strict=True))
        gain = np.exp(random.uniform(-self.colour, self.colour))
        light = gain * voxels[part] + 64 * random.uniform(-self.colour, self.colour)
        return light.clip(0, 255).round().astype(np.uint8), labels[part]


def smooth(random: np.random.Generator, side: int, grains: int) -> np.ndarray:
    """Return smooth noise (side, side, side) with so many grains along each side."""
    noise = random.normal(size=(grains + 2,) * 3)
    return ndimage.zoom(noise, side / (grains + 2), order=3, mode="nearest", grid_mode=True)


def _inside(organ: Organ, places: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return where an organ lies (bool D×H×W), moved, sized and tilted a little at random."""
    middle = np.array(organ.middle) + random.normal(0, 0.015, 3)
    radii = np.array(organ.radii) * np.exp(random.normal(0, 0.08, 3))
    tilt = np.eye(3) + np.triu(random.normal(0, 0.12, (3, 3)), 1)
    offset = np.tensordot(tilt, places - middle[:, None, None, None], 1)  # (3, D, H, W)
    return ((offset / radii[:, None, None, None]) ** 2).sum(0) < 1
