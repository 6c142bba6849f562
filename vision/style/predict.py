"""From a content and a style to a painting: by optimisation, or by a network in a single pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from vision import checkpoints
from vision.checkpoints import Model
from vision.errors import UserError
from vision.gpu_fallback import on_best_device, or_on_cpu
from vision.images import read_picture, write_png
from vision.options import REQUIRED, Verb, option
from vision.style.data import check_picture, size_at, to_picture, to_tensor
from vision.style.features.extractor import EXTRACTORS, open_extractor
from vision.style.models import ARCHITECTURES
from vision.style.settings import (
    COLOURS,
    FAST,
    LARGEST,
    LEARNING_RATES,
    PRESET_EXTRACTORS,
    PRESETS,
    SMALLEST,
    Settings,
    check_number,
)
from vision.style.transfer import Frame, transfer
from vision.training import Step, bf16_is_faster, on_terminal


@dataclass(frozen=True, eq=False)
class Result:
    """A painting, how long it took, and for an optimised one its weighted losses at the end."""

    picture: np.ndarray  # uint8 (H, W, 3)
    seconds: float
    steps: int = 0
    losses: dict[str, float] = field(default_factory=dict)
    notice: str = ""

    def __post_init__(self) -> None:
        if self.picture.dtype != np.uint8 or self.picture.ndim != 3:
            raise ValueError(f"a picture of {self.picture.dtype} {self.picture.shape}")

    def as_json(self) -> dict[str, Any]:
        """Return all but the pixels in plain types."""
        height, width = self.picture.shape[:2]
        return {"height": height, "width": width, "seconds": self.seconds, "steps": self.steps,
                "losses": self.losses, "notice": self.notice}


def load(path: Path) -> Model:
    """Return the network of a checkpoint that paints in a single pass, on the best device."""
    model = checkpoints.load(path, ARCHITECTURES)
    if not ARCHITECTURES[model.card.arch].facts["paints"]:
        raise UserError("a '{arch}' does not paint", "known are {known}", "choose one of them",
                        arch=model.card.arch, known=", ".join(painters()))
    on_best_device(model.module).to(memory_format=torch.channels_last)
    return model


def painters() -> list[str]:
    """Return the names of the architectures that paint."""
    return [entry.name for entry in ARCHITECTURES if entry.facts["paints"]]


def predict(model: Model, content: np.ndarray, side: int = 600) -> Result:
    """Paint a picture in a single pass, its longest side `side`."""
    start = time.perf_counter()
    check_number("side", side, SMALLEST, LARGEST)
    picture = paint(model.module, check_picture(content), side)
    return Result(picture, time.perf_counter() - start)


@or_on_cpu
@torch.inference_mode()
def paint(module: nn.Module, content: np.ndarray, side: int) -> np.ndarray:
    """Return what a network paints of a picture; one that is being trained may be asked too."""
    device = next(module.parameters()).device
    x = to_tensor(content, size_at(content, side)).to(device)
    with torch.autocast(device.type, torch.bfloat16, enabled=bf16_is_faster(device.type)):
        return to_picture(module(x.to(memory_format=torch.channels_last)))  # (1, 3, h, w)


def optimise(extractor: nn.Module, content: np.ndarray, styles: list[np.ndarray],
             settings: Settings = FAST, on_frame: Callable[[Frame], object] | None = None
             ) -> Result:
    """Paint a picture step by step, and tell `on_frame` of every frame."""
    for frame in transfer(extractor, content, styles, settings):
        if on_frame:
            on_frame(frame)
    return Result(frame.picture, frame.seconds, frame.step, frame.losses, frame.notice)


@dataclass(frozen=True)
class Config:
    """Settings of `predict`; what is none is as in the preset."""

    content: Path = option(REQUIRED, "the picture to paint", positional=True)
    style: Path | None = option(None, "the style picture")
    second_style: Path | None = option(None, "a second one to blend with it")
    preset: str = option("fast", "the settings to begin with", lambda: list(PRESETS))
    extractor: str | None = option(None, "the network that sees; none is the preset's",
                                   lambda: list(EXTRACTORS))
    checkpoint: Path | None = option(None, "a network that paints at once, instead of a style")
    side: int | None = option(None, "longest side of the painting")
    steps: int | None = option(None, "steps of the last pass")
    content_weight: float | None = option(None, "weight of the content loss")
    style_weight: float | None = option(None, "weight of the style loss")
    tv_weight: float | None = option(None, "weight of the total variation loss")
    blend: float | None = option(None, "share of the second style")
    optimizer: str | None = option(None, "the optimizer", lambda: [*LEARNING_RATES])
    colours: str | None = option(None, "whose colours", lambda: [*COLOURS])
    output: Path = option(Path("runs/style/painting.png"), "where the painting is written")


def settings_of(config: Config) -> Settings:
    """Return the preset with what the flags change."""
    chosen = PRESETS[config.preset]
    own = {name.name for name in fields(Settings)} - {"steps"}
    changes = {name: value for name, value in vars(config).items()
               if name in own and value is not None}
    if config.side:
        changes["sides"] = (*chosen.sides[:-1], config.side)
    if config.steps:
        changes["steps"] = (*chosen.steps[:-1], config.steps)
    return replace(chosen, **changes)


def run(config: Config) -> Result:
    """Paint one picture and write it."""
    content = read_picture(config.content)
    if config.checkpoint:
        side = config.side or FAST.sides[-1]
        result = predict(load(config.checkpoint), content, side)
    else:
        extractor = config.extractor or PRESET_EXTRACTORS[config.preset]
        result = optimise(open_extractor(extractor), content, _styles(config),
                          settings_of(config), _show)
    write_png(config.output, result.picture)
    return result


def _styles(config: Config) -> list[np.ndarray]:
    if config.style is None:
        raise UserError("there is no style picture", "any picture will do",
                        "name one with --style, or a network with --checkpoint")
    return [read_picture(path) for path in (config.style, config.second_style) if path]


def _show(frame: Frame) -> None:
    on_terminal(Step(frame.step, frame.total, frame.losses, frame.seconds))


VERB = Verb(Config, run, "Paint one picture in the style of another and write it as PNG.")
