"""How the shipped models were made: one list, one command that trains what is missing.

Nets of one kind share what was learnt once: DeepLab v3+ learns the small encoder that most others
begin with, U-Net the weights of its relatives. Each goes on with its own idea from there. Those
named `…-lite0` begin with an encoder that has learnt ImageNet; those named `portrait-…` know people
instead of streets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from vision import checkpoints
from vision.options import Verb, option
from vision.segmentation.models import ARCHITECTURES, having, task
from vision.segmentation.models.encoders import ENCODERS
from vision.segmentation.train import Config as Training
from vision.segmentation.train import train
from vision.training.progress import on_terminal

FOLDER = Path("checkpoints/segmentation")
PARTS = Path("runs/segmentation")  # what only begins another training
LARGE = Training(crop=(288, 384), scale=(0.7, 1.6), short_side=360)  # for nets that begin at 1/4
LATER = replace(LARGE, data=("camvid",), steps=700, learning_rate=1.5e-3)
GENTLY = replace(LATER, learning_rate=8e-4)
AFTER_UNET = Training(data=("camvid",), steps=700, learning_rate=1e-3)
LITE = Training(encoder="lite0", crop=(256, 352), scale=(0.7, 1.6), short_side=360, steps=1600)
AFTER_LITE = replace(LITE, steps=1500)  # its encoder knows streets, its decoder nothing
FIRST_LITE = "deeplab_v3plus-lite0"
PANOPTIC = "panoptic_deeplab"
WITH_LITE = {FIRST_LITE: LITE, **{f"{arch}-lite0": AFTER_LITE for arch in having(encoders=ENCODERS)
                                  if arch not in ("deeplab_v3plus", PANOPTIC)}}
COUNTED = Training(data=("scenes",), steps=600, learning_rate=1.5e-3, scale=(0.7, 1.4),
                   short_side=360)  # only the renderer knows each object
PORTRAIT = "portrait-"  # begins the name of a model that knows people from the rest
PERSON = Training(data=("apsis",), crop=(224, 192), scale=(0.35, 0.7), short_side=192)
RECIPES = {
    "unet": Training(steps=5000),
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
    "segnet": Training(steps=1500),
    "unetpp": replace(AFTER_UNET, steps=1200, learning_rate=2e-3),
    "segformer": Training(steps=1600, learning_rate=1.5e-3),
    "setr": Training(steps=1500, learning_rate=1e-3),
    "wnet": Training(data=("camvid",), steps=600, crop=(160, 192), scale=(0.35, 0.6),
                     short_side=160),
    "ynet": Training(data=("tissue",), steps=1200, crop=(256, 256), scale=(0.8, 1.3),
                     short_side=256),
    PANOPTIC: COUNTED,
    "vnet": Training(data=("volumes",), steps=500, crop=(64, 64, 64), batch=2, loss="dice",
                     short_side=64),
    **WITH_LITE,
    f"{PANOPTIC}-lite0": replace(LITE, data=("scenes",), steps=700, learning_rate=2e-3),
    f"{PORTRAIT}unet": replace(PERSON, steps=2400),
    f"{PORTRAIT}unet-lite0": replace(PERSON, encoder="lite0", steps=450),
}
LARGER = replace(LITE, data=("camvid",), crop=(288, 384), steps=600, learning_rate=2e-3, seed=1)
SECOND = {  # a second round, which begins where the first has ended
    FIRST_LITE: LARGER,
    "refinenet-lite0": LARGER,
    "attention_unet": replace(GENTLY, steps=300, learning_rate=4e-4, loss="cross_entropy+dice",
                              seed=1),
    "setr": Training(data=("camvid",), steps=500, learning_rate=6e-4, seed=1,
                     short_side=224),  # as high as the crops that its positions were learnt on
    f"{PANOPTIC}-lite0": replace(LITE, data=("scenes",), crop=(288, 384), scale=(1, 2), steps=1200,
                                 short_side=540, balance=0.2, learning_rate=2e-3, seed=1),
}
STARTS = {"attention_unet": "unet", "mnet": "unet", "unetpp": "unet",
          **dict.fromkeys(("deeplab_v3", "deeplab_v2", "deeplab_v1", "pspnet", "refinenet",
                           "fcn8s", "fcn16s", "fcn32s", PANOPTIC), "deeplab_v3plus"),
          **{name: FIRST_LITE for name in (*WITH_LITE, f"{PANOPTIC}-lite0")
             if name != FIRST_LITE}}
NAMES = [*RECIPES, *(name for name in ARCHITECTURES.names() if name not in RECIPES)]


@dataclass(frozen=True)
class Config:
    """Settings of `recipes`."""

    names: tuple[str, ...] = option((), "which to train; none is all", lambda: NAMES)
    folder: Path = option(FOLDER, "where the checkpoints are written")


def run(config: Config) -> list[Path]:
    """Train what is missing in the folder, one after the other, and return what was made."""
    return [made(name, path)
            for name, path in checkpoints.missing(config.folder, config.names or NAMES)]


def made(name: str, path: Path) -> Path:
    """Return the file of one architecture, trained now by its recipe."""
    recipe = replace(recipe_of(name), start=start_of(name, path.parent))
    if name not in SECOND:
        return train(replace(recipe, output=path), on_terminal)
    first = replace(recipe, output=PARTS / f"{name}-first.safetensors")
    if not first.output.exists():
        train(first, on_terminal)
    second = replace(SECOND[name], arch=arch_of(name), start=first.output, output=path)
    return train(second, on_terminal)


def arch_of(name: str) -> str:
    """Return the architecture of a checkpoint."""
    return name.removeprefix(PORTRAIT).removesuffix("-lite0")


def recipe_of(name: str) -> Training:
    """Return a checkpoint's settings; those of the first alike if it has none of its own."""
    alike = name if name in RECIPES else next(each for each in RECIPES if task(each) == task(name))
    return replace(RECIPES[alike], arch=arch_of(name))


def start_of(name: str, folder: Path) -> Path | None:
    """Return the checkpoint that an architecture begins with, made now unless it is there."""
    if name not in STARTS:
        return None
    path = folder / f"{STARTS[name]}.safetensors"
    return path if path.exists() else made(STARTS[name], path)


VERB = Verb(Config, run, "Train every model that is missing, by its recipe.")
