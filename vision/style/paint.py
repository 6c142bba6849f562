"""Paint pictures with code into a folder: styles that belong to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from vision.errors import UserError
from vision.options import Verb, check_seed, option
from vision.style.paintings import PAINTINGS, paint


@dataclass(frozen=True)
class Config:
    """Settings of `paint`."""

    names: tuple[str, ...] = option((), "which paintings; all if none is named")
    seed: int = option(0, "the seed: another one gives another picture of the same kind")
    size: tuple[int, ...] = option((900, 600), "width and height in pixels")
    output: Path = option(Path("runs/paintings"), "folder for NAME.jpg")


def run(config: Config) -> Path:
    """Write the pictures and return their folder."""
    if len(config.size) != 2 or min(config.size) < 96 or max(config.size) > 2400:
        raise UserError("a canvas of {size} pixels cannot be painted",
                        "a width and a height from 96 to 2400 are accepted", "change --size",
                        size="×".join(map(str, config.size)))
    check_seed(config.seed)
    names = [PAINTINGS[name].name for name in config.names or PAINTINGS.names()]
    width, height = config.size
    config.output.mkdir(parents=True, exist_ok=True)
    for name in names:
        picture = Image.fromarray(paint(name, config.seed, (height, width)))
        picture.save(config.output / f"{name}.jpg", quality=88, subsampling=0, optimize=True)
    return config.output


VERB = Verb(Config, run, "Paint style pictures with code.")
