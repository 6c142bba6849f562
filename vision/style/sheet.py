"""A contact sheet: 25 paintings of one pair under 25 weights, as one optimisation."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from vision.devices import best_device, precision_for
from vision.gpu_fallback import or_on_cpu
from vision.style.clock import Clock
from vision.style.descent import Descent
from vision.style.scene import Scene
from vision.style.settings import FAST, Settings

FACTORS = tuple(10 ** (0.75 * place) for place in range(-2, 3))  # of both weights
SIDE, STEPS, RATE = 96, 40, 0.05


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet after some step; rows have a style weight in common, columns a TV weight."""

    step: int
    total: int
    pictures: np.ndarray  # uint8 (5, 5, H, W, 3)
    style_weights: tuple[float, ...]
    tv_weights: tuple[float, ...]
    seconds: float
    seconds_left: float

    def settings_of(self, row: int, column: int, settings: Settings) -> Settings:
        """Return settings with the weights of a cell, to go on from its picture."""
        return replace(settings, style_weight=self.style_weights[row],
                       tv_weight=self.tv_weights[column])


def contact_sheet(extractor: nn.Module, content: np.ndarray, styles: Sequence[np.ndarray],
                  settings: Settings = FAST, side: int = SIDE, steps: int = STEPS
                  ) -> Generator[Sheet, None, None]:
    """Return the sheet as it forms; what a user gave is checked at once."""
    small = replace(settings, sides=(side,), steps=(steps,), decay_every=(steps,),
                    optimizer="adam", learning_rate=RATE)
    return _sheets(extractor, Scene.of(content, styles, small))


@or_on_cpu
def _sheets(extractor: nn.Module, scene: Scene, device: torch.device | None = None
            ) -> Generator[Sheet, None, None]:
    settings, device = scene.settings, device or best_device()
    style_weights = tuple(settings.style_weight * factor for factor in FACTORS)
    tv_weights = tuple(settings.tv_weight * factor for factor in FACTORS)
    descent = _descent(extractor, scene, style_weights, tv_weights, device)
    clock = Clock(settings)
    clock.begin(0)
    for step in range(1, settings.total + 1):
        descent.step()
        clock.count(1)
        if clock.due() or step == settings.total:
            finished = [scene.finished(x[None]) for x in descent.pictures]
            pictures = np.stack(finished).reshape(len(FACTORS), len(FACTORS), *finished[0].shape)
            yield Sheet(step, settings.total, pictures, style_weights, tv_weights, clock.seconds,
                        clock.left)


def _descent(extractor: nn.Module, scene: Scene, style_weights: tuple[float, ...],
             tv_weights: tuple[float, ...], device: torch.device) -> Descent:
    """Return 25 paintings side by side, row after row."""
    settings = scene.settings
    (side,), (decay_every,) = settings.sides, settings.decay_every
    vgg = scene.vgg(extractor, device, precision_for(device, settings.precision))
    weights = torch.tensor([[settings.content_weight, style, tv] for style in style_weights
                            for tv in tv_weights], device=device).T  # (3, 25)
    begin = scene.begin(side).to(device).expand(weights.shape[1], -1, -1, -1)
    return Descent(scene.objective(vgg, side), begin, weights, settings.optimizer,
                   settings.rate, decay_every)
