"""Cut a share of a checkpoint's channels and write the smaller network, a normal checkpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from vision import checkpoints
from vision.checkpoints import Model
from vision.data.image_folders import LabelledPictures
from vision.options import Verb, command, option, within
from vision.pruning.count import Size, count
from vision.pruning.criteria import CRITERIA
from vision.pruning.data import available, open_pictures
from vision.pruning.plan import SEEN, Plan, make_plan, score
from vision.pruning.predict import load, network_of
from vision.pruning.surgery import prune


@dataclass(frozen=True)
class Config:
    """Settings of `prune`."""

    checkpoint: Path = option(checkpoints.FOLDER / "pruning" / "vgg16.safetensors",
                              "the checkpoint to cut")
    ratio: float = option(0.5, "share of the channels to cut, 0 to 0.99")
    criterion: str = option("gamma", "what ranks the channels", lambda: list(CRITERIA))
    protected: tuple[str, ...] = option((), "layers to leave whole, such as 'conv 1'")
    multiple: int = option(1, "round the widths of cut layers to multiples of so many, such as 8")
    fold: bool = option(True, "keep the constants that cut channels leave behind")
    output: Path = option(Path("runs/pruning/pruned.safetensors"), "the checkpoint to write")


@dataclass(frozen=True, eq=False)
class Report:
    """What was cut, and what that saves."""

    plan: Plan
    before: Size
    after: Size
    path: Path

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {"path": self.path, "plan": self.plan.as_json(), "before": self.before.as_json(),
                "after": self.after.as_json()}

    def __str__(self) -> str:
        names = {"parameters": "parameters", "multiply_adds": "multiply-adds",
                 "file_bytes": "bytes"}
        rows = [f"{self.plan.cut:,} of {self.plan.total:,} channels cut, threshold "
                f"{self.plan.threshold:.4g}"]
        for key, name in names.items():
            old, new = getattr(self.before, key), getattr(self.after, key)
            rows.append(f"{name:>13}  {old:>13,} → {new:>13,}  ({new / old - 1:+.1%})")
        if self.plan.guarded:
            rows.append("one channel kept by the guard in: " + ", ".join(self.plan.guarded))
        return "\n".join([*rows, str(self.path)])


def pruned(model: Model, plan: Plan, config: Config) -> Model:
    """Return the cut network with a card that says how it was made; nothing is measured yet."""
    network = prune(network_of(model), plan, fold=config.fold)
    metrics = {**count(network).as_json(), "pruning": {**plan.as_json(), "fold": config.fold},
               "made_from": model.card.commands}
    card = replace(model.card, config=network.config, metrics=metrics, created="",
                   command=command("pruning", "prune", config))
    return Model(network, card)


def scores_of(model: Model, criterion: str) -> dict[str, np.ndarray]:
    """Return the scores of each layer's channels by a criterion, with all that it looks at."""
    return score(network_of(model), criterion, pictures_for(model, criterion))


def pictures_for(model: Model, criterion: str) -> LabelledPictures | None:
    """Return what Taylor's criterion looks at: pictures that a network learnt, if they are here."""
    names = [name for name in model.card.data.get("train", []) if name in available()]
    if criterion != "taylor" or not names:
        return None
    return open_pictures(names[0], "train").first(SEEN)


def run(config: Config) -> Report:
    """Cut one checkpoint and write the smaller one."""
    model = load(config.checkpoint)
    network = network_of(model)
    within(config, multiple=(1, 64))
    scores = scores_of(model, config.criterion)
    plan = make_plan(network, config.ratio, config.criterion, config.protected, scores,
                     config.multiple)
    small = pruned(model, plan, config)
    checkpoints.save(config.output, small.module, small.card)
    return Report(plan, count(network), count(network_of(small)), config.output)


VERB = Verb(Config, run, "Cut a share of the channels and write the smaller checkpoint.")
