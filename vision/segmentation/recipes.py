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
from vision.segmentation.models import ARCHITECTURES, task
from vision.segmentation.train import Config, train
from vision.training import OnStep

PARTS = Path("runs/segmentation")  # what only begins another training
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
SECOND = {  # a second round, which begins where the first has ended
    "attention_unet": replace(GENTLY, steps=300, learning_rate=4e-4, loss="cross_entropy+dice",
                              seed=1),
    "setr": Config(data=("camvid",), steps=500, learning_rate=6e-4, seed=1,
                   short_side=224),  # as high as the crops that its positions were learnt on
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
    for arch in (*RECIPES, *unlisted()):
        recipe = recipe_of(arch, paths, changes)
        paths[arch] = recipe.output
        if not recipe.output.exists():
            train_rounds(recipe, changes, on_step)
    return leaderboard(paths.values())


def unlisted() -> list[str]:
    """Return the architectures that have no recipe of their own."""
    return [name for name in ARCHITECTURES.names() if name not in RECIPES]


def train_rounds(recipe: Config, changes: dict[str, Any], on_step: OnStep | None) -> Path:
    """Train an architecture by its recipe, then by that of its second round if it has one."""
    if recipe.arch not in SECOND:
        return train(recipe, on_step)
    first = replace(recipe, output=PARTS / f"{recipe.arch}-first.safetensors")
    if not first.output.exists():
        train(first, on_step)
    second = replace(SECOND[recipe.arch], **changes)
    return train(replace(second, arch=recipe.arch, start=first.output, output=recipe.output),
                 on_step)


def recipe_of(arch: str, made: dict[str, Path], changes: dict[str, Any]) -> Config:
    """Return an architecture's settings, its start among the checkpoints `made` before it.

    One that is not listed learns like the first that is listed for the same task.
    """
    alike = arch if arch in RECIPES else next(name for name in RECIPES if task(name) == task(arch))
    recipe = replace(RECIPES[alike], arch=arch, start=made.get(STARTS.get(arch, "")))
    return with_target(replace(recipe, **changes))
