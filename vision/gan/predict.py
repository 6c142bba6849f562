"""From noise and a label to a picture, with D's opinion of it and a classifier's reading."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from vision import checkpoints, written
from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.gan.data import check_label
from vision.gan.models import ARCHITECTURES, generators
from vision.gan.models.pair import GREY, Pair
from vision.gan.noise import draw_noise
from vision.gpu_fallback import on_best_device, or_on_cpu
from vision.images import write_png
from vision.options import Verb, check_seed, option, within

MOST = 1000  # pictures of one call
CHUNK = 1000
WIDE = 4.0  # a truncation that leaves the noise as it is


@dataclass(frozen=True)
class Result:
    """Drawn pictures and what was thought of them; an unconditional model has no labels."""

    pictures: np.ndarray  # uint8 (N, S, S) grey or (N, S, S, 3)
    labels: np.ndarray | None  # (N,), asked for
    opinion: np.ndarray  # (N,), D of each picture
    reading: np.ndarray | None  # (N,), what the classifier reads
    certainty: np.ndarray | None  # (N,), how sure it is
    classes: tuple[str, ...]
    seconds: float

    def __post_init__(self) -> None:
        for part in (self.labels, self.opinion, self.reading, self.certainty):
            if part is not None and part.shape != (len(self.pictures),):
                raise ValueError(f"{part.shape} for {len(self.pictures)} pictures")

    @property
    def fidelity(self) -> float | None:
        """Return how often the reading is the label that was asked for."""
        if self.labels is None or self.reading is None:
            return None
        return float((self.labels == self.reading).mean())

    def as_json(self) -> dict[str, Any]:
        """Return all but the pixels in plain types."""
        parts = {"labels": self.labels, "opinion": self.opinion, "reading": self.reading,
                 "certainty": self.certainty}
        return {"count": len(self.pictures), "seconds": self.seconds, "fidelity": self.fidelity,
                **{name: None if part is None else part.tolist() for name, part in parts.items()}}


@dataclass(frozen=True)
class Drawer:
    """A generator ready to draw: labels and noise in, pictures out."""

    generator: nn.Module
    noise: int
    classes: tuple[str, ...]

    @classmethod
    def of(cls, model: Model) -> Drawer:
        """Return the drawer inside a loaded model."""
        pair = pair_of(model)
        return cls(pair.generator, pair.noise, model.card.classes)

    def at(self, state: dict[str, torch.Tensor]) -> Drawer:
        """Return the same drawer as it was at a snapshot."""
        import copy

        generator = copy.deepcopy(self.generator)
        generator.load_state_dict(state)
        return Drawer(generator.eval(), self.noise, self.classes)

    def draw(self, labels: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """Return pictures (N, C, S, S) in 0…1 for labels, (N,) or mixed (N, classes)."""
        return in_chunks(self.generator, noise, labels)

    def floats(self, labels: np.ndarray, seed: int, truncation: float = WIDE) -> torch.Tensor:
        """Return pictures for labels with the noise that belongs to a seed."""
        noise = draw_noise(len(labels), self.noise, seed, truncation)
        return self.draw(torch.from_numpy(np.asarray(labels)).long(), noise)


def load(path: Path) -> Model:
    """Return the pair of a checkpoint, or the classifier, on the best device."""
    model = checkpoints.load(path, ARCHITECTURES)
    on_best_device(model.module)
    return model


def pair_of(model: Model) -> Pair:
    """Return the two players of a model, or raise if it is the classifier."""
    if not isinstance(model.module, Pair):
        raise UserError("a '{arch}' does not draw", "known are {known}", "choose one of them",
                        arch=model.card.arch, known=", ".join(generators()))
    return model.module


def shape_of(card: Card) -> tuple[int, ...]:
    """Return the shape of the pictures that a model draws or reads: channels, height, width."""
    return tuple(card.config.get("shape", GREY))


def as_pixels(pictures: torch.Tensor) -> np.ndarray:
    """Return pictures (N, C, S, S) in 0…1 as uint8: grey ones (N, S, S), others (N, S, S, C)."""
    levels = (255 * pictures).round().to(torch.uint8).movedim(1, -1).numpy()
    return levels[..., 0] if levels.shape[-1] == 1 else levels


def classifier_for(data: str) -> Model | None:
    """Return the shipped classifier of a data set, if there is one."""
    path = checkpoints.FOLDER / "gan" / f"classifier-{data}.safetensors"
    return load(path) if path.is_file() else None


def conditional(model: Model) -> bool:
    """Return whether a model draws by label."""
    return bool(ARCHITECTURES[model.card.arch].facts.get("conditional"))


def predict(model: Model, labels: list[int], count: int, seed: int = 0, truncation: float = WIDE,
            reader: Model | None = None) -> Result:
    """Draw `count` pictures, the labels in turn; the same settings always give the same ones."""
    start = time.perf_counter()
    asked = np.resize(check_labels(labels, model.card.classes), check_count(count))
    pictures = Drawer.of(model).floats(asked, check_seed(seed), truncation)
    return judge(model, pictures, asked if conditional(model) else None, reader, start)


@torch.inference_mode()
def judge(model: Model, pictures: torch.Tensor, labels: np.ndarray | None, reader: Model | None,
          start: float) -> Result:
    """Return pictures (N, C, S, S) with D's opinion of them and the classifier's reading."""
    given = np.zeros(len(pictures), np.int64) if labels is None else labels
    opinion = opinions(model, pictures, torch.from_numpy(given).long())
    reading = certainty = None
    if reader:
        certainty, reading = (part.numpy() for part in read(reader, pictures).max(1))
    return Result(as_pixels(pictures), labels, opinion.numpy(), reading, certainty,
                  model.card.classes, time.perf_counter() - start)


@torch.inference_mode()
def opinions(model: Model, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return D(x | y) of each picture (N, C, S, S), between 0 and 1, (N,)."""
    return in_chunks(pair_of(model).discriminator, pictures, labels).sigmoid()


