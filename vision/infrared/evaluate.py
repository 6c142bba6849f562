"""Measure a detector on rendered scenes and real thermograms that no training ever sees."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vision import checkpoints
from vision.checkpoints import Model
from vision.infrared.classes import CLASSES
from vision.infrared.data import HELD_OUT, Samples, Scenes
from vision.infrared.inspection.detections import truth_of
from vision.infrared.measures.average_precision import (
    KINDS,
    Precision,
    average_precision,
    require_pycocotools,
)
from vision.infrared.measures.error_analysis import without_mistakes
from vision.infrared.measures.mask_overlap import MaskReport, report_on_masks
from vision.infrared.measures.real_report import Pair, RealReport, report_on
from vision.infrared.predict import detect, find, load, looks_twice, shown_from
from vision.infrared.real import INPUTS, Thermograms
from vision.infrared.studies.mask_branches import with_branch
from vision.options import Verb, option, within

NAMES = {"bbox": "box", "segm": "mask"}


@dataclass(frozen=True)
class Config:
    """Settings of `evaluate`."""

    checkpoint: Path = option(checkpoints.FOLDER / "infrared" / "mask_rcnn_real.safetensors",
                              "the detector to measure")
    masks: Path | None = option(None, "another mask branch for the detector, if any")
    data: str = option("rendered", "what to measure on: rendered scenes, or real thermograms",
                       lambda: ["rendered", "real"])
    scenes: int = option(500, "how many held-out scenes, if rendered")
    seen: str = option("field", "what is seen of real ones: temperatures, or their palette",
                       lambda: list(INPUTS))
    mirrored: bool = option(False, "look at real ones in the mirror, too, whatever the card says")


@dataclass(frozen=True)
class Report:
    """Average precision of boxes and, if there are masks, of masks; some classes apart."""

    precisions: dict[str, Precision]  # by "box" and "mask"
    without_masks: tuple[str, ...]  # classes whose masks were never learnt from
    without_mistakes: dict[str, float]  # AP of the boxes, had one kind not been made

    @property
    def transferred(self) -> float:
        """Return the mask AP of the classes that never had a mask, NaN if there are none."""
        return self.precisions["mask"].mean(self.without_masks)

    def as_json(self) -> dict[str, Any]:
        """Return all numbers in plain types."""
        numbers: dict[str, Any] = {}
        for name, precision in self.precisions.items():
            numbers |= {f"{name}_AP": precision.ap, f"{name}_AP50": precision.ap50,
                        f"{name}_AP_per_class": precision.per_class,
                        f"{name}_AP_by_size": precision.by_size}
        numbers["box_AP_without_mistakes"] = self.without_mistakes
        if self.without_masks and "mask" in self.precisions:
            seen = [name for name in CLASSES if name not in self.without_masks]
            numbers |= {"mask_AP_without_masks": self.transferred,
                        "mask_AP_with_masks": self.precisions["mask"].mean(seen)}
        return numbers

    def __str__(self) -> str:
        lines = [f"{name}: AP {precision.ap:.4f}, AP50 {precision.ap50:.4f}"
                 + "".join(f", {size} {ap:.4f}" for size, ap in precision.by_size.items())
                 for name, precision in self.precisions.items()]
        if self.without_masks and "mask" in self.precisions:
            lines.append(f"masks of classes that never had one: AP {self.transferred:.4f}")
        lines.append("box: AP without mistakes: " + ", ".join(
            f"{kind} {ap:.4f}" for kind, ap in self.without_mistakes.items()))
        rows = [f"  {label:24}" + "".join(f"{precision.per_class[label]:8.4f}"
                                          for precision in self.precisions.values())
                for label in CLASSES]
        return "\n".join([*lines, *rows])


def evaluate(checkpoint: Path, scenes: int = 500, masks: Path | None = None) -> Report:
    """Return what a detector, perhaps with another mask branch, reaches on held-out scenes."""
    require_pycocotools()
    return measure(opened(checkpoint, masks), Scenes(HELD_OUT, scenes))


def opened(checkpoint: Path, masks: Path | None) -> Model:
    """Return the detector of a checkpoint, with another mask branch if one is named."""
    model = load(checkpoint)
    return with_branch(model, masks) if masks else model


def measure(model: Model, samples: Samples) -> Report:
    """Return what a detector reaches on samples."""
    truths, found = [], []
    for index in range(len(samples)):
        sample = samples[index]
        truths.append(truth_of(sample))
        found.append(detect(model, sample.grey))
    kinds = [kind for kind in KINDS if kind == "bbox" or found[0].masks is not None]
    precisions = {NAMES[kind]: average_precision(truths, found, kind) for kind in kinds}
    return Report(precisions, tuple(model.card.data.get("without_masks", ())),
                  without_mistakes(truths, found))


@dataclass(frozen=True)
class OnReal:
    """What is found in real thermograms, and how well the masks fit, if there are any."""

    devices: RealReport
    masks: MaskReport | None

    def as_json(self) -> dict[str, Any]:
        """Return all numbers in plain types."""
        return self.devices.as_json() | (self.masks.as_json() if self.masks else {})

    def __str__(self) -> str:
        return "\n".join(str(part) for part in (self.devices, self.masks) if part)


def measure_real(model: Model, samples: Samples, threshold: float | None = None,
                 mirrored: bool = False) -> OnReal:
    """Return how well a detector finds the devices of real thermograms, and their masks."""
    pairs = pairs_of(model, samples, mirrored or looks_twice(model.card))
    devices = report_on(pairs, threshold)
    if pairs[0][1].masks is None:
        return OnReal(devices, None)
    known = model.card.data
    apart = known.get("masks_apart") or known.get("without_masks", ())
    return OnReal(devices, report_on_masks(pairs, devices.threshold, apart))


def pairs_of(model: Model, samples: Samples, twice: bool) -> list[Pair]:
    """Return each sample with what is found in it, looked for in the mirror, too, if `twice`."""
    return [(sample, find(model, sample.grey, twice=twice))
            for sample in map(samples.__getitem__, range(len(samples)))]


def run(config: Config) -> Report | OnReal:
    """Measure a checkpoint and return its report."""
    within(config, scenes=(1, 10**6))
    if config.data == "rendered":
        return evaluate(config.checkpoint, config.scenes, config.masks)
    model = opened(config.checkpoint, config.masks)
    as_shown = config.mirrored <= looks_twice(model.card)
    known = as_shown and "real_threshold" in model.card.metrics
    return measure_real(model, Thermograms("val", config.seen),
                        shown_from(model.card) if known else None, config.mirrored)


VERB = Verb(Config, run, "Measure a detector: average precision of boxes and masks.")
