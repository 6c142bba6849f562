"""The cliff and the recovery: one checkpoint cut at many ratios, each time measured anew.

Every point goes onto the checkpoint's card at once, so a curve that was interrupted goes on.
"""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.data.image_folders import LabelledPictures
from vision.devices import best_device
from vision.options import Verb, command, option, within
from vision.pruning.count import count, latency
from vision.pruning.criteria import CRITERIA
from vision.pruning.data import SETS, open_pictures
from vision.pruning.evaluate import measure
from vision.pruning.models.parts import Network
from vision.pruning.plan import make_plan
from vision.pruning.predict import load, network_of
from vision.pruning.prune import Config as Cut
from vision.pruning.prune import pruned, scores_of
from vision.pruning.surgery import prune
from vision.pruning.train import Config as Training
from vision.pruning.train import train
from vision.training.progress import OnStep, on_terminal

TIMED = ((1, "fp32"), (64, "fp32"), (1, "bf16"), (64, "bf16"))  # batch and precision
ROUNDS = 5  # of measuring time, in each of which every point has its turn


@dataclass(frozen=True)
class Config:
    """Settings of `curve`."""

    checkpoint: Path = option(checkpoints.FOLDER / "pruning" / "vgg16.safetensors",
                              "the checkpoint to measure; its card gets the curve")
    criterion: str = option("gamma", "what ranks the channels", lambda: list(CRITERIA))
    step: float = option(0.05, "from one ratio to the next")
    last: float = option(0.95, "the highest ratio")
    data: tuple[str, ...] = option(("cifar10",), "the data sets, the one that counts first",
                                   lambda: list(SETS))
    limit: int = option(0, "use only so many pictures of each split; 0 is all")
    tune: int = option(200, "steps of fine-tuning at each ratio; 0 is none")
    scratch: int = option(0, "steps of training each shape from scratch; 0 is none")
    batch: int = option(128, "pictures a step")
    learning_rate: float = option(0.02, "highest learning rate of fine-tuning")
    seconds: float = option(1.0, "how long each latency is measured; 0 is not at all")
    seed: int = option(0, "seed of the trainings")


@dataclass(frozen=True)
class Point:
    """What one ratio gives; what was not asked for, or was stopped, is None."""

    ratio: float
    cut: int
    parameters: int
    multiply_adds: int
    file_bytes: int
    guarded: int
    accuracy: float
    accuracy_unfolded: float
    accuracy_tuned: float | None
    accuracy_scratch: float | None
    milliseconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Curve:
    """The points of one checkpoint, and the command that measured them."""

    criterion: str
    command: str
    device: str
    points: tuple[Point, ...]

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return asdict(self)

    def __str__(self) -> str:
        rows = ["ratio  parameters  multiply-adds  accuracy     tuned"]
        for point in self.points:
            tuned = "" if point.accuracy_tuned is None else f"{point.accuracy_tuned:.4f}"
            rows.append(f"{point.ratio:5.2f}  {point.parameters:10,}  {point.multiply_adds:13,}  "
                        f"{point.accuracy:8.4f}  {tuned:>8}")
        return "\n".join(rows)


def curve(config: Config, on_step: OnStep | None = None,
          on_point: Callable[[Point], object] | None = None) -> Curve:
    """Measure the ratios that the card lacks, and return the whole curve."""
    check(config)
    model = load(config.checkpoint)
    test = open_pictures(config.data[0], "test").first(config.limit)
    known = noted(model.card, config)
    for ratio in lacking(known, config):
        point = measured(config, model, test, ratio, on_step)
        known = replace(known, points=(*known.points, point))
        note(config.checkpoint, known)
        if on_point:
            on_point(point)
    if not clocked(known, config):
        known = replace(known, device=device_name(), points=timed(config, model, known.points))
        note(config.checkpoint, known)
    return known


def complete(config: Config) -> bool:
    """Return whether the card of a checkpoint has every point of this curve, and their times."""
    known = noted(checkpoints.read_card(config.checkpoint), config)
    return not lacking(known, config) and clocked(known, config)


def lacking(known: Curve, config: Config) -> list[float]:
    """Return the ratios that a curve does not have yet."""
    ratios = np.arange(0, config.last + config.step / 2, config.step).round(4).tolist()
    return [ratio for ratio in ratios if ratio not in [point.ratio for point in known.points]]


