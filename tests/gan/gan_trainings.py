"""Trainings in as many processes as are launched: `gan_trainings.py FOLDER` tells on disk."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from vision import checkpoints
from vision.distributed import leave
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


if __name__ == "__main__":
    answers = told(Path(sys.argv[1]))
    if os.environ.get("RANK", "0") == "0":
        (Path(sys.argv[1]) / "told.json").write_text(json.dumps(answers))
    leave()
