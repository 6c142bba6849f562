"""From a thermogram to its devices: class, box, mask, zones, temperatures and a verdict."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torchvision.ops import nms

from vision import checkpoints
from vision.checkpoints import Model
from vision.errors import UserError
from vision.images import resize
from vision.infrared.classes import CLASSES
from vision.infrared.data import Zone
from vision.infrared.detections import Detections
from vision.infrared.inspection import readings_of, regions, verdicts_of
from vision.infrared.models import ARCHITECTURES, detectors
from vision.infrared.models.heads import LOWEST_SCORE
from vision.infrared.models.masks import paste
from vision.infrared.thermal import Reading, Verdict, coolest_surface
from vision.infrared.thermogram import Thermogram
from vision.infrared.zones import locate
from vision.options import within
from vision.training import best_device, bf16_is_faster

MULTIPLE = 32
LARGEST_SIDE = 1536
SAME = 0.6  # overlap from which two boxes of any class are one device


@dataclass(frozen=True, eq=False)
class Instance:
    """One device that was found; without a temperature scale it has no reading."""

    label: int
    score: float
    box: tuple[float, float, float, float]
    mask: np.ndarray  # bool (H, W)
    zones: tuple[Zone, ...]
    reading: Reading | None
    verdict: Verdict | None

    @property
    def name(self) -> str:
        """Return the class's name."""
        return CLASSES[self.label]

    def as_json(self) -> dict[str, Any]:
        """Return all but the mask's pixels in plain types."""
        return {
            "class": self.name, "score": self.score, "box": list(self.box),
            "pixels": int(self.mask.sum()), "zones": [vars(zone) for zone in self.zones],
            "reading": vars(self.reading) if self.reading else None,
            "verdict": {**vars(self.verdict), "rule": self.verdict.rule} if self.verdict else None}


@dataclass(frozen=True, eq=False)
class Result:
    """What a detector said of one thermogram."""

    thermogram: Thermogram
    instances: tuple[Instance, ...]  # the surest first
    threshold: float
    runner_up: tuple[str, float] | None  # the surest class below the threshold, and its score
    air: float | None  # °C, given or guessed; None without a scale
    seconds: float

    def __post_init__(self) -> None:
        for instance in self.instances:
            if instance.mask.shape != self.thermogram.grey.shape:
                raise ValueError(f"mask {instance.mask.shape} for {self.thermogram.grey.shape}")

    def remarks(self) -> list[UserError]:
        """Return what should be said about the result; none of it is a reason to stop."""
        said = []
        if self.thermogram.visible_light:
            said.append(UserError("this looks like a photograph in visible light",
                                  "thermograms in a usual palette are read best"))
        if self.thermogram.celsius is None:
            said.append(UserError("there is no temperature scale, so nothing is judged", "",
                                  "give the two ends of the picture's scale"))
        if not self.instances and self.runner_up:
            said.append(UserError("no device was found above {threshold:.2f}",
                                  "the highest was '{name}' with {score:.2f}",
                                  "lower the threshold to see it", threshold=self.threshold,
                                  name=self.runner_up[0], score=self.runner_up[1]))
        if not self.instances and not self.runner_up:
            said.append(UserError("there is nothing in this picture that looks like a device"))
        return said

    def as_json(self) -> dict[str, Any]:
        """Return everything but pixels in plain types."""
        return {"instances": [instance.as_json() for instance in self.instances],
                "threshold": self.threshold, "runner_up": self.runner_up, "air": self.air,
                "remarks": [remark.sentence() for remark in self.remarks()],
                "palette": self.thermogram.palette, "seconds": self.seconds}


@dataclass(frozen=True)
class Settings:
    """How a result is made of what the detector says."""

    threshold: float = 0.5  # lowest score
    mask_threshold: float = 0.5  # lowest probability of a mask's pixel
    air: float | None = None  # °C; the coolest device stands in for it


