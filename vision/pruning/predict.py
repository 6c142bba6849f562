"""From a picture to the probability of each class."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from vision import checkpoints
from vision.checkpoints import Model
from vision.devices import bf16_is_faster
from vision.errors import UserError
from vision.gpu_fallback import on_best_device, or_on_cpu
from vision.images import read_picture
from vision.options import REQUIRED, Verb, option
from vision.pruning.data import PREPROCESS, normalise, squared
from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import Network, Select


@dataclass(frozen=True, eq=False)
class Result:
    """What a network says of one picture: a probability for every class."""

    picture: np.ndarray  # uint8 (32, 32, 3), as the network sees it
    probabilities: np.ndarray  # float (classes,)
    classes: tuple[str, ...]
    seconds: float

    def __post_init__(self) -> None:
        if self.probabilities.shape != (len(self.classes),):
            raise ValueError(f"{self.probabilities.shape} for {len(self.classes)} classes")
        if not np.isclose(self.probabilities.sum(), 1, atol=1e-3):
            raise ValueError(f"probabilities that sum to {self.probabilities.sum()}")

    @property
    def label(self) -> str:
        """Return the most likely class."""
        return self.classes[int(self.probabilities.argmax())]

    @property
    def shares(self) -> dict[str, float]:
        """Return each class's probability."""
        return dict(zip(self.classes, self.probabilities.tolist(), strict=True))

    def as_json(self) -> dict[str, Any]:
        """Return the answer in plain types."""
        return {"label": self.label, "seconds": self.seconds, "probabilities": self.shares}

    def __str__(self) -> str:
        ranked = sorted(self.shares.items(), key=lambda pair: -pair[1])
        return "\n".join(f"{name:>12}  {share:.4f}" for name, share in ranked)


def load(path: Path, arch: str | None = None) -> Model:
    """Return the checked network of a checkpoint on the best device, of `arch` if that is given."""
    if arch and (found := checkpoints.read_card(path).arch) != arch:
        raise UserError("'{file}' holds a '{found}'", "a '{wanted}' is accepted here",
                        "choose another checkpoint or architecture", file=path.name, found=found,
                        wanted=arch)
    model = checkpoints.load(path, ARCHITECTURES)
    if model.card.preprocess != PREPROCESS:
        raise checkpoints.damaged(path, "its card asks for another preprocessing")
    if model.card.config.get("classes") != len(model.card.classes):
        raise checkpoints.damaged(path, "its classes do not fit its settings")
    if not all(map(in_order, model.module.modules())):
        raise checkpoints.damaged(path, "it selects channels that do not exist")
    on_best_device(model.module).to(memory_format=torch.channels_last)
    return model


def network_of(model: Model) -> Network:
    """Return the module of a model as what it is here."""
    return cast(Network, model.module)


def in_order(part: torch.nn.Module) -> bool:
    """Return whether a selection's indices exist and rise; true of every other module."""
    if not isinstance(part, Select) or part.index is None:
        return True
    index = part.index
    return (index.dtype == torch.int64 and bool((index.diff() > 0).all())
            and int(index[0]) >= 0 and int(index[-1]) < part.channels)


def predict(model: Model, picture: np.ndarray) -> Result:
    """Return what the middle square of an RGB picture (uint8 H×W×3) shows."""
    start = time.perf_counter()
    small = squared(picture)
    pixels = torch.from_numpy(small).permute(2, 0, 1)[None]  # (1, 3, 32, 32)
    probabilities = logits(model, pixels).softmax(1)[0].numpy()  # (classes,)
    return Result(small, probabilities, model.card.classes, time.perf_counter() - start)


@or_on_cpu
@torch.inference_mode()
def logits(model: Model, pixels: torch.Tensor) -> torch.Tensor:
    """Return the logits (n, classes) of uint8 pixels (n, 3, 32, 32), on the CPU."""
    device = next(model.module.parameters()).device
    x = normalise(pixels.to(device)).to(memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16, enabled=bf16_is_faster(device.type)):
        return model.module(x).float().cpu()


@dataclass(frozen=True)
class Config:
    """Settings of `predict`."""

    picture: Path = option(REQUIRED, "the picture to name", positional=True)
    checkpoint: Path = option(checkpoints.FOLDER / "pruning" / "vgg16.safetensors",
                              "the checkpoint to use")


def run(config: Config) -> Result:
    """Name what one picture shows."""
    return predict(load(config.checkpoint), read_picture(config.picture))


VERB = Verb(Config, run, "Name what one picture shows.")
