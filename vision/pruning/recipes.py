"""How the shipped networks were made: one list, one command that trains what is missing.

Each family learns sparse once; its smaller relatives are cut from that and learn again (section 3
of arXiv:1708.06519). A long training has a file of its own, from which the rest can be made anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from vision import checkpoints
from vision.options import Verb, option
from vision.pruning.curve import Config as Measuring
from vision.pruning.curve import complete, curve
from vision.pruning.evaluate import summary
from vision.pruning.predict import load
from vision.pruning.prune import Config as Cut
from vision.pruning.prune import run as cut
from vision.pruning.train import Config as Training
from vision.pruning.train import train
from vision.quantised import round_rows
from vision.training.progress import on_terminal

FOLDER = Path("checkpoints/pruning")
PARTS = Path("runs/pruning")  # what only begins another training
DRAWINGS, HARD = "vgg16-drawings", "vgg16-drawings-hard"
SHORT = Training(data=("cifar10", "drawings"), steps=4700, weight_decay=5e-4, precision="bf16",
                 save_every=200)
FAMILIES = {  # for CIFAR-10 twelve epochs at most, not 160: λ is three or ten times the paper's
    "vgg16": replace(SHORT, arch="vgg16", sparsity=3e-4),
    "resnet164": replace(SHORT, arch="resnet164", sparsity=1e-4),
    "densenet40": replace(SHORT, arch="densenet40", sparsity=1e-4, steps=6000, batch=64,
                          weight_decay=2e-4),
    "vgg16-cifar100": replace(  # what it has learnt of ten classes helps with a hundred
        SHORT, arch="vgg16", start=FOLDER / "vgg16.safetensors", new_head=True,
        data=("cifar100",), steps=6000, sparsity=1e-4, learning_rate=0.06, smoothing=0.1,
        cutout=8, average=True),
}
SECOND = {  # a second round, which begins where the first has ended
    "vgg16": replace(FAMILIES["vgg16"], steps=4400, sparsity=2e-4, learning_rate=0.06, cutout=8,
                     average=True),
}
RATIOS = {"vgg16": (50, 70), "resnet164": (40, 60), "densenet40": (40, 60),
          "vgg16-cifar100": (50,)}  # percent
TUNING = (1170, 0.02)  # steps and highest learning rate of what was cut
OTHER = {"vgg16-cut-70": (3500, 0.05),  # three layers are left with one channel
         "densenet40-cut-40": (600, 0.02), "densenet40-cut-60": (600, 0.02)}
SMALL = Training(size="compact", data=("drawings",), steps=600, batch=64, sparsity=0.003,
                 save_every=200)
HARDER = replace(SMALL, start=FOLDER / f"{DRAWINGS}.safetensors", steps=1500, sparsity=1e-3,
                 data=("drawings-hard", "drawings"), average=True, precision="bf16")
QUICK = Measuring(data=SHORT.data, limit=5000, tune=60, learning_rate=0.005)
DEEP = replace(QUICK, limit=2000, tune=40)  # a step takes three times as long there
PLAIN = Measuring(data=("drawings",), tune=60, scratch=60, batch=64, learning_rate=0.05,
                  seconds=0.0)
CURVES = {"vgg16": QUICK, "resnet164": DEEP, "densenet40": DEEP, DRAWINGS: PLAIN,
          "vgg16-cifar100": replace(QUICK, data=("cifar100",)),
          HARD: replace(PLAIN, data=HARDER.data, scratch=0)}
NAMES = [DRAWINGS, HARD, *(name for arch, ratios in RATIOS.items()
                     for name in (arch, *(f"{arch}-cut-{ratio}" for ratio in ratios)))]


@dataclass(frozen=True)
class Config:
    """Settings of `recipes`."""

    names: tuple[str, ...] = option((), "which to train; none is all", lambda: NAMES)
    folder: Path = option(FOLDER, "where the checkpoints are written")


def run(config: Config) -> list[Path]:
    """Train what is missing in the folder, one after the other, and return what was made."""
    wanted = checkpoints.missing(config.folder, config.names or NAMES, whole)
    return [made(name, path) for name, path in wanted]


def whole(path: Path) -> bool:
    """Return whether a network is there, and if it has a curve, all of that."""
    if not path.exists() or path.stem not in CURVES:
        return path.exists()
    return complete(replace(CURVES[path.stem], checkpoint=path))


def made(name: str, path: Path) -> Path:
    """Return the file of one network, made now, with its curve if it is an uncut one."""
    arch, _, percent = name.partition("-cut-")
    if percent:
        return kept(smaller(arch, int(percent)), path)
    if not path.exists():
        first(arch, path)
    curve(replace(CURVES[name], checkpoint=path), on_terminal)
    return path


def first(name: str, path: Path) -> Path:
    """Return an uncut network, made now."""
    if name in (DRAWINGS, HARD):
        return train(replace(SMALL if name == DRAWINGS else HARDER, output=path), on_terminal)
    return kept(sparse(name), path)


def sparse(arch: str) -> Path:
    """Return a family's network that learnt sparse, trained unless it is there."""
    path = PARTS / f"{arch}.safetensors"
    if path.exists():
        return path
    if arch not in SECOND:
        return train(replace(FAMILIES[arch], output=path), on_terminal)
    start = PARTS / f"{arch}-first.safetensors"
    if not start.exists():
        train(replace(FAMILIES[arch], output=start), on_terminal)
    return train(replace(SECOND[arch], start=start, output=path), on_terminal)


def smaller(arch: str, percent: int) -> Path:
    """Return a network cut from the sparse one, after it has learnt again."""
    name = f"{arch}-cut-{percent}"
    start = cut(Cut(sparse(arch), percent / 100, output=PARTS / "cut" / f"{name}.safetensors")).path
    output = PARTS / f"{name}.safetensors"
    if output.exists():
        return output
    return train(replace(tuning(arch, name), start=start, output=output), on_terminal)


def tuning(arch: str, name: str) -> Training:
    """Return how a cut network learns again."""
    steps, rate = OTHER.get(name, TUNING)
    return replace(SECOND.get(arch, FAMILIES[arch]), new_head=False, sparsity=0.0, steps=steps,
                   learning_rate=rate)


def kept(trained: Path, path: Path) -> Path:
    """Keep a network with 8-bit rows, measured as it will be read back."""
    model = load(trained)
    round_rows(model.module)
    card = replace(model.card, metrics={**model.card.metrics,
                                        **summary(model, model.card.data["train"])})
    return checkpoints.save(path, model.module, card, bits=8)


VERB = Verb(Config, run, "Train every network that is missing, by its recipe.")
