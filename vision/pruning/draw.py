"""Draw one picture of each class, large enough to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vision.images import write_png
from vision.options import LARGEST_SEED, Verb, option, within
from vision.pruning.drawings import CLASSES, draw


@dataclass(frozen=True)
class Config:
    """Settings of `draw`."""

    seed: int = option(0, "seed of places, sizes and colours")
    side: int = option(128, "width and height in pixels")
    output: Path = option(Path("runs/pruning/drawings"), "the folder to write into")


def run(config: Config) -> Path:
    """Write a picture of each class, named after it, and return their folder."""
    within(config, seed=(0, LARGEST_SEED), side=(32, 2048))
    for label, name in enumerate(CLASSES):
        write_png(config.output / f"{name}.png", draw(label, config.seed, config.side))
    return config.output


VERB = Verb(Config, run, "Draw one picture of each class.")