def clocked(known: Curve, config: Config) -> bool:
    """Return whether every point has its milliseconds, or none is wanted."""
    return not config.seconds or all(point.milliseconds for point in known.points)


def check(config: Config) -> None:
    """Raise for settings that cannot work."""
    within(config, step=(0.001, 0.99), last=(0, 0.99), limit=(0, 10**9), tune=(0, 10**7),
           scratch=(0, 10**7), batch=(2, 10**5), learning_rate=(1e-7, 10), seconds=(0, 60))


def noted(card: Card, config: Config) -> Curve:
    """Return the curve on a card if the same command made it, else an empty one."""
    made_by = command("pruning", "curve", config)
    found = card.metrics.get("curve")
    if not found or found["command"] != made_by:
        return Curve(config.criterion, made_by, device_name(), ())
    return Curve(**{**found, "points": tuple(Point(**point) for point in found["points"])})


def device_name() -> str:
    """Return what the milliseconds are measured on, in words."""
    device = best_device()
    if device.type == "cuda":
        return torch.cuda.get_device_name()
    return f"{device.type}, {platform.machine()}, {torch.get_num_threads()} thread(s)"


def note(path: Path, curve: Curve) -> None:
    """Write the curve on the checkpoint's card; its weights stay as they are."""
    checkpoints.add_metrics(path, {"curve": curve.as_json()})


def measured(config: Config, model: Model, test: LabelledPictures, ratio: float,
             on_step: OnStep | None) -> Point:
    """Return what one ratio gives, but for its milliseconds."""
    plan = make_plan(network_of(model), ratio, config.criterion,
                     scores=scores_of(model, config.criterion))
    cut = Cut(config.checkpoint, ratio, config.criterion)
    small = pruned(model, plan, cut)
    bare = pruned(model, plan, replace(cut, fold=False))
    return Point(
        ratio, plan.cut, **count(network_of(small)).as_json(), guarded=len(plan.guarded),
        accuracy=measure(small, test).accuracy,
        accuracy_unfolded=measure(bare, test).accuracy,
        accuracy_tuned=trained(config, small, config.tune, False, on_step),
        accuracy_scratch=trained(config, small, config.scratch, True, on_step))


def timed(config: Config, model: Model, points: Sequence[Point]) -> tuple[Point, ...]:
    """Return points with their milliseconds, measured in turns: what disturbs, disturbs all."""
    whole, scores = network_of(model), scores_of(model, config.criterion)
    slim = [prune(whole, make_plan(whole, point.ratio, config.criterion, scores=scores))
            for point in points]
    rounds = [[times(network, config.seconds / ROUNDS) for network in slim] for _ in range(ROUNDS)]
    return tuple(replace(point, milliseconds={name: median(round_[name] for round_ in own)
                                              for name in own[0]})
                 for point, own in zip(points, zip(*rounds, strict=True), strict=True))


def times(network: Network, seconds: float) -> dict[str, float]:
    """Return the milliseconds of each batch and precision."""
    return {f"{precision}, batch {batch}": latency(network, batch, precision, seconds, least=1)
            for batch, precision in TIMED}


def trained(config: Config, small: Model, steps: int, scratch: bool, on_step: OnStep | None
            ) -> float | None:
    """Return the accuracy after training a cut network, or its shape, for so many steps."""
    if not steps:
        return None
    with tempfile.TemporaryDirectory() as folder:
        start = checkpoints.save(Path(folder) / "cut.safetensors", small.module, small.card)
        rate = 0.1 if scratch else config.learning_rate
        done = train(Training(arch=small.card.arch, start=start, scratch=scratch,
                              data=config.data, limit=config.limit, steps=steps,
                              batch=config.batch, learning_rate=rate, seed=config.seed,
                              save_every=10**9, output=Path(folder) / "done.safetensors"),
                     on_step)
        card = checkpoints.read_card(done)
        return float(card.metrics["accuracy"]) if card.steps == steps else None


def run(config: Config) -> Curve:
    """Measure the curve with progress on the terminal."""
    return curve(config, on_terminal)


VERB = Verb(Config, run, "Measure a checkpoint at many ratios and note the curve on its card.")
