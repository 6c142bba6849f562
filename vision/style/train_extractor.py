"""Train the network that sees: VGG-19 with batch normalisation, as a classifier of photographs.

The normalisation is then folded into the convolutions, and every filter is scaled to the same
mean activation (Gatys, Ecker, Bethge, arXiv:1508.06576), so that the losses of all layers can be
weighed alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from vision import checkpoints
from vision.datasets import licences
from vision.errors import UserError
from vision.image_folders import SIDES, SPLITS, LabelledPictures, augment, open_labelled
from vision.options import Verb, option, within
from vision.style.data import PREPROCESS, normalise
from vision.style.models.vgg19 import Classifier, balance, folded
from vision.training import Average, OnStep, Run, TrainingConfig, generator_for, on_terminal

WARM = 0.15  # share of the steps in which the learning rate rises
Batch = dict[str, tuple[torch.Tensor, torch.Tensor]]


@dataclass(frozen=True, kw_only=True)
class Config(TrainingConfig):
    """Settings of one training."""

    size: str = option("paper", "its size", lambda: ["compact", "paper"])
    data: tuple[str, ...] = option(("cifar10", "tiny-imagenet"), "the data sets, one head for each",
                                   lambda: sorted(SIDES))
    batch: tuple[int, ...] = option((96, 24), "pictures of each data set a step")
    steps: int = 2200
    learning_rate: float = option(0.05, "highest learning rate of the one-cycle schedule")
    weight_decay: float = option(5e-4, "weight decay")
    level: float = option(2.0, "mean activation that every filter is scaled to")
    output: Path = Path("runs/style/vgg19.safetensors")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train as configured, tell `on_step` of every step, and return the checkpoint's path."""
    check(config)
    config = checkpoints.with_target(config)
    sets = {name: open_labelled(name, "train") for name in config.data}
    run = Run(config, on_step)
    module = Classifier(config.size, {name: len(data.classes) for name, data in sets.items()})
    average = Average(module, 0.995)
    optimizer = torch.optim.SGD(module.parameters(), config.learning_rate, momentum=0.9,
                                weight_decay=config.weight_decay, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.learning_rate,
                                                   total_steps=config.steps + 1, pct_start=WARM)
    module, optimizer, schedule, average = run.prepare(module, optimizer, schedule, average)

    for _, batch in run.steps(lambda number: make_batch(sets, config, run, number)):
        module.train()
        losses = losses_of(module, batch, run)
        optimizer.zero_grad(set_to_none=True)
        run.accelerator.backward(torch.stack(list(losses.values())).sum())
        optimizer.step()
        schedule.step()
        average.update(run.accelerator.unwrap_model(module))
        run.report(**{name: loss.detach() for name, loss in losses.items()})

    if run.accelerator.is_main_process:
        write(config, run, average)
    run.finish()
    return config.output


def check(config: Config) -> None:
    """Raise for settings that cannot work."""
    within(config, steps=(1, 10**9), learning_rate=(1e-7, 10), weight_decay=(0, 1),
           level=(1e-3, 1e3), save_every=(1, 10**9))
    if len(config.batch) != len(config.data) or min(config.batch) < 2:
        raise UserError("the batch sizes are {batch} for {count} data sets",
                        "a number above 1 for each is accepted", "change --batch or --data",
                        batch=config.batch, count=len(config.data))


def make_batch(sets: dict[str, LabelledPictures], config: Config, run: Run, number: int) -> Batch:
    """Return step `number`'s pictures (n, 3, S, S) and labels (n,) of each data set."""
    batch = {}
    for place, (name, size) in enumerate(zip(config.data, config.batch, strict=True)):
        random = generator_for(config.seed, number, place)
        index = torch.from_numpy(random.integers(len(sets[name]), size=size))[run.share(size)]
        batch[name] = (augment(sets[name].pixels[index], random, SIDES[name] // 8),
                       sets[name].labels[index])
    return batch


def losses_of(module: nn.Module, batch: Batch, run: Run) -> dict[str, torch.Tensor]:
    """Return the cross-entropy on each data set."""
    device = run.accelerator.device
    logits = module({name: normalise(x.to(device)) for name, (x, _) in batch.items()})
    return {name: functional.cross_entropy(logits[name].float(), y.to(device))
            for name, (_, y) in batch.items()}


def write(config: Config, run: Run, average: Average) -> None:
    """Measure the classifier, fold and balance its convolutions, and write them."""
    classifier = average.module.cpu().float()
    metrics: dict[str, object] = {
        "accuracy": {name: accuracy(classifier, name, SPLITS[name][1]) for name in config.data},
        "seconds": run.seconds}
    extractor = folded(classifier, config.size)
    balance(extractor, calibration(config), config.level)
    card = run.card("style", "vgg19", {"size": config.size}, verb="train_extractor",
                    preprocess=PREPROCESS, metrics=metrics,
                    data={"train": list(config.data), "licences": licences(config.data)})
    checkpoints.save(config.output, extractor, card, bits=8)


@torch.inference_mode()
def accuracy(classifier: nn.Module, name: str, split: str) -> float:
    """Return the share of a split's pictures that are classified correctly."""
    data = open_labelled(name, split)
    right = [(classifier({name: normalise(x)})[name].argmax(1) == y).sum()
             for x, y in zip(data.pixels.split(250), data.labels.split(250), strict=True)]
    return float(torch.stack(right).sum() / len(data))


def calibration(config: Config, count: int = 400) -> torch.Tensor:
    """Return the pictures (n, 3, S, S) by which the filters are balanced: the largest at hand."""
    data = open_labelled(max(config.data, key=SIDES.__getitem__), "train")
    index = np.linspace(0, len(data) - 1, count).astype(int)
    return normalise(data.pixels[index])


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Train the VGG-19 whose features say what content and style are.")
