"""From a thermogram to its devices: class, box, mask, zones, temperatures and a verdict."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torchvision.ops import nms

from vision import checkpoints, written
from vision.checkpoints import Card, Model
from vision.devices import bf16_is_faster
from vision.errors import UserError
from vision.gpu_fallback import on_best_device, or_on_cpu
from vision.images import resize, working_size, write_png
from vision.infrared.classes import CLASSES, GROUP_OF, NAMES
from vision.infrared.inspection.certainty import with_certainty
from vision.infrared.inspection.detections import Detections
from vision.infrared.inspection.drawing import marked
from vision.infrared.inspection.inspect import air_of, kinds_of, readings_of, regions, verdicts_of
from vision.infrared.inspection.mirroring import mirrored, together
from vision.infrared.inspection.report import write_report
from vision.infrared.inspection.result import WORTH_TELLING, Instance, Result
from vision.infrared.models import ARCHITECTURES, detectors
from vision.infrared.models.heads import LOWEST_SCORE
from vision.infrared.models.masks import paste, stretch
from vision.infrared.thermogram.cameras.recording import Parameters
from vision.infrared.thermogram.files import read_thermogram
from vision.infrared.thermogram.thermogram import Thermogram
from vision.infrared.zones.locate import load as load_zones
from vision.infrared.zones.locate import locate
from vision.options import REQUIRED, Verb, option, within

SMALLEST_SIDE, LARGEST_SIDE = 64, 1536  # of what a detector is asked to work at
SAME = 0.6  # overlap from which two boxes of any class are one device
ALIKE = np.array([[GROUP_OF[name] == GROUP_OF[other] for other in NAMES] for name in NAMES])


@dataclass(frozen=True)
class Settings:
    """How a result is made of what the detector says."""

    threshold: float = 0.5  # lowest score
    mask_threshold: float = 0.5  # lowest probability of a mask's pixel
    air: float | None = None  # °C; the coolest device stands in for it
    mirrored: bool = False  # look in the mirror, too, even if the detector's card does not ask so


def load(path: Path) -> Model:
    """Return the detector of a checkpoint, on the best device and laid out for speed."""
    model = checkpoints.load(path, ARCHITECTURES)
    if model.card.arch not in detectors():
        raise UserError("a '{arch}' does not find devices", "known are {known}",
                        "choose one of them", arch=model.card.arch, known=", ".join(detectors()))
    short = model.card.preprocess.get("short_side")
    if not isinstance(short, int) or not SMALLEST_SIDE <= short <= LARGEST_SIDE:
        raise checkpoints.damaged(path, "its card has no usable short_side")
    if model.card.classes not in (CLASSES, NAMES):
        raise checkpoints.damaged(path, "its classes are not those of this version")
    on_best_device(model.module).to(memory_format=torch.channels_last)
    return model


def predict(model: Model, thermogram: Thermogram, settings: Settings | None = None,
            zones: Model | None = None) -> Result:
    """Return the devices of a thermogram, their zones if there is a zone head, and verdicts."""
    settings = settings or Settings()
    within(settings, threshold=(LOWEST_SCORE, 1), mask_threshold=(0.01, 0.99))
    if settings.air is not None:
        within(settings, air=(-273, 3000))
    start = time.perf_counter()
    every = find(model, thermogram.grey, settings.mask_threshold,
                 settings.mirrored or looks_twice(model.card))
    kept = every.only(every.scores >= settings.threshold)
    parts = (locate(zones, thermogram.grey, kept.boxes, kept.labels) if zones
             else [()] * len(kept))
    readings = readings_of(thermogram, kept)
    air = air_of(settings.air, readings)
    verdicts = verdicts_of(thermogram, kept, parts, readings, air)
    kinds = [kinds_of(kept, place, WORTH_TELLING) for place in range(len(kept))]
    instances = tuple(
        Instance(int(label), float(score), (*box.tolist(),), mask, *rest)
        for label, score, box, mask, *rest in zip(kept.labels, kept.scores, kept.boxes,
                                                  regions(kept, thermogram.grey.shape), parts,
                                                  readings, verdicts, kinds, strict=True))
    return Result(thermogram, instances, settings.threshold, runner_up(every, settings.threshold),
                  air, time.perf_counter() - start)


@or_on_cpu
@torch.inference_mode()
def detect(model: Model, grey: np.ndarray, mask_threshold: float = 0.5) -> Detections:
    """Return everything that a detector sees in a grey picture (H, W), the surest first."""
    size = working_size(grey.shape, model.card.preprocess["short_side"])
    x = torch.tensor(resize(grey, size))[None, None]  # (1, 1, h, w)
    found = ask(model.module, x)
    boxes = found.boxes * stretch(size, grey.shape).to(found.boxes)
    masks = None
    if found.masks is not None:
        masks = np.zeros((len(boxes), *grey.shape), bool)
        for place, cells in enumerate(found.masks):  # one at a time: pictures may be large
            whole = paste(cells[None].float(), boxes[place : place + 1], grey.shape)[0]
            masks[place] = (whole > mask_threshold).cpu().numpy()
    kinds = None if found.kinds is None else found.kinds.float().cpu().numpy()
    return Detections(boxes.cpu().numpy(), found.labels.cpu().numpy(),
                      found.scores.cpu().numpy(), masks, kinds)


def ask(module: nn.Module, x: torch.Tensor) -> Any:
    """Return what a detector finds in one picture (1, 1, h, w), as fast as the device can."""
    device = next(module.parameters()).device
    with torch.autocast(device.type, torch.bfloat16, enabled=bf16_is_faster(device.type)):
        return module(x.to(device))[0]


def shown_from(card: Card) -> float:
    """Return the score from which on enough of what a detector finds is right, else a half."""
    return float(card.metrics.get("real_threshold", 0.5))


def looks_twice(card: Card) -> bool:
    """Return whether a detector is surer of what it also sees in the mirror, in twice the time."""
    return bool(card.preprocess.get("mirrored", False))


def find(model: Model, grey: np.ndarray, mask_threshold: float = 0.5, twice: bool = False
         ) -> Detections:
    """Return the devices of a grey picture (H, W): each once, as sure as its group is.

    What is looked at twice is looked at in the mirror, too.
    """
    found = one_each(by_group(detect(model, grey, mask_threshold)))
    if not twice:
        return found
    other = one_each(by_group(detect(model, np.ascontiguousarray(grey[:, ::-1]), mask_threshold)))
    return one_each(by_group(together(found, mirrored(other, grey.shape[1]))))


def by_group(found: Detections) -> Detections:
    """Return the same with the probabilities of all kinds of a device's group as its score."""
    if found.kinds is None or not len(found):
        return found
    scores = (found.kinds * ALIKE[found.labels, : found.kinds.shape[1]]).sum(1)  # (K,)
    order = np.argsort(-scores, kind="stable")
    named = replace(found, scores=scores.clip(0, 1).astype(np.float32))
    return named.only(order)


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
    return NAMES[int(found.labels[best])], float(found.scores[best])


