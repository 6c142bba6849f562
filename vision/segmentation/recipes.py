"""How the shipped models were made: one list, one command that trains what is missing.

Nets of one kind share what was learnt once: DeepLab v3+ learns the small encoder that most others
begin with, U-Net the weights of its relatives. Each goes on with its own idea from there.
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from vision.checkpoints import with_target
from vision.segmentation.leaderboard import Leaderboard, leaderboard
from vision.segmentation.train import Config, train
from vision.training import OnStep

LARGE = Config(crop=(288, 384), scale=(0.7, 1.6), short_side=360)  # for nets that begin at 1/4
LATER = replace(LARGE, data=("camvid",), steps=700, learning_rate=1.5e-3)
GENTLY = replace(LATER, learning_rate=8e-4)
AFTER_UNET = Config(data=("camvid",), steps=700, learning_rate=1e-3)
RECIPES = {
    "unet": Config(steps=5000),
    "deeplab_v3plus": replace(LARGE, steps=2500),
    "deeplab_v3": LATER,
    "deeplab_v2": LATER,
    "deeplab_v1": LATER,
    "pspnet": GENTLY,
    "refinenet": GENTLY,
    "fcn8s": GENTLY,
    "fcn16s": GENTLY,
    "fcn32s": GENTLY,
    "attention_unet": replace(GENTLY, steps=1000),
    "mnet": AFTER_UNET,
    "segnet": Config(steps=1500),
    "unetpp": replace(AFTER_UNET, steps=1200, learning_rate=2e-3),
    "segformer": Config(steps=1600, learning_rate=1.5e-3),
    "setr": Config(steps=1500, learning_rate=1e-3),
    "wnet": Config(data=("camvid",), steps=600, short_side=160, crop=(160, 192), scale=(0.35, 0.6)),
    "ynet": Config(data=("tissue",), steps=1200, crop=(256, 256), scale=(0.8, 1.3), short_side=256),
    "vnet": Config(data=("volumes",), steps=500, crop=(64, 64, 64), batch=2, loss="dice",
                   short_side=64),
}
STARTS = {"attention_unet": "unet", "mnet": "unet", "unetpp": "unet",
          **dict.fromkeys(("deeplab_v3", "deeplab_v2", "deeplab_v1", "pspnet", "refinenet",
                           "fcn8s", "fcn16s", "fcn32s"), "deeplab_v3plus")}


def train_all(config: Config, on_step: OnStep | None = None) -> Leaderboard:
    """Train every architecture whose checkpoint is missing, then compare all of them.

    Settings that are not at their default hold for all architectures.
    """
    changes = {field.name: getattr(config, field.name) for field in fields(config)
               if getattr(config, field.name) != field.default and field.name != "arch"}
    paths: dict[str, Path] = {}
    for arch in RECIPES:
        recipe = recipe_of(arch, paths, changes)
        paths[arch] = recipe.output
        if not recipe.output.exists():
            train(recipe, on_step)
    return leaderboard(paths.values())


def recipe_of(arch: str, made: dict[str, Path], changes: dict[str, Any]) -> Config:
    """Return an architecture's settings, its start among the checkpoints `made` before it."""
    recipe = replace(RECIPES[arch], arch=arch, start=made.get(STARTS.get(arch, "")))
    return with_target(replace(recipe, **changes))
