"""The named parts of devices: cut devices out, ask the zone head, and measure what it says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torchvision.ops import roi_align

from vision import checkpoints
from vision.checkpoints import Model
from vision.devices import bf16_is_faster
from vision.gpu_fallback import on_best_device, or_on_cpu
from vision.infrared.classes import CLASSES, ZONES
from vision.infrared.data import HELD_OUT, Scenes
from vision.infrared.inspection.matching import overlaps
from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.zones import SIDE
from vision.infrared.scenes import Scene, Zone
from vision.nan_safe import mean_known
from vision.options import Verb, option, within

SLOTS = max(map(len, ZONES.values()))
MARGIN = 0.1  # of a box, added on each side
LOOKS = 0.04 * np.array([(0, 0, 0, 0), (-1, -1, 1, 1), (1, 1, -1, -1), (-1, 1, 1, -1),
                         (1, -1, -1, 1)], np.float32)  # of a box: how each look moves its edges
RIGHT = 0.5  # intersection over union from which a zone counts as found


@dataclass(frozen=True)
class Config:
    """Settings of `zones`."""

    checkpoint: Path = option(checkpoints.FOLDER / "infrared" / "zones.safetensors",
                              "the zone head to measure")
    scenes: int = option(500, "how many held-out scenes")


@dataclass(frozen=True)
class Report:
    """The share of zones that are right (IoU ≥ 0.5) for each class, and the mean IoU."""

    accuracy: dict[str, float]
    iou: dict[str, float]

    @property
    def mean(self) -> float:
        """Return the mean accuracy of the classes that were there."""
        return mean_known([*self.accuracy.values()])

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {"accuracy": self.mean, "accuracy_per_class": self.accuracy,
                "iou_per_class": self.iou}

    def __str__(self) -> str:
        rows = [f"  {name:24}{100 * self.accuracy[name]:8.1f}%{self.iou[name]:8.3f}"
                for name in CLASSES]
        return "\n".join([f"mean accuracy of the zones: {100 * self.mean:.1f}%", *rows])


def load(path: Path) -> Model:
    """Return the zone head of a checkpoint on the best device."""
    model = checkpoints.load(path, ARCHITECTURES)
    if model.card.arch != "zones" or model.card.classes != CLASSES:
        raise checkpoints.damaged(path, "it is not a zone head for these classes")
    on_best_device(model.module)
    return model


def wider(boxes: np.ndarray) -> np.ndarray:
    """Return boxes (K, 4) with a margin on each side."""
    edge = MARGIN * np.concatenate([boxes[:, :2] - boxes[:, 2:], boxes[:, 2:] - boxes[:, :2]], 1)
    return (boxes + edge).astype(np.float32)


def crops_of(grey: np.ndarray, boxes: np.ndarray) -> torch.Tensor:
    """Return what lies in boxes (K, 4) of a grey picture, each normalised, (K, 1, 64, 64)."""
    picture = torch.from_numpy(grey.astype(np.float32))[None, None]
    regions = [torch.from_numpy(boxes.astype(np.float32))]
    crops = roi_align(picture, regions, SIDE, sampling_ratio=2, aligned=True)
    if not len(crops):
        return crops
    deviation, mean = torch.std_mean(crops, (2, 3), keepdim=True)
    return (crops - mean) / deviation.clamp_min(0.02)


@or_on_cpu
@torch.inference_mode()
def locate(model: Model, grey: np.ndarray, boxes: np.ndarray, labels: np.ndarray
           ) -> list[tuple[Zone, ...]]:
    """Return the zones of devices in boxes (K, 4) of classes (K,): the mean of several looks."""
    known = np.flatnonzero(labels < len(CLASSES))  # the others have no zones
    if not len(known):
        return [()] * len(labels)
    found = iter(locate_known(model, grey, boxes[known], labels[known]))
    return [next(found) if label < len(CLASSES) else () for label in labels.tolist()]


def locate_known(model: Model, grey: np.ndarray, boxes: np.ndarray, labels: np.ndarray
                 ) -> list[tuple[Zone, ...]]:
    """Return the zones of devices whose classes have some."""
    sides = np.tile(boxes[:, 2:] - boxes[:, :2], 2)  # (K, 4)
    around = wider((boxes + LOOKS[:, None] * sides).reshape(-1, 4))  # (looks·K, 4)
    device = next(model.module.parameters()).device
    which = torch.from_numpy(labels).to(device).repeat(len(LOOKS))  # (looks·K,)
    with torch.autocast(device.type, torch.bfloat16, enabled=bf16_is_faster(device.type)):
        answers = model.module(crops_of(grey, around).to(device), which).cpu().numpy()
    looks = in_pixels(answers, around).reshape(len(LOOKS), len(labels), SLOTS, 4)
    return [zones_of(numbers, int(label))
            for numbers, label in zip(looks.mean(0), labels, strict=True)]


def in_pixels(numbers: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return x, y, log width, log height in pixels, of such in units of boxes, (K, slots, 4)."""
    sides = (boxes[:, 2:] - boxes[:, :2])[:, None]  # (K, 1, 2)
    centres = boxes[:, None, :2] + numbers[..., :2] * sides  # (K, slots, 2)
    return np.concatenate([centres, numbers[..., 2:] + np.log(sides)], -1)


