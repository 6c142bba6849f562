"""Render street scenes with exact label maps into a folder, ready for any training program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vision.errors import UserError
from vision.images import write_png
from vision.options import Verb, option
from vision.segmentation.data import PALETTE
from vision.segmentation.scenes import render


@dataclass(frozen=True)
class Config:
    """Settings of `render`."""

    count: int = option(10, "how many scenes, if no seeds are named")
    seeds: tuple[int, ...] = option((), "the seeds of the scenes; 0, 1, 2, … if none is named")
    height: int = option(360, "height in pixels")
    width: int = option(480, "width in pixels")
    output: Path = option(Path("runs/scenes"), "folder for street-N.png and street-N-labels.png")


def run(config: Config) -> Path:
    """Write the scenes and return their folder."""
    seeds = config.seeds or tuple(range(config.count))
    size = (config.height, config.width)
    if not seeds or min(seeds) < 0 or not (64 <= size[0] <= 2160 and 64 <= size[1] <= 3840):
        raise UserError("{count} scenes of {height}×{width} cannot be rendered",
                        "at least one seed from 0 and sizes from 64×64 to 2160×3840 are accepted",
                        "change --count, --seeds, --height or --width", count=len(seeds),
                        height=size[0], width=size[1])
    for number, seed in enumerate(seeds, 1):
        picture, labels = render(seed, size)
        write_png(config.output / f"street-{number}.png", picture)
        write_png(config.output / f"street-{number}-labels.png", labels, PALETTE)
    return config.output


VERB = Verb(Config, run, "Render street scenes with their exact label maps.")
