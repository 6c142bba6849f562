"""Measure paintings, optimised or a network's, by the losses themselves in float32."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from vision.checkpoints import Model
from vision.gpu_fallback import or_on_cpu
from vision.images import read_picture
from vision.options import REQUIRED, Verb, option
from vision.style.extractor import EXTRACTORS, open_extractor
from vision.style.objective import NAMES
from vision.style.predict import load, optimise, paint
from vision.style.scene import Scene
from vision.style.settings import PRESETS, Settings
from vision.training import best_device


@dataclass(frozen=True)
class Row:
    """One painting: its weighted losses, judged in float32, and how long it took."""

    name: str
    losses: dict[str, float]
    seconds: float

    @property
    def total(self) -> float:
        """Return the sum of the losses."""
        return sum(self.losses.values())

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {"name": self.name, **self.losses, "total": self.total, "seconds": self.seconds}

    def __str__(self) -> str:
        parts = "  ".join(f"{name} {value:10.4f}" for name, value in self.losses.items())
        return f"{self.name:24} {parts}  total {self.total:10.4f}  {self.seconds:8.2f} s"


@dataclass(frozen=True)
class Report:
    """Several paintings of one pair, side by side."""

    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {"rows": self.rows}

    def __str__(self) -> str:
        return "\n".join(map(str, self.rows))


@or_on_cpu
def judge(extractor: nn.Module, scene: Scene, picture: np.ndarray,
          device: torch.device | None = None) -> dict[str, float]:
    """Return a painting's weighted losses in float32 at its own size."""
    side, device = max(picture.shape[:2]), device or best_device()
    objective = scene.objective(scene.sight(extractor, device), side)
    with torch.no_grad():
        losses = objective.losses(scene.seen(picture, scene.size(side)).to(device))[:, 0]
    weighted = losses.cpu().numpy() * np.array(scene.settings.weights.as_tuple(), np.float32)
    return dict(zip(NAMES, weighted.tolist(), strict=True))


def evaluate(extractor: nn.Module, content: np.ndarray, style: np.ndarray, settings: Settings,
             network: Model | None = None) -> Report:
    """Return how the content itself, optimised paintings and a network's painting compare."""
    scene = Scene.of(content, [style], settings)
    return Report(tuple(Row(name, judge(extractor, scene, picture), seconds)
                        for name, picture, seconds in _paintings(extractor, scene, network)))


def _paintings(extractor: nn.Module, scene: Scene, network: Model | None
               ) -> Iterator[tuple[str, np.ndarray, float]]:
    settings, style = scene.settings, list(scene.styles)
    side = settings.sides[-1]
    yield "the content itself", scene.finished(scene.seen(scene.content, scene.size(side))), 0.0
    for precision in ("fp32", "auto"):
        result = optimise(extractor, scene.content, style, replace(settings, precision=precision))
        yield f"optimised, {precision}", result.picture, result.seconds
    if network:
        start = time.perf_counter()
        picture = paint(network.module, scene.content, side)
        yield "network, one pass", picture, time.perf_counter() - start


@dataclass(frozen=True)
class Config:
    """Settings of `evaluate`."""

    content: Path = option(REQUIRED, "the picture to paint", positional=True)
    style: Path = option(REQUIRED, "the style picture")
    preset: str = option("fast", "the settings of the optimisation", lambda: list(PRESETS))
    extractor: str = option("bundled", "the network that sees", lambda: list(EXTRACTORS))
    checkpoint: Path | None = option(None, "a network that paints at once, to compare with")


def run(config: Config) -> Report:
    """Paint one pair in every way and return what the losses say."""
    network = load(config.checkpoint) if config.checkpoint else None
    return evaluate(open_extractor(config.extractor), read_picture(config.content),
                    read_picture(config.style), PRESETS[config.preset], network)


VERB = Verb(Config, run, "Compare paintings of one pair by their losses.")
