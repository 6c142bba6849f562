"""Which layers can bear a cut: each one cut alone by some shares, and the accuracy that this costs.

Li et al.: "Pruning Filters for Efficient ConvNets", arXiv:1608.08710, section 3.2 and figure 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from vision import checkpoints
from vision.checkpoints import Model
from vision.data.image_folders import LabelledPictures
from vision.options import Verb, command, option, within
from vision.pruning.criteria import CRITERIA
from vision.pruning.data import SETS, open_pictures
from vision.pruning.evaluate import measure
from vision.pruning.plan import Plan, check_ratio, cut_lowest
from vision.pruning.predict import load, network_of
from vision.pruning.prune import scores_of
from vision.pruning.surgery import prune

RATIOS = (0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True)
class Config:
    """Settings of `sensitivity`."""

    checkpoint: Path = option(checkpoints.FOLDER / "pruning" / "vgg16.safetensors",
                              "the checkpoint to measure; its card gets the table")
    criterion: str = option("gamma", "what ranks the channels", lambda: list(CRITERIA))
    ratios: tuple[float, ...] = option(RATIOS, "the shares of a layer's channels that go")
    data: str = option("cifar10", "the data set", lambda: list(SETS))
    limit: int = option(500, "use only so many test pictures; 0 is all")


@dataclass(frozen=True)
class Sensitivity:
    """By layer and share, how much accuracy is lost when that layer alone is cut."""

    command: str
    criterion: str
    data: str
    pictures: int
    accuracy: float  # of the uncut network
    ratios: tuple[float, ...]
    lost: dict[str, list[float]]  # by layer, one for each share

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return asdict(self)

    def __str__(self) -> str:
        rows = [f"accuracy lost of {self.accuracy:.4f}, layer by layer, at " + ", ".join(
            f"{ratio:.2f}" for ratio in self.ratios)]
        return "\n".join(rows + [f"{name:>24}  " + "  ".join(f"{value:+.3f}" for value in row)
                                 for name, row in self.lost.items()])


def sensitivities(model: Model, config: Config, pictures: LabelledPictures, whole: float,
                  scores: dict[str, np.ndarray]) -> Iterator[Sensitivity]:
    """Yield what is known after each layer; `whole` is the uncut network's accuracy."""
    network = network_of(model)
    found = Sensitivity(command("pruning", "sensitivity", config), config.criterion, config.data,
                        len(pictures), whole, config.ratios, {})
    for name in scores:
        plans = [alone(scores, name, ratio, config.criterion) for ratio in config.ratios]
        row = [whole - measure(Model(prune(network, plan), model.card), pictures).accuracy
               for plan in plans]
        found = replace(found, lost={**found.lost, name: row})
        yield found


def alone(scores: dict[str, np.ndarray], name: str, ratio: float, criterion: str) -> Plan:
    """Return the plan that cuts a share of one layer, its lowest scores, and nothing else."""
    channels = len(scores[name])
    count = min(int(round(ratio * channels, 6)), channels - 1)
    threshold, masks = cut_lowest(scores, [name], count)
    return Plan(criterion, ratio, threshold, scores, masks, (), ())


def run(config: Config) -> Sensitivity:
    """Measure a checkpoint's layers, and note the table on its card."""
    within(config, limit=(0, 10**9))
    for ratio in config.ratios:
        check_ratio(ratio)
    model = load(config.checkpoint)
    pictures = open_pictures(config.data, "test").first(config.limit)
    *_, found = sensitivities(model, config, pictures, measure(model, pictures).accuracy,
                              scores_of(model, config.criterion))
    checkpoints.add_metrics(config.checkpoint, {"sensitivity": found.as_json()})
    return found


VERB = Verb(Config, run, "Measure each layer by itself and note the table on the card.")
