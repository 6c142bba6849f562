"""How the shipped models were made: one list, one command that trains what is missing.

The detector learns in two rounds. In the first some classes have no masks, so that its weights can
also begin a comparison of masks for classes that never had one; in the second all have theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from vision import checkpoints
from vision.infrared import train_backbone, train_zones
from vision.infrared.train import Config as Training
from vision.infrared.train import train
from vision.options import Verb, option
from vision.training import on_terminal

FOLDER = Path("checkpoints/infrared")
PARTS = Path("runs/infrared")  # what only begins another training
NEVER_MASKED = ("neutral bushing", "power cable", "current transformer", "coupling capacitor",
                "disconnector", "reactor", "conservator", "power capacitor")
BACKBONE = train_backbone.Config(steps=1500, precision="bf16",
                                 output=PARTS / "backbone-glcm.safetensors")
BASE = Training(masks="transferred", start=BACKBONE.output, without_masks=NEVER_MASKED,
                look="real", steps=1000, precision="bf16", validate=100, save_every=100,
                output=PARTS / "base.safetensors")
DETECTOR = Training(start=BASE.output, look="real", steps=1100, learning_rate=6e-4, seed=1,
                    precision="bf16", save_every=100)
ZONES = train_zones.Config()
NAMES = ["mask_rcnn", "zones"]


@dataclass(frozen=True)
class Config:
    """Settings of `recipes`."""

    names: tuple[str, ...] = option((), "which to train; none is all", lambda: NAMES)
    folder: Path = option(FOLDER, "where the checkpoints are written")


def run(config: Config) -> list[Path]:
    """Train what is missing in the folder, one after the other, and return what was made."""
    return [MAKERS[name](path)
            for name, path in checkpoints.missing(config.folder, config.names or NAMES)]


def detector(path: Path) -> Path:
    """Train the detector, after what it begins with unless that is there."""
    if not BACKBONE.output.exists() and not BASE.output.exists():
        train_backbone.train(BACKBONE, on_terminal)
    if not BASE.output.exists():
        train(BASE, on_terminal)
    return train(replace(DETECTOR, output=path), on_terminal)


def zones(path: Path) -> Path:
    """Train the zone head."""
    return train_zones.train(replace(ZONES, output=path), on_terminal)


MAKERS = {"mask_rcnn": detector, "zones": zones}
VERB = Verb(Config, run, "Train every shipped model that is missing, by its recipe.")