@dataclass(frozen=True)
class Config:
    """Settings of `predict`."""

    picture: Path = option(REQUIRED, "the thermogram, 8-bit or radiometric", positional=True)
    checkpoint: Path = option(checkpoints.FOLDER / "infrared" / "mask_rcnn_real.safetensors",
                              "the detector to use")
    zones: Path | None = option(checkpoints.FOLDER / "infrared" / "zones.safetensors",
                                "the zone head to use")
    threshold: float | None = option(None, "lowest score of a device; the card's without it")
    mask_threshold: float = option(0.5, "lowest probability of a mask's pixel")
    mirrored: bool = option(False, "look at the mirrored picture, too, in twice the time")
    unit: str = option("", "unit of a radiometric frame's values")
    low: float | None = option(None, "°C at the cold end of the scale")
    high: float | None = option(None, "°C at the hot end of the scale")
    emissivity: float | None = option(None, "emissivity of the surfaces; the file's, else 1")
    reflected: float | None = option(None, "°C of what they reflect; the file's, else 20")
    air: float | None = option(None, "°C of the air; the file's, else the coolest device's")
    output: Path = option(Path("runs/infrared/found.png"), "where the marked picture is written")
    report: Path | None = option(None, "where an HTML report is written, if anywhere")


@dataclass(frozen=True)
class Written(written.Written):
    """What `predict` found, and where it wrote it."""

    result: Result
    report: Path | None

    def __str__(self) -> str:
        lines = [f"{each.title()} {each.score:.2f}"
                 + (f", {each.reading.highest:.1f} °C, {each.verdict.level}: "
                    + each.verdict.reason.sentence()
                    if each.reading and each.verdict else "") for each in self.result.instances]
        said = [remark.sentence() for remark in self.result.remarks()]
        return "\n".join([str(self.output), *lines, *said])


def run(config: Config) -> Written:
    """Find the devices of one thermogram and write the marked picture."""
    detector = load(config.checkpoint)
    threshold = shown_from(detector.card) if config.threshold is None else config.threshold
    thermogram = read_thermogram(config.picture, config.unit, config.low, config.high)
    emissivity, reflected, air = measured_with(config, thermogram)
    settings = Settings(threshold, config.mask_threshold, air, config.mirrored)
    zones = load_zones(config.zones) if config.zones else None
    result = with_certainty(predict(detector, thermogram.corrected(emissivity, reflected),
                                    settings, zones))
    write_png(config.output, marked(result.thermogram.picture, result.instances))
    if config.report:
        write_report(config.report, result, config.picture.name)
    return Written(result, config.output, config.report)


def measured_with(config: Config, thermogram: Thermogram) -> tuple[float, float, float | None]:
    """Return emissivity, reflected temperature and air: as given, else as the file says."""
    known = thermogram.recording.parameters if thermogram.recording else Parameters()
    emissivity, reflected = (
        next((value for value in values if value is not None), usual)
        for values, usual in (((config.emissivity, known.emissivity), 1.0),
                              ((config.reflected, known.reflected), 20.0)))
    return emissivity, reflected, known.air if config.air is None else config.air


VERB = Verb(Config, run, "Find the devices of one thermogram and judge their temperatures.")
