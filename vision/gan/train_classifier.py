"""Train the classifier that reads what the GANs draw; it sees real pictures only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional

from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.datasets import licences
from vision.gan.data import SETS, Pictures, open_pictures
from vision.gan.models import ARCHITECTURES
from vision.gan.predict import load, read
from vision.options import Verb, command, option, within
from vision.training import Average, OnStep, Run, generator_for, on_terminal

SHIFT = 2  # pixels


@dataclass(frozen=True)
class Config:
    """Settings of one training."""

    data: str = option("mnist", "the data set", lambda: list(SETS))
    size: str = option("compact", "its size", lambda: ["compact", "paper"])
    steps: int = option(2500, "how many steps to train")
    batch: int = option(128, "pictures a step, over all processes")
    flip: bool = option(False, "mirror pictures at random, which suits garments")
    learning_rate: float = option(4e-3, "highest learning rate of the one-cycle schedule")
    seed: int = option(0, "seed of weights, order and shifts")
    precision: str = option("auto", "auto, bf16 or fp32", lambda: ["auto", "bf16", "fp32"])
    output: Path = option(Path("runs/gan/classifier-{data}.safetensors"),
                          "the checkpoint to write")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train as configured, tell `on_step` of every step, and return the checkpoint's path."""
    within(config, steps=(1, 10**9), batch=(2, 10**6), learning_rate=(1e-7, 1))
    config = checkpoints.with_target(config)
    pictures = open_pictures(config.data, "train")
    run = Run(config, config.output.parent, on_step, save_every=1000)
    module = ARCHITECTURES.build("classifier", classes=len(pictures.classes), size=config.size)
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
        run.report(loss=loss.detach())

    if run.accelerator.is_main_process:
        write(config, run, average, pictures.classes)
    run.finish()
    return config.output


def make_batch(pictures: Pictures, config: Config, run: Run, number: int
               ) -> tuple[torch.Tensor, torch.Tensor]:
    """Return step `number`'s pictures, shifted by up to two pixels together, and labels."""
    random = generator_for(config.seed, number)
    index = random.integers(len(pictures), size=config.batch)[run.share(config.batch)]
    x, y = pictures.batch(torch.from_numpy(index))
    down, right = random.integers(-SHIFT, SHIFT + 1, 2).tolist()
    x = x.roll((down, right), (2, 3))
    return (x.flip(3) if config.flip and random.random() < 0.5 else x), y


def write(config: Config, run: Run, average: Average, classes: tuple[str, ...]) -> None:
    """Write the averaged classifier, then measure the file and write its card again."""
    checkpoints.save(config.output, average.module, describe(config, run, classes, {}))
    model = load(config.output)
    metrics: dict[str, object] = {
        "accuracy": accuracy(model, open_pictures(config.data, "test")),
        "val_accuracy": accuracy(model, open_pictures(config.data, "val")),
        "seconds": run.seconds,
    }
    checkpoints.save(config.output, model.module, describe(config, run, classes, metrics))


def accuracy(model: Model, pictures: Pictures) -> float:
    """Return the share of pictures that are read as what they are."""
    x, y = pictures.batch(slice(None))
    return float((read(model, x).argmax(1) == y).float().mean())


def describe(config: Config, run: Run, classes: tuple[str, ...], metrics: dict[str, object]
             ) -> Card:
    """Return the model card of this training."""
    return Card(
        system="gan", arch="classifier", config={"classes": len(classes), "size": config.size},
        classes=classes, preprocess={"side": 28, "range": [0, 1]},
        data={"train": [config.data], "test": f"{config.data} test",
              "licences": licences([config.data])},
        metrics=metrics, command=command("gan", "train_classifier", config), seed=config.seed,
        steps=run.number, device=run.device,
    )


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Train the classifier that reads what the GANs draw.")
