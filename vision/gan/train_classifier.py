"""Train a classifier that reads what the GANs draw; it sees real pictures only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.nn import functional

from vision import checkpoints
from vision.checkpoints import Model
from vision.data.datasets import licences
from vision.data.image_folders import LabelledPictures
from vision.gan.data import SETS, open_pictures, preprocess
from vision.gan.models import ARCHITECTURES, classifiers
from vision.gan.predict import load, read
from vision.gan.warm_start import settings_for
from vision.options import Verb, option
from vision.randomness import generator_for
from vision.training.average import Average
from vision.training.config import ValidatingConfig
from vision.training.progress import OnStep, on_terminal
from vision.training.run import Run

SHIFT = 2  # pixels


@dataclass(frozen=True, kw_only=True)
class Config(ValidatingConfig):
    """Settings of one training."""

    data: str = option("mnist", "the data set", lambda: list(SETS))
    arch: str = option("classifier", "the architecture", classifiers)
    size: str = option("compact", "its size", lambda: ["compact", "paper"])
    steps: int = 2500
    batch: int = 128
    flip: bool = option(False, "mirror pictures at random, which suits garments")
    learning_rate: float = option(4e-3, "highest learning rate of the one-cycle schedule")
    seed: int = option(0, "seed of weights, order and shifts")
    save_every: int = 1000
    output: Path = Path("runs/gan/{arch}-{data}.safetensors")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train as configured, tell `on_step` of every step, and return the checkpoint's path."""
    config.check(batch=(2, 10**6), learning_rate=(1e-7, 1))
    config = checkpoints.with_target(config)
    pictures, val = (open_pictures(config.data, split) for split in ("train", "val"))
    run = Run(config, on_step)
    module = ARCHITECTURES.build(config.arch, **settings_for(pictures, config.size))
    average = Average(module, 0.995)
    optimizer = torch.optim.AdamW(module.parameters(), config.learning_rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.learning_rate,
                                                   total_steps=config.steps + 1, pct_start=0.2)
    module, optimizer, schedule, average = run.prepare(module, optimizer, schedule, average)
    module.train()

    for _, (x, y) in run.steps(lambda number: make_batch(pictures, config, run, number)):
        logits = module(x.to(run.accelerator.device))
        loss = functional.cross_entropy(logits.float(), y.to(logits.device))
        optimizer.zero_grad(set_to_none=True)
        run.accelerator.backward(loss)
        optimizer.step()
        schedule.step()
        average.update(run.accelerator.unwrap_model(module))
        values: dict[str, float | torch.Tensor] = {"loss": loss.detach()}
        if run.is_to_validate:
            values["val_accuracy"] = accuracy(model_of(config, run, average, val), val)
        run.report(**values)

    if run.accelerator.is_main_process:
        write(model_of(config, run, average, val), config, run)
    run.finish()
    return config.output


def make_batch(pictures: LabelledPictures, config: Config, run: Run, number: int
               ) -> tuple[torch.Tensor, torch.Tensor]:
    """Return step `number`'s pictures, shifted by up to two pixels together, and labels."""
    random = generator_for(config.seed, number)
    index = random.integers(len(pictures), size=config.batch)[run.share(config.batch)]
    x, y = pictures.batch(torch.from_numpy(index))
    down, right = random.integers(-SHIFT, SHIFT + 1, 2).tolist()
    x = x.roll((down, right), (2, 3))
    return (x.flip(3) if config.flip and random.random() < 0.5 else x), y


def model_of(config: Config, run: Run, average: Average, pictures: LabelledPictures) -> Model:
    """Return the averaged weights as a model that `read` accepts."""
    return Model(average.module.eval(), run.card(
        "gan", config.arch, settings_for(pictures, config.size), verb="train_classifier",
        classes=pictures.classes, preprocess=preprocess(pictures),
        data={"train": [config.data], "test": f"{config.data} test",
              "licences": licences([config.data])}))


def write(model: Model, config: Config, run: Run) -> None:
    """Write the classifier, then measure the file and write its card again."""
    checkpoints.save(config.output, model.module, model.card)
    kept = load(config.output)
    metrics = {"accuracy": accuracy(kept, open_pictures(config.data, "test")),
               "val_accuracy": accuracy(kept, open_pictures(config.data, "val")),
               "seconds": run.seconds}
    checkpoints.save(config.output, kept.module, replace(model.card, metrics=metrics))


def accuracy(model: Model, pictures: LabelledPictures) -> float:
    """Return the share of pictures that are read as what they are."""
    x, y = pictures.batch(slice(None))
    return float((read(model, x).argmax(1) == y).float().mean())


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Train a classifier that reads what the GANs draw.")
