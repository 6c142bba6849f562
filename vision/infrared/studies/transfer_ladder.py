"""The transfer ladder: how few labelled pictures are enough, and what should keep its weights.

Each rung trains a detector on so many scenes: from scratch, with a pre-trained backbone and all
below the heads frozen, with the backbone frozen, or with all parts learning.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vision import checkpoints
from vision.errors import UserError
from vision.files.atomic_files import write_atomically
from vision.infrared import train as training
from vision.infrared.classes import CLASSES
from vision.options import Verb, option, within
from vision.training.progress import OnStep, on_terminal

WAYS: dict[str, tuple[str, ...]] = {
    "scratch": (), "frozen": ("backbone", "pyramid", "proposals"), "heads": ("backbone",),
    "all": (),
}  # what keeps its weights
FILE = checkpoints.FOLDER / "infrared" / "ladder.json"
MEASURES = ("box_AP", "box_AP50", "mask_AP", "mask_AP50")
DEVICES = ("circuit breaker", "current transformer", "reactor", "power capacitor")
SHARED = ("devices", "clutter", "height", "width", "steps", "batch", "learning_rate", "seed")


@dataclass(frozen=True)
class Config:
    """Settings of `ladder`."""

    uniform: Path | None = option(None, "a backbone from uniformly drawn source pictures")
    glcm: Path | None = option(None, "a backbone from pictures drawn by their texture")
    ways: tuple[str, ...] = option(tuple(WAYS), "what learns", lambda: list(WAYS))
    pictures: tuple[int, ...] = option((5, 20, 100), "how many labelled pictures")
    devices: tuple[str, ...] = option(DEVICES, "classes around which the scenes are made",
                                      lambda: list(CLASSES))
    clutter: float = option(0.3, "how much stands around the devices, 0 to 2")
    height: int = option(160, "height of the pictures")
    width: int = option(224, "width of the pictures")
    steps: int = option(120, "how many steps each training has")
    batch: int = option(4, "pictures a step")
    learning_rate: float = option(1e-3, "highest learning rate of the one-cycle schedule")
    scenes: int = option(100, "measure on so many held-out scenes")
    seed: int = option(0, "seed of weights and scenes")
    output: Path = option(FILE, "the file of the runs; those it holds are not made again")


@dataclass(frozen=True)
class Rung:
    """One training: how, on how many pictures, with which settings, and what it reached."""

    way: str
    sampling: str  # "none", "uniform" or "glcm": how the backbone's source pictures were drawn
    pictures: int
    devices: tuple[str, ...]
    clutter: float
    height: int
    width: int
    steps: int
    batch: int
    learning_rate: float
    seed: int
    scenes: int
    box_AP: float
    box_AP50: float
    mask_AP: float
    mask_AP50: float
    command: str

    def is_made_by(self, wanted: dict[str, Any]) -> bool:
        """Return whether this is the training with these settings."""
        return all(getattr(self, name) == value for name, value in wanted.items())


@dataclass(frozen=True)
class Backbone:
    """What all rungs with one sampling began with: how long it was pre-trained, and how well."""

    sampling: str
    steps: int
    accuracy: float
    command: str


@dataclass(frozen=True)
class Report:
    """All rungs of a file, and the backbones that they began with."""

    rungs: tuple[Rung, ...]
    backbones: tuple[Backbone, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {"backbones": [asdict(backbone) for backbone in self.backbones],
                "rungs": [asdict(rung) for rung in self.rungs]}

    def __str__(self) -> str:
        return "\n".join(f"{rung.way:8} {rung.sampling:8} {rung.pictures:5} pictures: "
                         f"box AP {rung.box_AP:.4f}, mask AP {rung.mask_AP:.4f}"
                         for rung in self.rungs)


def read(path: Path = FILE) -> Report:
    """Return the stored runs; none if there is no file."""
    if not path.is_file():
        return Report(())
    try:
        content = json.loads(path.read_text("utf-8"))
        return Report(tuple(Rung(**{**entry, "devices": tuple(entry["devices"])})
                            for entry in content["rungs"]),
                      tuple(Backbone(**entry) for entry in content["backbones"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UserError("'{file}' does not hold the runs of a ladder",
                        "a file that 'python -m vision infrared ladder' wrote is accepted",
                        "remove it and make the runs again", file=path.name) from error


def plan(config: Config) -> Iterator[tuple[str, str, Path | None, int]]:
    """Yield way, sampling, backbone and number of pictures of each rung."""
    for count in config.pictures:
        for way in config.ways:
            if way == "scratch":
                yield way, "none", None, count
                continue
            for sampling, path in starts(config).items():
                yield way, sampling, path, count


def starts(config: Config) -> dict[str, Path]:
    """Return the backbones that were given, by their sampling."""
    given = {"uniform": config.uniform, "glcm": config.glcm}
    return {name: path for name, path in given.items() if path is not None}


def backbones_for(config: Config, known: tuple[Backbone, ...]) -> tuple[Backbone, ...]:
    """Return those that are known and those given, or raise if one sampling has two."""
    found = {backbone.sampling: backbone for backbone in known}
    for sampling, path in starts(config).items():
        card = checkpoints.read_card(path)
        given = Backbone(sampling, card.steps, float(card.metrics["accuracy"]), card.command)
        if found.setdefault(sampling, given).command != given.command:
            raise UserError("the stored runs began with another backbone than '{file}'",
                            "the backbone that they began with is accepted",
                            "give --output another file to begin a ladder of its own",
                            file=path.name)
    return tuple(found.values())


def climb(config: Config, on_step: OnStep | None = None,
          train: Callable[..., Path] = training.train) -> Report:
    """Train every rung that is not stored yet, and return all that are."""
    within(config, steps=(1, 10**6), batch=(2, 4096), scenes=(1, 10**5), seed=(0, 10**6))
    if not list(plan(config)):
        raise UserError("there is no backbone to start from", "--uniform, --glcm or both",
                        "make them with 'python -m vision infrared train_backbone'")
    report = read(config.output)
    backbones = backbones_for(config, report.backbones)
    for way, sampling, start, count in plan(config):
        wanted = {"way": way, "sampling": sampling, "pictures": count, "scenes": config.scenes,
                  **shared(config)}
        if any(rung.is_made_by(wanted) for rung in report.rungs):
            continue
        path = train(training.Config(
            start=start, freeze=WAYS[way], scenes=count, val_scenes=config.scenes,
            save_every=config.steps + 1, **shared(config),
            output=Path("runs/infrared/ladder") / f"{way}-{sampling}-{count}.safetensors"), on_step)
        card = checkpoints.read_card(path)
        path.unlink()
        measured: dict[str, Any] = {name: float(card.metrics[name]) for name in MEASURES}
        report = Report((*report.rungs, Rung(**wanted, **measured, command=card.command)),
                        backbones)
        content = json.dumps(report.as_json(), indent=1) + "\n"
        write_atomically(config.output, content.encode())
    return report


def shared(config: Config) -> dict[str, Any]:
    """Return the settings that a ladder and its trainings have in common."""
    return {name: getattr(config, name) for name in SHARED}


def run(config: Config) -> Report:
    """Climb with progress on the terminal."""
    return climb(config, on_terminal)


VERB = Verb(Config, run, "Train with few labelled pictures in several ways, and keep the measures.")
