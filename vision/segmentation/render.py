"""Render street scenes with exact label maps into a folder, ready for any training program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vision.errors import UserError
from vision.images import write_png
from vision.options import Verb, option
from vision.segmentation.scenes import render


@dataclass(frozen=True)
class Config:
    """Settings of `render`."""

    count: int = option(10, "how many scenes")
    seed: int = option(0, "seed of the first scene; the others follow")
    height: int = option(360, "height in pixels")
    width: int = option(480, "width in pixels")
    output: Path = option(Path("runs/scenes"), "folder for pictures/ and labels/")


def run(config: Config) -> Path:
    """Write the scenes and return their folder."""
    if config.count < 1 or not (64 <= config.height <= 2160 and 64 <= config.width <= 3840):
        raise UserError("{count} scenes of {height}×{width} cannot be rendered",
                        "at least 1 scene from 64×64 to 2160×3840 is accepted",
                        "change --count, --height or --width", count=config.count,
                        height=config.height, width=config.width)
    for seed in range(config.seed, config.seed + config.count):
        picture, labels = render(seed, (config.height, config.width))
        write_png(config.output / "pictures" / f"{seed:06d}.png", picture)
        write_png(config.output / "labels" / f"{seed:06d}.png", labels)
    return config.output


VERB = Verb(Config, run, "Render street scenes with their exact label maps.")