def zones_of(numbers: np.ndarray, label: int) -> tuple[Zone, ...]:
    """Return the named zones of a class from their numbers in pixels, (slots, 4)."""
    return tuple(Zone(name, (float(x), float(y)), (float(np.exp(w)), float(np.exp(h))))
                 for name, (x, y, w, h) in zip(ZONES[CLASSES[label]], numbers, strict=False))


def numbers_of(zones: tuple[Zone, ...], box: np.ndarray, label: int) -> np.ndarray:
    """Return zones in units of a box, each in its name's slot, NaN where there is none, (slots, 4).

    Something may hide a zone, so a device can have fewer than its class has names.
    """
    numbers = np.full((SLOTS, 4), np.nan, np.float32)
    side = box[2:] - box[:2]
    for zone in zones:
        row = numbers[ZONES[CLASSES[label]].index(zone.name)]
        row[:2] = (np.array(zone.centre) - box[:2]) / side
        row[2:] = np.log(np.maximum(zone.size, 1) / side)
    return numbers


def overlap(a: Zone, b: Zone) -> float:
    """Return the intersection over union of two zones."""
    edges = [np.array([[*np.subtract(zone.centre, half), *np.add(zone.centre, half)]])
             for zone in (a, b) for half in [np.divide(zone.size, 2)]]  # (1, 4) each
    return float(overlaps(*edges)[0, 0])


def measure(model: Model, scenes: Scenes) -> Report:
    """Return how well a zone head finds the zones of devices whose boxes are known."""
    shared: dict[str, list[float]] = {name: [] for name in CLASSES}
    for index in range(len(scenes)):
        for name, value in compare(model, scenes.scene(index)):
            shared[name].append(value)
    known = {name: np.array(values or [np.nan]) for name, values in shared.items()}
    accuracy = {name: float(np.where(np.isnan(values), np.nan, values >= RIGHT).mean())
                for name, values in known.items()}
    return Report(accuracy, {name: float(values.mean()) for name, values in known.items()})


def compare(model: Model, scene: Scene) -> list[tuple[str, float]]:
    """Return the class and the overlap of each zone in a scene."""
    found = locate(model, scene.grey, scene.boxes, scene.labels)
    return [(CLASSES[device.label], overlap(true, said))
            for device, zones in zip(scene.devices, found, strict=True)
            for true in device.zones for said in zones if said.name == true.name]


def run(config: Config) -> Report:
    """Measure a zone head and return its report."""
    within(config, scenes=(1, 10**6))
    return measure(load(config.checkpoint), Scenes(HELD_OUT, config.scenes))


VERB = Verb(Config, run, "Measure the zone head: how many zones are where they should be.")
