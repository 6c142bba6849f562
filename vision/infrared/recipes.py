"""How the models are made anew: one list, one command that trains what is missing.

The detector learns in rounds. In the first six some classes have no masks; in the sixth it gets
used to scenes that are enlarged, on which it finds small devices better. After that only branches
learn: from all masks, then with the branch that looks for each side of a box, which is the detector
that ships; and without the masks of these classes, so that what a branch knows of them was learnt
from their masks nowhere. These branches begin with the same one and are measured on the detector
that ships.

The detector of real thermograms goes on from that one, in four rounds; then mask branches learn on
it from outlines of real devices.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from vision import checkpoints
from vision.infrared.data import HELD_OUT, Scenes
from vision.infrared.evaluate import evaluate, measure, measure_real
from vision.infrared.predict import load
from vision.infrared.pretraining import train as pretraining
from vision.infrared.real import Thermograms
from vision.infrared.studies import classical, real_masks
from vision.infrared.studies.mask_branches import take
from vision.infrared.train import Config as Training
from vision.infrared.train import train
from vision.infrared.zones import train as zones
from vision.options import Verb, option
from vision.training.progress import on_terminal

Part = Training | pretraining.Config | zones.Config
FOLDER = Path("checkpoints/infrared")
RENDERED = 150  # held-out scenes that the detector of real thermograms is measured on
PARTS = Path("runs/infrared")  # what only begins another training
NEVER_MASKED = ("neutral bushing", "power cable", "current transformer", "coupling capacitor",
                "disconnector", "reactor", "conservator", "power capacitor")
BACKBONE = pretraining.Config(steps=1500, precision="bf16",
                              output=PARTS / "backbone-glcm.safetensors")
FIRST = Training(masks="transferred", start=BACKBONE.output, without_masks=NEVER_MASKED,
                 look="real", steps=1000, precision="bf16", val_scenes=100, save_every=100,
                 output=PARTS / "base-first.safetensors")
SECOND = replace(FIRST, start=FIRST.output, scenes=6000, steps=2400, learning_rate=8e-4, seed=2,
                 val_scenes=200, output=PARTS / "base-second.safetensors")
THIRD = replace(SECOND, start=SECOND.output, steps=2600, seed=3,
                output=PARTS / "base-third.safetensors")
FOURTH = replace(THIRD, start=THIRD.output, steps=2700, seed=4,
                 output=PARTS / "base-fourth.safetensors")
FIFTH = replace(FOURTH, start=FOURTH.output, freeze=("stem",), scenes=4800, steps=2500, seed=5,
                output=PARTS / "base-fifth.safetensors")
SIXTH = replace(FIFTH, start=FIFTH.output, short_side=432, scenes=1600, steps=300,
                learning_rate=4e-4, seed=6, output=PARTS / "base.safetensors")
BEGINNINGS = (BACKBONE, FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH)
BRANCH = Training(start=SIXTH.output, freeze=("backbone", "pyramid", "proposals", "boxes"),
                  look="real", short_side=432, scenes=2000, steps=400, learning_rate=1e-3, seed=1,
                  precision="bf16", save_every=100)
MASKED = replace(BRANCH, output=PARTS / "masked.safetensors")
DETECTOR_BEGINNINGS = (*BEGINNINGS, MASKED)
DETECTOR = replace(BRANCH, start=MASKED.output, sides=True, scenes=5600, steps=700,
                   learning_rate=1.5e-3, seed=7)
MASKS = replace(BRANCH, masks="transferred", without_masks=NEVER_MASKED,
                output=PARTS / "masks.safetensors")
MASK_BEGINNINGS = (*BEGINNINGS, MASKS)
FEW = replace(MASKS, start=MASKS.output, steps=150, seed=2)
BRANCHES = {"masks-agnostic": replace(FEW, masks="class_agnostic"), "masks-transferred": FEW}
FIRST_ZONES = zones.Config(precision="bf16", output=PARTS / "zones-first.safetensors")
SECOND_ZONES = replace(FIRST_ZONES, start=FIRST_ZONES.output, steps=3000, learning_rate=2e-3,
                       seed=1, output=PARTS / "zones-second.safetensors")
THIRD_ZONES = replace(SECOND_ZONES, start=SECOND_ZONES.output, scenes=4000, steps=1600, seed=2,
                      output=PARTS / "zones-third.safetensors")
ZONE_BEGINNINGS = (FIRST_ZONES, SECOND_ZONES, THIRD_ZONES)
ZONES = replace(THIRD_ZONES, start=THIRD_ZONES.output, scenes=6000, steps=4000, seed=3)
CLASSICAL = classical.Config()
FIRST_REAL = Training(data="real", share=0.75, start=FOLDER / "mask_rcnn.safetensors",
                      freeze=("stem",), look="real", short_side=288, scenes=300, steps=1000,
                      batch=4, learning_rate=4e-4, seed=11, precision="bf16", val_scenes=0,
                      save_every=50, output=PARTS / "real-first.safetensors")
SECOND_REAL = replace(FIRST_REAL, share=0.6, start=FIRST_REAL.output, look="rendered", scenes=600,
                      short_side=416, steps=1100, learning_rate=3e-4, seed=12,
                      output=PARTS / "real-second.safetensors")
THIRD_REAL = replace(SECOND_REAL, start=SECOND_REAL.output, short_side=432, mosaic=0.3, steps=1000,
                     learning_rate=2.5e-4, seed=13, output=PARTS / "real-third.safetensors")
REAL = replace(THIRD_REAL, start=THIRD_REAL.output, share=0.7, steps=700, learning_rate=2e-4,
               seed=21, output=PARTS / "real.safetensors")
REAL_MASKS = real_masks.Config(start=REAL.output, precision="bf16", save_every=20, val_scenes=0)
REAL_BEGINNINGS = (FIRST_REAL, SECOND_REAL, THIRD_REAL, REAL)
REAL_BRANCHES = ("masks-real-agnostic", "masks-real-transferred")  # come with mask_rcnn_real
NAMES = ["mask_rcnn", *BRANCHES, "mask_rcnn_real", *REAL_BRANCHES, "zones", "classical"]


@dataclass(frozen=True)
class Config:
    """Settings of `recipes`."""

    names: tuple[str, ...] = option((), "which to train; none is all", lambda: NAMES)
    folder: Path = option(FOLDER, "where the checkpoints are written")


def run(config: Config) -> list[Path]:
    """Train what is missing in the folder, one after the other, and return what was made."""
    return [made(name, path)
            for name, path in checkpoints.missing(config.folder, config.names or NAMES)]


def made(name: str, path: Path) -> Path:
    """Return the file of one model, made now."""
    if name == "classical":
        return classical.train(replace(CLASSICAL, output=path))
    if name == "mask_rcnn_real":
        return measured_real(taught(path, path.parent)[0])
    if name in REAL_BRANCHES:
        again = taught(PARTS / "mask_rcnn_real.safetensors", path.parent)
        return shutil.copyfile(next(file for file in again if file.name == path.name), path)
    if name == "zones":
        begin(ZONE_BEGINNINGS)
        return zones.train(replace(ZONES, output=path), on_terminal)
    if name in BRANCHES:
        begin(MASK_BEGINNINGS)
        whole = replace(BRANCHES[name], output=PARTS / f"{name}-whole.safetensors")
        return measured(take(train(whole, on_terminal), path),
                        path.with_name("mask_rcnn.safetensors"))
    begin(DETECTOR_BEGINNINGS)
    return train(replace(DETECTOR, output=path), on_terminal)


def taught(path: Path, folder: Path) -> list[Path]:
    """Return the detector of real thermograms with its masks, and the branches beside it.

    It goes on from the detector in a folder.
    """
    first, *others = REAL_BEGINNINGS
    begin([replace(first, start=folder / "mask_rcnn.safetensors"), *others])
    return real_masks.train(replace(REAL_MASKS, output=path), on_terminal)


def measured(branch: Path, detector: Path) -> Path:
    """Let a branch's card tell what its masks are like on a detector, and return its file."""
    return checkpoints.add_metrics(branch, evaluate(detector, masks=branch).as_json())


def measured_real(detector: Path) -> Path:
    """Let a detector's card tell what it finds in real thermograms and rendered scenes."""
    card, model = checkpoints.read_card(detector), load(detector)
    reports = measure_real(model, Thermograms("val")), measure(model, Scenes(HELD_OUT, RENDERED))
    metrics = {name: value for report in reports for name, value in report.as_json().items()}
    data = {**card.data, "val": f"66 real thermograms, {RENDERED} held-out scenes"}
    return checkpoints.change_card(detector, replace(card, data=data,
                                                     metrics={**card.metrics, **metrics}))


def begin(parts: Sequence[Part]) -> None:
    """Make the parts that are missing after the last one that is there."""
    missing = list(takewhile(lambda part: not part.output.exists(), reversed(parts)))
    for part in reversed(missing):
        begun(part)


def begun(part: Part) -> Path:
    """Return what another training begins with, made now."""
    if isinstance(part, Training):
        return train(part, on_terminal)
    if isinstance(part, zones.Config):
        return zones.train(part, on_terminal)
    return pretraining.train(part, on_terminal)


VERB = Verb(Config, run, "Train every model that is missing, by its recipe.")
