"""Panoptic quality on held-out streets: of a net that finds objects, or of one told the centres.

A semantic net finds no objects. Its things are then parted by the true centres, which come from the
renderer: that says what its answer is worth once somebody counts, not what a panoptic net reaches.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from vision import checkpoints
from vision.checkpoints import Model
from vision.errors import UserError
from vision.options import Verb, option, within
from vision.segmentation.data import CLASSES, Scenes
from vision.segmentation.models import facts, task
from vision.segmentation.panoptic.objects import find
from vision.segmentation.panoptic.quality import Quality, quality
from vision.segmentation.panoptic.segments import THINGS, Panoptic, centres, grouped, truth_of
from vision.segmentation.predict import load, predict
from vision.segmentation.scenes import Truth, draw_scene, paint

STUFF = tuple(index for index in range(len(CLASSES)) if index not in THINGS)
FIRST = Scenes.RANGES["val"].start


@dataclass(frozen=True)
class Config:
    """Settings of `panoptic`."""

    checkpoint: Path = option(checkpoints.FOLDER / "segmentation" / "unet.safetensors",
                              "the model")
    count: int = option(50, "how many held-out rendered streets")


@dataclass(frozen=True)
class Report:
    """The quality over all streets, of things, of stuff, and of each class."""

    quality: Quality
    finds: bool  # whether the net found the centres itself

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        rows = dict(zip(CLASSES, zip(self.quality.pq.tolist(), self.quality.sq.tolist(),
                                     self.quality.rq.tolist(), strict=True), strict=True))
        return {"centres": "found" if self.finds else "true", "all": self.quality.overall(),
                "things": self.quality.overall(THINGS), "stuff": self.quality.overall(STUFF),
                "per_class": {name: dict(zip(("PQ", "SQ", "RQ"), row, strict=True))
                              for name, row in rows.items()}}

    def __str__(self) -> str:
        told = self.as_json()
        lines = [f"{name:>12}  " + "  ".join(f"{key} {value:.4f}" for key, value in row.items())
                 for name, row in [*((name, told[name]) for name in ("all", "things", "stuff")),
                                   *told["per_class"].items()]]
        head = ("a model that finds objects itself" if self.finds
                else "a semantic model with the true centres of all things")
        return "\n".join([head, *lines])


def street(seed: int, size: tuple[int, int] = (360, 480)) -> Truth:
    """Return a held-out street: the seeds of its set's val split, and those after them."""
    return paint(draw_scene(FIRST + seed, size))


def fused(model: Model, seen: Truth, truth: Panoptic) -> Panoptic:
    """Return what a model says of a street; who finds no objects is told the true centres."""
    if finds(model):
        return find(model, seen.picture)
    return grouped(predict(model, seen.picture).labels, centres(truth))


def finds(model: Model) -> bool:
    """Return whether a model finds objects itself."""
    return bool(facts(model.card.arch).get("objects"))


def check(model: Model) -> None:
    """Raise for a model that does not know the classes of streets."""
    if model.card.classes != CLASSES or task(model.card.arch) != "classes":
        raise UserError("'{file}' does not know the eleven classes of streets",
                        "a model of streets is accepted here", "choose another",
                        file=model.card.arch)


def run(config: Config) -> Report:
    """Measure a model on held-out streets."""
    within(config, count=(1, 100_000))
    model = load(config.checkpoint)
    check(model)
    found = []
    for seed in range(config.count):
        seen = street(seed)
        truth = truth_of(seen)
        found.append(quality(truth, fused(model, seen, truth), len(CLASSES)))
    return Report(reduce(add, found), finds(model))


VERB = Verb(Config, run, "Panoptic quality of a model on held-out rendered streets.")
