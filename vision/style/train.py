"""Train a network that paints one style in a single pass, by the losses of the optimisation.

Johnson, Alahi, Fei-Fei, arXiv:1603.08155, equation 1: the weights of the painter are what is
optimised here, over many contents, instead of the pixels of one painting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from vision import checkpoints
from vision.checkpoints import Card
from vision.datasets import licences
from vision.images import read_picture
from vision.options import Verb, option
from vision.style.data import (
    PREPROCESS,
    check_picture,
    cut,
    normalise,
    open_contents,
    size_at,
    to_tensor,
)
from vision.style.features.extractor import EXTRACTORS, open_extractor
from vision.style.features.vgg_features import VggFeatures
from vision.style.models import ARCHITECTURES
from vision.style.objective import NAMES, Objective
from vision.style.settings import Settings
from vision.training import OnStep, Run, TrainingConfig, generator_for, on_terminal

PAINTER = "forward"


@dataclass(frozen=True, kw_only=True)
class Config(TrainingConfig):
    """Settings of one training."""

    style: Path = option(Path("assets/style/night.jpg"), "the style picture")
    contents: str = option("photographs", "what to paint: photographs, imagenette, tiny-imagenet, "
                           "cifar10 or a folder of your pictures")
    size: str = option("compact", "its size", lambda: ["tiny", "compact", "paper"])
    extractor: str = option("bundled", "the network that sees", lambda: list(EXTRACTORS))
    steps: int = 2000
    batch: int = 4
    side: int = option(128, "height and width of the pictures")
    style_side: int = option(384, "longest side of the style picture")
    content_weight: float = option(1.0, "weight of the content loss")
    style_weight: float = option(1000.0, "weight of the style loss")
    tv_weight: float = option(10.0, "weight of the total variation loss, which smooths")
    learning_rate: float = option(2e-3, "highest learning rate of the one-cycle schedule")
    output: Path = Path("runs/style/forward.safetensors")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train as configured, tell `on_step` of every step, and return the checkpoint's path."""
    config.check(batch=(1, 10**4), side=(64, 1024), style_side=(64, 2048), learning_rate=(1e-7, 1))
    config = checkpoints.with_target(config)
    style, contents = check_picture(read_picture(config.style)), open_contents(config.contents)
    run = Run(config, on_step)
    module = ARCHITECTURES.build(PAINTER, size=config.size)
    optimizer = torch.optim.Adam(module.parameters(), config.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.learning_rate,
                                                   total_steps=config.steps + 1, pct_start=0.1)
    module, optimizer, schedule = run.prepare(module, optimizer, schedule)
    objective, weights = make_objective(config, run, style)
    module.train()

    for _, pixels in run.steps(lambda number: make_batch(contents, config, run, number)):
        x = normalise(pixels.to(run.accelerator.device))
        losses = (weights * objective.about(x).losses(module(x).float())).mean(1)  # (3,)
        optimizer.zero_grad(set_to_none=True)
        run.accelerator.backward(losses.sum())
        torch.nn.utils.clip_grad_norm_(module.parameters(), 10.0)
        optimizer.step()
        schedule.step()
        sample = run.accelerator.unwrap_model(module) if on_step else None
        run.report(sample, loss=losses.sum().detach(),
                   **dict(zip(NAMES, losses.detach(), strict=True)))

    if run.accelerator.is_main_process:
        checkpoints.save(config.output, run.accelerator.unwrap_model(module), card(config, run))
    run.finish()
    return config.output


def make_objective(config: Config, run: Run, style: np.ndarray
                   ) -> tuple[Objective, torch.Tensor]:
    """Return the losses against the style picture, and their weights (3, 1)."""
    settings = Settings(config.content_weight, config.style_weight, config.tv_weight)
    device = run.accelerator.device
    half = run.accelerator.mixed_precision == "bf16"
    vgg = VggFeatures(open_extractor(config.extractor).get_submodule("features"),
                      (*settings.content_layers, *settings.style_layers), device=device,
                      dtype=torch.bfloat16 if half else torch.float32)
    x = to_tensor(style, size_at(style, config.style_side)).to(device)
    weights = torch.tensor(settings.weights.as_tuple(), device=device)[:, None]
    return Objective(vgg, x, [x], settings), weights


def make_batch(contents: Sequence[np.ndarray], config: Config, run: Run, number: int
               ) -> torch.Tensor:
    """Return step `number`'s pictures, uint8 (n, 3, side, side)."""
    random = generator_for(config.seed, number)
    cuts = [cut(contents, random, config.side) for _ in range(config.batch)]
    return torch.stack(cuts)[run.share(config.batch)]


def card(config: Config, run: Run) -> Card:
    """Return the model card, with the licence of what was painted."""
    name = config.contents
    licence = "public domain and CC0" if name == "photographs" else licences([name])[name]
    source = "scikit-image's photographs" if name == "photographs" else Path(name).name
    return run.card("style", PAINTER, {"size": config.size}, preprocess=PREPROCESS,
                    data={"style": config.style.name, "train": [source],
                          "extractor": config.extractor, "licences": {source: licence}},
                    metrics={"seconds": run.seconds})


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Train a network that paints one style in a single pass.")
