"""Small scenes made by hand: a bright bar is a fuse, a wide dim one a conservator."""

from __future__ import annotations

import numpy as np

from vision.infrared.classes import CLASSES, ZONES
from vision.infrared.data import Sample, sample_of
from vision.infrared.scenes import Air, Device, Scene, Zone
from vision.infrared.thermogram.palettes import paint

SIZE = (96, 128)
FUSE, CONSERVATOR = CLASSES.index("fuse"), CLASSES.index("conservator")
AIR = Air("night", 20.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.5)


def device(label: int, x: int, y: int, width: int, height: int) -> Device:
    """A device that fills a box."""
    mask = np.zeros(SIZE, bool)
    mask[y : y + height, x : x + width] = True
    middle = (x + width / 2, y + height / 2)
    zones = (Zone(ZONES[CLASSES[label]][0], middle, (width / 2, height / 2)),)
    return Device(label, mask, (x, y, x + width, y + height), zones)


def scene(*devices: Device, seed: int = 0) -> Scene:
    """A scene in which fuses are at 60 °C, conservators at 40 °C and the rest at 20 °C."""
    celsius = np.full(SIZE, 20, np.float32)
    celsius += np.random.default_rng(seed).normal(0, 0.5, SIZE).astype(np.float32)
    for each in devices:
        celsius[each.mask] += 40 if each.label == FUSE else 20
    grey = ((celsius - 15) / 50).clip(0, 1)
    return Scene(celsius, paint(grey, "iron"), grey, 15.0, 65.0, "iron", devices, seed, AIR)


class Handmade:
    """Samples of two devices at random places; sample n is always the same."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Sample:
        return sample_of(self.scene(index))

    def scene(self, index: int) -> Scene:
        random = np.random.default_rng(index)
        x, y = random.integers(4, 36), random.integers(4, 40)
        return scene(device(FUSE, x, y, 14, 40), device(CONSERVATOR, 70, 90 - y, 44, 22 - y // 3),
                     seed=index)
