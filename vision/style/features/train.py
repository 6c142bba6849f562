"""Teach the network that sees: what public networks see in photographs must follow from it.

It may begin with public weights. Its layers are scaled at the end so that they count alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vision import checkpoints
from vision.checkpoints import Card
from vision.data import pretrained
from vision.data.datasets import licences
from vision.errors import UserError
from vision.options import Verb, option
from vision.randomness import generator_for
from vision.style.data import PREPROCESS, cuts, normalise, open_contents
from vision.style.features.balance import balance
from vision.style.features.teachers import Pupil, Teacher, fit, unexplained, widths_of
from vision.style.features.warm_start import BEGINNINGS, SIZES, begin
from vision.style.models.vgg19 import SHARE, Extractor
from vision.training.average import Average
from vision.training.config import TrainingConfig
from vision.training.progress import OnStep, on_terminal
from vision.training.run import Run

WARM = 0.1  # share of the steps in which the learning rate rises
HELD_BACK = 10  # every so many'th photograph is only measured with
FITTED, CALIBRATION, MEASURED = 24, 48, 24  # photographs


@dataclass(frozen=True, kw_only=True)
class Config(TrainingConfig):
    """Settings of one training."""

    size: str = option("slim", "its size", lambda: sorted(SHARE))
    begin: str = option("", "the public network whose weights it begins with",
                        lambda: ["", *BEGINNINGS])
    teacher: tuple[str, ...] = option(("vgg16-bsds", "vgg19-slim-teacher"),
                                      "the public networks whose features it learns",
                                      lambda: list(BEGINNINGS))
    photographs: str = option("imagenette", "what to look at: imagenette, tiny-imagenet, "
                              "photographs or a folder of your pictures")
    side: int = option(96, "height and width of the pictures")
    batch: int = 4
    steps: int = option(900, "how many steps to train; with 0 it stays as it begins")
    learning_rate: float = option(1e-4, "highest learning rate of the one-cycle schedule")
    level: float = option(0.16, "style loss of two photographs that every layer is scaled to")
    output: Path = Path("runs/style/vgg19-{size}.safetensors")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train as configured, tell `on_step` of every step, and return the checkpoint's path."""
    check(config)
    config = checkpoints.with_target(config)
    learnt, measured = split(open_contents(config.photographs))
    run = Run(config, on_step)
    teachers = make_teachers(config, run)
    extractor = begin(config.begin) if config.begin else Extractor(config.size, "reflect")
    module = Pupil(extractor, widths_of(teachers))
    fit(module, teachers, sample(learnt, FITTED, config).split(config.batch))
    average = Average(module, 0.99)
    optimizer = torch.optim.Adam([
        {"params": module.extractor.parameters(), "lr": config.learning_rate},
        {"params": module.maps.parameters(), "lr": 10 * config.learning_rate}])
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [config.learning_rate, 10 * config.learning_rate],
        total_steps=config.steps + 1, pct_start=WARM)
    module, optimizer, schedule, average = run.prepare(module, optimizer, schedule, average)

    for _, pixels in run.steps(lambda number: make_batch(learnt, config, run, number)):
        module.train()
        losses = losses_of(module, teachers, normalise(pixels.to(run.accelerator.device)))
        optimizer.zero_grad(set_to_none=True)
        run.accelerator.backward(torch.stack(list(losses.values())).mean())
        optimizer.step()
        schedule.step()
        average.update(run.accelerator.unwrap_model(module))
        run.report(**{name: loss.detach() for name, loss in losses.items()})

    if run.accelerator.is_main_process:
        write(config, run, average, learnt, measured)
    run.finish()
    return config.output


def check(config: Config) -> None:
    """Raise for settings that cannot work."""
    config.check(side=(32, 512), batch=(1, 10**4), steps=(0, 10**9), learning_rate=(1e-7, 1),
                 level=(1e-6, 1e6))
    if config.begin and SIZES[config.begin] != config.size:
        raise UserError("'{name}' has the size '{found}', not '{wanted}'",
                        "the same size is accepted", "change --size or --begin",
                        name=config.begin, found=SIZES[config.begin], wanted=config.size)


class Part(Sequence[np.ndarray]):
    """Some of many photographs, by their numbers."""

    def __init__(self, whole: Sequence[np.ndarray], numbers: Sequence[int]) -> None:
        self.whole, self.numbers = whole, numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, place: Any) -> Any:
        return self.whole[self.numbers[place]]


def split(photographs: Sequence[np.ndarray]) -> tuple[Part, Part]:
    """Return the photographs to learn from, and those that are held back to measure with."""
    numbers = range(len(photographs))
    return (Part(photographs, [number for number in numbers if number % HELD_BACK]),
            Part(photographs, numbers[::HELD_BACK]))


def make_teachers(config: Config, run: Run) -> list[Teacher]:
    """Return the teachers, as precise as the training is."""
    half = run.precision == "bf16"
    return [Teacher(name, run.accelerator.device, torch.bfloat16 if half else torch.float32)
            for name in config.teacher]


def make_batch(photographs: Sequence[np.ndarray], config: Config, run: Run, number: int
               ) -> torch.Tensor:
    """Return step `number`'s pictures, uint8 (n, 3, side, side)."""
    random = generator_for(config.seed, number)
    return cuts(photographs, random, config.batch, config.side)[run.share(config.batch)]


def losses_of(module: torch.nn.Module, teachers: Sequence[Teacher], x: torch.Tensor
              ) -> dict[str, torch.Tensor]:
    """Return by teacher the mean share of its layers' features that is not yet understood."""
    guesses = module(x)
    return {teacher.name: torch.stack([unexplained(guesses[f"{teacher.name}:{layer}"], seen)
                                       for layer, seen in teacher(x).items()]).mean()
            for teacher in teachers}


def write(config: Config, run: Run, average: Average, learnt: Sequence[np.ndarray],
          measured: Sequence[np.ndarray]) -> None:
    """Measure what was understood, balance the layers, and write the extractor."""
    pupil = average.module.cpu().float()
    metrics = {"unexplained": understood(pupil, config, measured), "seconds": run.seconds}
    extractor = pupil.get_submodule("extractor")
    assert isinstance(extractor, Extractor)
    balance(extractor, sample(learnt, CALIBRATION, config), config.level)
    checkpoints.save(config.output, extractor, card(config, run, metrics), bits=8)


@torch.inference_mode()
def understood(pupil: torch.nn.Module, config: Config, photographs: Sequence[np.ndarray]
               ) -> dict[str, float]:
    """Return, by teacher, the share of its features that is not understood in new photographs."""
    x = sample(photographs, MEASURED, config)
    return {name: float(loss) for name, loss in losses_of(
        pupil, [Teacher(name) for name in config.teacher], x).items()}


def sample(photographs: Sequence[np.ndarray], count: int, config: Config) -> torch.Tensor:
    """Return cuts (n, 3, side, side) of photographs, always the same ones."""
    random = generator_for(config.seed, 2**32)  # no step has this number
    return normalise(cuts(photographs, random, count, config.side))


def card(config: Config, run: Run, metrics: dict[str, object]) -> Card:
    """Return the model card, with the licences of photographs and public networks."""
    public = {name: None for name in (config.begin, *config.teacher) if name}
    return run.card(
        "style", "vgg19", {"size": config.size, "padding": "reflect"}, verb="train_extractor",
        preprocess=PREPROCESS, metrics=metrics,
        data={"train": [config.photographs], "begins_with": config.begin,
              "teachers": list(config.teacher) if run.number else [],
              "licences": licences([config.photographs]) | pretrained.credits(public)})


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Teach the VGG-19 whose features say what content and style are.")