@torch.inference_mode()
def read(reader: Model, pictures: torch.Tensor) -> torch.Tensor:
    """Return the classifier's probability of each class for each picture, (N, classes)."""
    return in_chunks(reader.module, pictures).softmax(1)


@or_on_cpu
@torch.inference_mode()
def in_chunks(net: nn.Module, *inputs: torch.Tensor) -> torch.Tensor:
    """Return what a net makes of inputs (N, …), a thousand at a time on its device: (N, …)."""
    device = next(net.parameters()).device
    chunks = zip(*(each.split(CHUNK) for each in inputs), strict=True)
    return torch.cat([net(*(part.to(device) for part in chunk)).float().cpu()
                      for chunk in chunks])


def check_labels(labels: list[int], classes: tuple[str, ...]) -> np.ndarray:
    """Return labels as an array after checking that there are some and all stand for classes."""
    if not labels:
        raise UserError("no label was chosen", "at least one is accepted", "choose a label")
    return np.array([check_label(int(label), classes) for label in labels], np.int64)


def check_count(count: int) -> int:
    """Return a count after checking that it can be drawn at once."""
    if not 1 <= count <= MOST:
        raise UserError("{count} pictures were asked for", "1 to {most} are accepted",
                        "choose another count", count=count, most=MOST)
    return int(count)


def grid(pictures: np.ndarray, columns: int) -> np.ndarray:
    """Return pictures (N, h, w, …) side by side in rows of `columns`, black where none is left."""
    rows = -(-len(pictures) // columns)
    height, width, *colours = pictures.shape[1:]
    filled = np.zeros((rows * columns, height, width, *colours), np.uint8)
    filled[: len(pictures)] = pictures
    return filled.reshape(rows, columns, height, width, *colours).swapaxes(1, 2).reshape(
        rows * height, columns * width, *colours)


@dataclass(frozen=True)
class Config:
    """Settings of `predict`."""

    checkpoint: Path = option(checkpoints.FOLDER / "gan" / "cgan-mnist.safetensors",
                              "the checkpoint to use")
    labels: tuple[int, ...] = option((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), "the labels, in turn")
    count: int = option(100, "how many pictures to draw")
    seed: int = option(0, "seed of the noise")
    truncation: float = option(WIDE, "largest noise value; small is typical, large is varied")
    columns: int = option(10, "pictures in a row")
    output: Path = option(Path("runs/gan/drawn.png"), "where the pictures are written")


@dataclass(frozen=True)
class Written(written.Written):
    """What `predict` drew, and where it wrote it."""

    result: Result

    def __str__(self) -> str:
        told = self.result.fidelity
        return (f"{self.output}: {len(self.result.pictures)} pictures, mean D "
                f"{self.result.opinion.mean():.2f}"
                + ("" if told is None else f", {told:.0%} read as asked"))


def run(config: Config) -> Written:
    """Draw pictures and write them as one."""
    within(config, columns=(1, MOST))
    model = load(config.checkpoint)
    reader = classifier_for(model.card.data["train"][0])
    result = predict(model, list(config.labels), config.count, config.seed, config.truncation,
                     reader)
    write_png(config.output, grid(result.pictures, config.columns))
    return Written(result, config.output)


VERB = Verb(Config, run, "Draw pictures by label and write them as one picture.")
