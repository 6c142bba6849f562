"""Trainings that as many processes share as are launched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from vision import checkpoints
from vision.gan.train import Config, train

TINY = Config(data="shapes", steps=3, batch=8, dropout=0.0, learning_rate=1e-4, snapshots=2,
              precision="fp32", measure=False)
ARCHITECTURES = ("cgan_projection", "cdcgan")


def told(folder: Path) -> dict[str, dict[str, Any]]:
    """Train each architecture and return every step's values, and the curves on its card."""
    answers = {}
    for arch in ARCHITECTURES:
        steps: list[dict[str, float]] = []
        config = replace(TINY, arch=arch, output=folder / f"{arch}.safetensors")
        path = train(config, lambda step, steps=steps: steps.append(step.values))
        answers[arch] = {"steps": steps, "curves": checkpoints.read_card(path).metrics["curves"],
                         "device": checkpoints.read_card(path).device}
    return answers
