"""Measure paintings, optimised or a network's, by the losses themselves in float32.

Beside the network that painted, others are asked: vision/style/other_eyes.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from vision.checkpoints import Model
from vision.devices import best_device
from vision.gpu_fallback import or_on_cpu
from vision.images import read_picture
from vision.options import REQUIRED, Verb, option
from vision.style.features.extractor import EXTRACTORS, open_extractor
from vision.style.objectives.whole import NAMES
from vision.style.other_eyes import Judgement, judges, left_out, seen_by
from vision.style.predict import load, optimise, predict
from vision.style.scene import Scene
from vision.style.settings import PRESET_EXTRACTORS, PRESETS, Settings


@dataclass(frozen=True)
class Row:
    """One painting: its weighted losses in float32, how long it took, and what others see."""

    name: str
    losses: dict[str, float]
    seconds: float
    others: dict[str, Judgement] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Return the sum of the losses."""
        return sum(self.losses.values())

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        others = {name: asdict(seen) for name, seen in self.others.items()}
        return {"name": self.name, **self.losses, "total": self.total, "seconds": self.seconds,
                "others": others}

    def __str__(self) -> str:
        parts = "  ".join(f"{name} {value:10.4f}" for name, value in self.losses.items())
        seen = "".join(f"\n    {name} sees style {one.style:.3f} and content {one.content:.3f} of "
                       "the photograph's" for name, one in self.others.items())
        return f"{self.name:24} {parts}  total {self.total:10.4f}  {self.seconds:8.2f} s{seen}"


@dataclass(frozen=True)
class Report:
    """Several paintings of one pair, side by side, and who could not be asked."""

    rows: tuple[Row, ...]
    left_out: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {"rows": self.rows, "left_out": self.left_out}

    def __str__(self) -> str:
        return "\n".join([*map(str, self.rows), *[self.left_out] * bool(self.left_out)])


@or_on_cpu
def judge(extractor: nn.Module, scene: Scene, picture: np.ndarray,
          device: torch.device | None = None) -> dict[str, float]:
    """Return a painting's weighted losses in float32 at its own size."""
    side, device = max(picture.shape[:2]), device or best_device()
    objective = scene.objective(scene.vgg(extractor, device), side)
    with torch.no_grad():
        losses = objective.losses(scene.canvas(picture, scene.size(side)).to(device))[:, 0]
    weighted = losses.cpu().numpy() * np.array(scene.settings.weights.as_tuple(), np.float32)
    return dict(zip(NAMES, weighted.tolist(), strict=True))


def evaluate(extractor: nn.Module, content: np.ndarray, style: np.ndarray, settings: Settings,
             network: Model | None = None) -> Report:
    """Return how the content itself, optimised paintings and a network's painting compare."""
    scene = Scene.of(content, [style], settings)
    return Report(tuple(
        Row(name, judge(extractor, scene, picture), seconds,
            {other: seen_by(other, scene, picture) for other in judges()})
        for name, picture, seconds in _paintings(extractor, scene, network)), left_out())


def _paintings(extractor: nn.Module, scene: Scene, network: Model | None
               ) -> Iterator[tuple[str, np.ndarray, float]]:
    settings, style = scene.settings, list(scene.styles)
    side = settings.sides[-1]
    yield "the content itself", scene.finished(scene.canvas(scene.content, scene.size(side))), 0.0
    for precision in ("fp32", "auto"):
        result = optimise(extractor, scene.content, style, replace(settings, precision=precision))
        yield f"optimised, {precision}", result.picture, result.seconds
    if network:
        result = predict(network, scene.content, side, scene.styles[0])
        yield "network, one pass", result.picture, result.seconds


@dataclass(frozen=True)
class Config:
    """Settings of `evaluate`."""

    content: Path = option(REQUIRED, "the picture to paint", positional=True)
    style: Path = option(REQUIRED, "the style picture")
    preset: str = option("fast", "the settings of the optimisation", lambda: list(PRESETS))
    extractor: str | None = option(None, "the network that sees; none is the preset's",
                                   lambda: list(EXTRACTORS))
    checkpoint: Path | None = option(None, "a network that paints at once, to compare with")


def run(config: Config) -> Report:
    """Paint one pair in every way and return what the losses say."""
    extractor = config.extractor or PRESET_EXTRACTORS[config.preset]
    network = load(config.checkpoint) if config.checkpoint else None
    return evaluate(open_extractor(extractor), read_picture(config.content),
                    read_picture(config.style), PRESETS[config.preset], network)


VERB = Verb(Config, run, "Compare paintings of one pair by their losses.")
