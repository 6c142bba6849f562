"""Train a network that paints in a single pass, by the losses of the optimisation.

Johnson, Alahi, Fei-Fei, arXiv:1603.08155, equation 1: the weights of the painter are what is
optimised here, over many contents, instead of the pixels of one painting. Each picture of a batch
is to be painted in a style of its own (arXiv:1610.07629).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from vision import checkpoints
from vision.checkpoints import Card
from vision.data.datasets import licences
from vision.errors import UserError
from vision.images import read_picture
from vision.options import Verb, option
from vision.randomness import generator_for
from vision.style.data import PREPROCESS, check_picture, cuts, normalise, open_contents
from vision.style.features.extractor import EXTRACTORS, SLIM, open_extractor
from vision.style.features.vgg_features import VggFeatures
from vision.style.models import ARCHITECTURES, painters
from vision.style.models.any_style import AnyStyle
from vision.style.objectives.targets import LEARNT, Targets
from vision.style.objectives.whole import NAMES
from vision.style.settings import Settings
from vision.style.taught_styles import TaughtStyles, any_styles, learnt_styles
from vision.training.average import Average
from vision.training.config import TrainingConfig
from vision.training.progress import OnStep, on_terminal
from vision.training.run import Run

CALIBRATION = 16  # photographs that say how far away a style is


@dataclass(frozen=True, kw_only=True)
class Config(TrainingConfig):
    """Settings of one training."""

    arch: str = option("forward", "forward knows the styles that it learnt by, any_style takes any",
                       painters)
    style: tuple[Path, ...] = option((Path("assets/style/night.jpg"),), "the style pictures")
    contents: str = option("photographs", "what to paint: photographs, imagenette, tiny-imagenet, "
                           "cifar10 or a folder of your pictures")
    start: Path | None = option(None, "a network of the same kind to go on from")
    size: str = option("compact", "its size", lambda: ["tiny", "compact", "paper"])
    extractor: str = option("slim", "the network that sees", lambda: list(EXTRACTORS))
    steps: int = 2000
    batch: int = 4
    side: int = option(128, "height and width of the pictures")
    style_side: int = option(384, "longest side of the style pictures")
    content_weight: float = option(1.0, "weight of the content loss, a share of photographs'")
    style_weight: float = option(15.0, "weight of the style loss, a share of photographs'")
    tv_weight: float = option(1.0, "weight of the total variation loss, which smooths")
    learning_rate: float = option(2e-3, "highest learning rate of the one-cycle schedule")
    output: Path = Path("runs/style/forward.safetensors")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train as configured, tell `on_step` of every step, and return the checkpoint's path."""
    check(config)
    config = checkpoints.with_target(config)
    contents = open_contents(config.contents)
    run = Run(config, on_step)
    targets = make_targets(config, run, contents)
    module, styles = begin(config, targets, contents)
    average = Average(module)
    optimizer = torch.optim.Adam([weights for weights in module.parameters()
                                  if weights.requires_grad], config.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.learning_rate,
                                                   total_steps=config.steps + 1, pct_start=0.1)
    module, optimizer, schedule, average = run.prepare(module, optimizer, schedule, average)
    weights = torch.tensor(Settings(config.content_weight, config.style_weight, config.tv_weight)
                           .weights.as_tuple(), device=run.accelerator.device)
    module.train()

    for number, pixels in run.steps(lambda number: make_batch(contents, config, run, number)):
        x = normalise(pixels.to(run.accelerator.device))
        told, grams = styles.batch(number, config.batch, run.share(config.batch))
        losses = targets.shares(x, module(x, told).float(), grams).mean(1)  # (3,)
        optimizer.zero_grad(set_to_none=True)
        run.accelerator.backward((weights * losses).sum())
        torch.nn.utils.clip_grad_norm_(module.parameters(), 10.0)
        optimizer.step()
        schedule.step()
        average.update(run.accelerator.unwrap_model(module))
        run.report(average.module if on_step else None, loss=(weights * losses).sum().detach(),
                   **dict(zip(NAMES, losses.detach(), strict=True)))

    if run.accelerator.is_main_process:
        checkpoints.save(config.output, average.module, card(config, run), bits=8)
    run.finish()
    return config.output


