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

from vision import checkpoints, written
from vision.checkpoints import Card, Model
from vision.devices import bf16_is_faster
from vision.errors import UserError, unknown
from vision.gpu_fallback import on_best_device, or_on_cpu
from vision.images import read_picture, write_png
from vision.options import REQUIRED, Verb, option
from vision.style.data import check_picture, size_at, to_picture, to_tensor
from vision.style.features.extractor import EXTRACTORS, open_extractor
from vision.style.models import ARCHITECTURES, painters
from vision.style.models.any_style import AnyStyle
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
from vision.training.progress import Step, on_terminal


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


def predict(model: Model, content: np.ndarray, side: int = 600,
            style: np.ndarray | str | None = None, alpha: float = 1.0) -> Result:
    """Paint a picture in a single pass, its longest side `side`.

    The style is a picture for a network that takes any, and a name for one that knows several;
    `alpha` is how far to go from the content's own style to that picture's.
    """
    start = time.perf_counter()
    check_number("side", side, SMALLEST, LARGEST)
    check_number("alpha", alpha, 0, 1)
    check_picture(content)
    picture = paint(model.module, content, side, told(model, content, style, alpha))
    return Result(picture, time.perf_counter() - start)


@torch.inference_mode()
def told(model: Model, content: np.ndarray, style: np.ndarray | str | None, alpha: float
         ) -> torch.Tensor | None:
    """Return the style as the vector (1, M) that a network is told; none is its first one."""
    if not isinstance(model.module, AnyStyle):
        return _mixture(model, style) if isinstance(style, str) else None
    if not isinstance(style, np.ndarray):
        raise UserError("there is no style picture yet", "any picture will do",
                        "upload one or click a painting")
    side = model.card.data.get("style_side", 384)
    own, wanted = (model.module.statistics(to_tensor(one, size_at(one, side)).to(
        next(model.module.parameters()).device)) for one in (content, check_picture(style)))
    return torch.lerp(own, wanted, alpha)


def _mixture(model: Model, style: str) -> torch.Tensor:
    """Return the mixture (1, styles) of the style of that name alone."""
    known = styles_of(model.card)
    if style not in known:
        raise unknown("style", style, known)
    return torch.eye(len(known), device=next(model.module.parameters()).device)[
        known.index(style)][None]


def styles_of(card: Card) -> list[str]:
    """Return the names of the styles that a network knows, none if it takes any picture's."""
    return list(card.data.get("styles", [])) if card.arch == "forward" else []


@or_on_cpu
@torch.inference_mode()
def paint(module: nn.Module, content: np.ndarray, side: int, style: torch.Tensor | None = None
          ) -> np.ndarray:
    """Return what a network paints of a picture; one that is being trained may be asked too."""
    device = next(module.parameters()).device
    x = to_tensor(content, size_at(content, side)).to(device, memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16, enabled=bf16_is_faster(device.type)):
        return to_picture(module(x, *[] if style is None else [style.to(device)]))


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
    style: Path | None = option(None, "the style picture, or its name if a network knows it")
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
    alpha: float = option(1.0, "how much of the style, if a network paints any at once")
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
    if config.side is not None:
        changes["sides"] = (*chosen.sides[:-1], config.side)
    if config.steps is not None:
        changes["steps"] = (*chosen.steps[:-1], config.steps)
    return replace(chosen, **changes)


@dataclass(frozen=True)
class Written(written.Written):
    """What `predict` painted, and where it wrote it."""

    result: Result

    def __str__(self) -> str:
        height, width = self.result.picture.shape[:2]
        losses = "".join(f", {name} {value:.4g}" for name, value in self.result.losses.items())
        return f"{self.output}: {width}×{height} pixels in {self.result.seconds:.1f} s{losses}"


def run(config: Config) -> Written:
    """Paint one picture and write it."""
    content = read_picture(config.content)
    if config.checkpoint:
        model = load(config.checkpoint)
        side = FAST.sides[-1] if config.side is None else config.side
        result = predict(model, content, side, _style_for(model, config.style), config.alpha)
    else:
        extractor = config.extractor or PRESET_EXTRACTORS[config.preset]
        result = optimise(open_extractor(extractor), content, _styles(config),
                          settings_of(config), _show)
    write_png(config.output, result.picture)
    return Written(result, config.output)


def _styles(config: Config) -> list[np.ndarray]:
    if config.style is None:
        raise UserError("there is no style picture", "any picture will do",
                        "name one with --style, or a network with --checkpoint")
    return [read_picture(path) for path in (config.style, config.second_style) if path]


def _style_for(model: Model, path: Path | None) -> np.ndarray | str | None:
    """Return a style as a network takes it: the picture, or its name if it knows a few by name."""
    if path is None:
        return None
    return path.stem if styles_of(model.card) else read_picture(path)


def _show(frame: Frame) -> None:
    on_terminal(Step(frame.step, frame.total, frame.losses, frame.seconds))


VERB = Verb(Config, run, "Paint one picture in the style of another and write it as PNG.")
