"""All checkpoints side by side: how large, how much work, how good, how fast here."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from vision import checkpoints
from vision.checkpoints import Card
from vision.images import working_size
from vision.options import Verb, option, within
from vision.segmentation.certainty.standing import Standing, standings
from vision.segmentation.looks import looks
from vision.segmentation.models import ARCHITECTURES, for_pictures
from vision.segmentation.predict import load, predict
from vision.segmentation.pretraining import Pair, pairs

PICTURE = (360, 480)  # CamVid's frames


@dataclass(frozen=True)
class Config:
    """Settings of `leaderboard`."""

    folder: Path = option(checkpoints.FOLDER / "segmentation", "where the checkpoints lie")
    times: int = option(5, "measure the time of so many pictures; 0 is none")


@dataclass(frozen=True)
class Row:
    """One checkpoint: numbers from its card, its size, its work, and its time here."""

    name: str
    arch: str
    year: int
    parameters: int
    gmacs: float
    miou: float
    pixel_accuracy: float
    milliseconds: float
    val: str


@dataclass(frozen=True)
class Leaderboard:
    """Rows, the best mean IoU first; those without one last; and what pre-training added."""

    rows: tuple[Row, ...]
    pairs: tuple[Pair, ...] = ()
    standings: tuple[Standing, ...] = ()  # of each row

    def as_json(self) -> dict[str, Any]:
        """Return the rows and the pairs in plain types."""
        return {"rows": [asdict(row) for row in self.rows],
                "pretraining": [pair.as_json() for pair in self.pairs],
                "standings": [each.as_json() for each in self.standings]}

    def __str__(self) -> str:
        head = ("name", "year", "parameters", "GMACs", "mIoU", "PA", "ms here", "measured on")
        lines: list[tuple[str, ...]] = [
            head, *((row.name, str(row.year), f"{row.parameters / 1e6:.2f} M",
                     f"{row.gmacs:.2f}", f"{row.miou:.4f}", f"{row.pixel_accuracy:.4f}",
                     f"{row.milliseconds:.0f}", row.val) for row in self.rows)]
        if self.pairs:
            lines = [(*line, cell) for line, cell in zip(
                lines, ("pre-training", *self.added()), strict=True)]
        if any(each.interval for each in self.standings):
            told = [each.cells() for each in self.standings]
            lines = [(*line, *cells) for line, cells in zip(
                lines, (("95% of draws", "ahead of the next"), *told), strict=True)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  ".join(cell.ljust(width) if place in (0, 7) else cell.rjust(width)
                                   for place, (cell, width) in enumerate(
                                       zip(line, widths, strict=True))).rstrip() for line in lines)

    def added(self) -> list[str]:
        """Return for each row what pre-training added to the mean IoU, or a dash."""
        known = {pair.pretrained: pair for pair in self.pairs}
        return [f"{pair.gain:+.4f} to {pair.without:.4f}" if (pair := known.get(row.name))
                else "–" for row in self.rows]


def leaderboard(paths: Iterable[Path], times: int = 5) -> Leaderboard:
    """Return the leaderboard of these checkpoints of pictures."""
    flat = [path for path in paths if checkpoints.read_card(path).arch in for_pictures()]
    rows = sorted((row_of(path, times) for path in flat),
                  key=lambda row: -np.nan_to_num(row.miou, nan=-1.0))
    files = {path.stem: path for path in flat}
    return Leaderboard(tuple(rows), tuple(pairs(flat)),
                       standings([files[row.name] for row in rows]))


def row_of(path: Path, times: int) -> Row:
    """Return the row of one checkpoint."""
    card = checkpoints.read_card(path)
    module = on_paper(card)
    sizes = [working_size(PICTURE, look.short_side) for look in looks(card.preprocess)]
    metrics = {name: value for name, value in card.metrics.items() if isinstance(value, float)}
    return Row(path.stem, card.arch, ARCHITECTURES[card.arch].year, parameters(module),
               sum(gmacs(module, (3, *size)) for size in sizes), metrics.get("mIoU", float("nan")),
               metrics.get("PA", float("nan")), milliseconds(path, times),
               str(card.data.get("val", "")))


def on_paper(card: Card) -> nn.Module:
    """Return the module of a card without memory for its weights."""
    with torch.device("meta"):
        return ARCHITECTURES.build(card.arch, **card.config).eval()


def parameters(module: nn.Module) -> int:
    """Return how many numbers training can change."""
    return sum(parameter.numel() for parameter in module.parameters())


def gmacs(module: nn.Module, shape: tuple[int, ...]) -> float:
    """Return the 10⁹ multiplications with addition that one sample costs a module on `meta`."""
    counter = Counter()
    with counter, torch.no_grad():
        module(torch.empty((1, *shape), device="meta"))
    return counter.flops / 2e9


class Counter(TorchDispatchMode):
    """Adds up torch's own count of each operation, of this thread alone.

    torch's FlopCounterMode hooks into all modules of the process, trainings beside it too.
    """

    flops = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run an operation and add what it costs."""
        answer = func(*args, **(kwargs or {}))
        if cost := flop_registry.get(func._overloadpacket):
            self.flops += cost(*args, **(kwargs or {}), out_val=answer)
        return answer


def milliseconds(path: Path, times: int) -> float:
    """Return the median time of one picture of 480×360, NaN if none is measured."""
    if not times:
        return float("nan")
    model, picture = load(path), np.zeros((*PICTURE, 3), np.uint8)
    predict(model, picture)
    return 1000 * statistics.median(predict(model, picture).seconds for _ in range(times))


def run(config: Config) -> Leaderboard:
    """Compare all checkpoints of a folder."""
    within(config, times=(0, 1000))
    return leaderboard(sorted(config.folder.glob("*.safetensors")), config.times)


VERB = Verb(Config, run, "Compare all checkpoints: size, cost, quality, time here.")
