"""How the shipped models were made: one list, one command that trains what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from vision import checkpoints
from vision.gan import train_classifier
from vision.gan.train import Config as Training
from vision.gan.train import train
from vision.options import Verb, option
from vision.training.progress import on_terminal

FOLDER = Path("checkpoints/gan")
Recipe = Training | train_classifier.Config
CLASSIFIERS = {
    "classifier-mnist": train_classifier.Config(data="mnist"),
    "classifier-fashion-mnist": train_classifier.Config(data="fashion-mnist", flip=True),
    "classifier-cifar10": train_classifier.Config(arch="block_classifier", data="cifar10",
                                                  flip=True, steps=2000, precision="bf16"),
}
SECOND = train_classifier.Config(arch="dense_classifier", seed=7)
JUDGES = {
    "classifier-mnist-second": replace(SECOND, data="mnist"),
    "classifier-fashion-mnist-second": replace(SECOND, data="fashion-mnist", flip=True),
}
DENSE = Training(dropout=0.2, penalty=0.2, precision="bf16")
CONVOLUTIONAL = Training(steps=5000, batch=64, learning_rate=5e-4, balance=2, penalty=0.0,
                         precision="bf16")
BY_ARCH = {"gan": replace(DENSE, steps=30000), "cgan": DENSE, "cdcgan": CONVOLUTIONAL,
           "cgan_projection": DENSE, "dcgan": replace(CONVOLUTIONAL, steps=3500)}
COLLAPSED = {
    "collapsed-mnist": Training(arch="gan", steps=120, generator_steps=20, learning_rate=2e-3,
                                penalty=0.0, momentum=0.9, average=0.3, precision="bf16"),
}
GENERATORS = {f"{arch}-{data}": replace(recipe, arch=arch, data=data)
              for data in ("mnist", "fashion-mnist") for arch, recipe in BY_ARCH.items()}
GENERATORS["gan-fashion-mnist"] = replace(GENERATORS["gan-fashion-mnist"], steps=4000)
GENERATORS["cgan-mnist"] = replace(GENERATORS["cgan-mnist"], steps=16000)
GENERATORS["cgan_projection-mnist"] = replace(GENERATORS["cgan_projection-mnist"], steps=16000)
GENERATORS["cgan-fashion-mnist"] = replace(GENERATORS["cgan-fashion-mnist"], dropout=0.5)
COLOUR = Training(data="cifar10", flip=True, bits=8, precision="bf16")
IN_COLOUR = {
    "sngan-cifar10": replace(COLOUR, arch="sngan", steps=10000, batch=64, learning_rate=4e-4,
                             penalty=0.0),
    "cgan-cifar10": replace(COLOUR, arch="cgan", steps=3000, snapshots=5, dropout=0.2,
                            penalty=0.2),
}
RECIPES: dict[str, Recipe] = {**CLASSIFIERS, **GENERATORS, **COLLAPSED, **IN_COLOUR, **JUDGES}
NAMES = list(RECIPES)  # the most useful first


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
    """Return the file of one model, trained now by its recipe."""
    recipe = RECIPES[name]
    if isinstance(recipe, train_classifier.Config):
        return train_classifier.train(replace(recipe, output=path), on_terminal)
    return train(replace(recipe, output=path), on_terminal)


VERB = Verb(Config, run, "Train every model that is missing, by its recipe.")
