"""How the shipped networks were made: one list, one command that trains what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from vision import checkpoints
from vision.options import Verb, option
from vision.style.features import train as train_extractor
from vision.style.train import Config as Training
from vision.style.train import train
from vision.training.progress import on_terminal

FOLDER, STAGES = Path("checkpoints/style"), Path("runs/style")
EXTRACTORS = {
    "vgg19-slim": train_extractor.Config(begin="vgg19-slim-teacher", steps=0,
                                         teacher=("vgg19-slim-teacher", "vgg16-bsds")),
    "vgg19": train_extractor.Config(size="paper", begin="vgg16-bsds",
                                    teacher=("vgg19-slim-teacher",)),
}
OWN = tuple(Path(f"assets/style/{name}.jpg") for name in (
    "autumn", "discs", "ink", "koi", "linocut", "night", "poppies", "river", "strata", "tapestry",
    "wave", "window"))
ANY = Training(arch="any_style", style=OWN, contents="imagenette", precision="bf16")
PAINTERS = {
    # what ships compared its content at conv4_4 in the first stage, and did not see conv2_1
    "any-style": (replace(ANY, steps=2500, style_weight=40.0, tv_weight=0.1),
                  replace(ANY, steps=150, learning_rate=1e-3),
                  replace(ANY, steps=250, style_weight=6.0, tv_weight=2.0, learning_rate=1e-3,
                          save_every=25)),
}
"""Stages that go on from each other: first the styles, then ever more of the photograph."""
NAMES = [*EXTRACTORS, *PAINTERS]  # the networks that see come first: the others learn by them


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
    """Return the file of one network, trained now by its recipe."""
    if name in PAINTERS:
        return in_stages(name, path)
    return train_extractor.train(replace(EXTRACTORS[name], output=path), on_terminal)


def in_stages(name: str, path: Path) -> Path:
    """Return the file of a painter after all its stages."""
    *before, last = PAINTERS[name]
    start: Path | None = None
    for number, stage in enumerate(before, 1):
        start = train(replace(stage, start=start, output=STAGES / f"{name}-{number}.safetensors"),
                      on_terminal)
    return train(replace(last, start=start, output=path), on_terminal)


VERB = Verb(Config, run, "Train every network that is missing, by its recipe.")