def check(config: Config) -> None:
    """Raise for settings that cannot work."""
    config.check(batch=(1, 10**4), side=(64, 1024), style_side=(64, 2048), learning_rate=(1e-7, 1))
    if not config.style:
        raise UserError("there is no style picture", "any picture will do",
                        "name one with --style")


def make_targets(config: Config, run: Run, contents: Sequence[np.ndarray]) -> Targets:
    """Return the losses as photographs scale them."""
    layers = (*LEARNT.content_layers, *LEARNT.style_layers)
    half = run.precision == "bf16"
    vgg = VggFeatures(open_extractor(config.extractor).get_submodule("features"), layers,
                      LEARNT.pooling, run.accelerator.device,
                      dtype=torch.bfloat16 if half else torch.float32)
    random = generator_for(config.seed, 2**32)  # no step has this number
    photographs = cuts(contents, random, CALIBRATION, config.side)
    return Targets(vgg, normalise(photographs.to(run.accelerator.device)))


def begin(config: Config, targets: Targets, contents: Sequence[np.ndarray]
          ) -> tuple[nn.Module, TaughtStyles]:
    """Return the network to train, and the styles that it is to paint in."""
    pictures = [check_picture(read_picture(path)) for path in config.style]
    arch, settings = module_of(config)
    module = ARCHITECTURES.build(arch, **settings)
    if isinstance(module, AnyStyle):
        features = open_extractor("slim").get_submodule("features")
        styles = any_styles(module, features, targets, pictures, contents, config.style_side,
                            config.seed)
    else:
        styles = learnt_styles(targets, pictures, config.style_side, config.seed)
    if config.start is not None:
        module.load_state_dict(same_kind(config.start, module_of(config)).state_dict())
    return module, styles


def module_of(config: Config) -> tuple[str, dict[str, Any]]:
    """Return the architecture to train and its settings."""
    many = {"styles": len(config.style)} if config.arch == "forward" else {}
    return config.arch, {"size": config.size, **many}


def same_kind(path: Path, wanted: tuple[str, dict[str, Any]]) -> nn.Module:
    """Return the network of a checkpoint that a training may go on from."""
    model = checkpoints.load(path, ARCHITECTURES)
    if (found := (model.card.arch, model.card.config)) != wanted:
        raise UserError("'{file}' holds a '{found}'", "a '{wanted}' is accepted here",
                        "choose another checkpoint or architecture", file=path.name,
                        found=described(*found), wanted=described(*wanted))
    return model.module


def described(arch: str, config: dict[str, Any]) -> str:
    """Return an architecture with its settings in one phrase."""
    return f"{arch} ({', '.join(f'{name} {value}' for name, value in config.items())})"


def lineage(config: Config) -> dict[str, list[str]]:
    """Return how the checkpoint that this training goes on from was made."""
    if config.start is None:
        return {}
    return {"made_from": checkpoints.read_card(config.start).commands}


def make_batch(contents: Sequence[np.ndarray], config: Config, run: Run, number: int
               ) -> torch.Tensor:
    """Return step `number`'s pictures, uint8 (n, 3, side, side)."""
    random = generator_for(config.seed, number)
    return cuts(contents, random, config.batch, config.side)[run.share(config.batch)]


def card(config: Config, run: Run) -> Card:
    """Return the model card, with the licences of what was painted, and of what it sees with."""
    name = config.contents
    licence = "public domain and CC0" if name == "photographs" else licences([name])[name]
    source = "scikit-image's photographs" if name == "photographs" else Path(name).name
    arch, settings = module_of(config)
    seen = {} if arch == "forward" else checkpoints.read_card(SLIM).data.get("licences", {})
    return run.card("style", arch, settings, preprocess=PREPROCESS,
                    data={"styles": [path.stem for path in config.style], "train": [source],
                          "style_side": config.style_side,
                          "extractor": config.extractor, "licences": {source: licence} | seen},
                    metrics={"seconds": run.seconds, **lineage(config)})


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Train a network that paints in a single pass.")