def load(path: Path) -> Model:
    """Return the detector of a checkpoint, on the best device and laid out for speed."""
    model = checkpoints.load(path, ARCHITECTURES)
    if model.card.arch not in detectors():
        raise UserError("a '{arch}' does not find devices", "known are {known}",
                        "choose one of them", arch=model.card.arch, known=", ".join(detectors()))
    short = model.card.preprocess.get("short_side")
    if not isinstance(short, int) or not MULTIPLE <= short <= LARGEST_SIDE:
        raise checkpoints.damaged(path, "its card has no usable short_side")
    if model.card.classes != CLASSES:
        raise checkpoints.damaged(path, "its classes are not those of this version")
    model.module.to(best_device()).to(memory_format=torch.channels_last)
    return model


def predict(model: Model, thermogram: Thermogram, settings: Settings | None = None,
            zones: Model | None = None) -> Result:
    """Return the devices of a thermogram, their zones if there is a zone head, and verdicts."""
    settings = settings or Settings()
    within(settings, threshold=(LOWEST_SCORE, 1), mask_threshold=(0.01, 0.99))
    start = time.perf_counter()
    every = detect(model, thermogram.grey, settings.mask_threshold)
    kept = one_each(every.only(every.scores >= settings.threshold))
    parts = (locate(zones, thermogram.grey, kept.boxes, kept.labels) if zones
             else [()] * len(kept))
    readings = readings_of(thermogram, kept)
    known = [reading for reading in readings if reading]
    air = settings.air if settings.air is not None or not known else coolest_surface(known)
    verdicts = verdicts_of(thermogram, kept, parts, readings, air)
    instances = tuple(
        Instance(int(label), float(score), (*box.tolist(),), mask, *rest)
        for label, score, box, mask, *rest in zip(kept.labels, kept.scores, kept.boxes,
                                                  regions(kept, thermogram.grey.shape), parts,
                                                  readings, verdicts, strict=True))
    return Result(thermogram, instances, settings.threshold, runner_up(every, settings.threshold),
                  air, time.perf_counter() - start)


@torch.inference_mode()
def detect(model: Model, grey: np.ndarray, mask_threshold: float = 0.5) -> Detections:
    """Return everything that a detector sees in a grey picture (H, W), the surest first."""
    size = working_size(grey.shape, model.card.preprocess["short_side"])
    x = torch.from_numpy(np.ascontiguousarray(resize(grey, size)))[None, None]  # (1, 1, h, w)
    found = ask(model.module, x)
    boxes = found.boxes * found.boxes.new_tensor([grey.shape[1] / size[1],
                                                  grey.shape[0] / size[0]]).repeat(2)
    masks = None
    if found.masks is not None:
        masks = (paste(found.masks.float(), boxes, grey.shape) > mask_threshold).cpu().numpy()
    return Detections(boxes.cpu().numpy(), found.labels.cpu().numpy(),
                      found.scores.cpu().numpy(), masks)


def ask(module: nn.Module, x: torch.Tensor) -> Any:
    """Return what a detector finds in one picture (1, 1, h, w), as fast as the device can."""
    device = next(module.parameters()).device
    with torch.autocast(device.type, torch.bfloat16, enabled=bf16_is_faster(device.type)):
        return module(x.to(device))[0]


def working_size(size: tuple[int, ...], short: int) -> tuple[int, int]:
    """Return the size at which a detector works: its short side, multiples of 32."""
    scale = short / min(size)
    height, width = (int(np.clip(round(side * scale / MULTIPLE) * MULTIPLE, MULTIPLE, 4 * short))
                     for side in size)
    return height, width


def one_each(found: Detections) -> Detections:
    """Return the surest of the detections that lie on each other, whatever their classes."""
    kept = nms(torch.from_numpy(found.boxes), torch.from_numpy(found.scores), SAME)
    return found.only(kept.numpy())


def runner_up(found: Detections, threshold: float) -> tuple[str, float] | None:
    """Return the surest class below the threshold with its score, if there is one."""
    below = np.flatnonzero(found.scores < threshold)
    if not below.size:
        return None
    best = below[found.scores[below].argmax()]
    return CLASSES[int(found.labels[best])], float(found.scores[best])
