"""From a picture to a class for every pixel."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from torch.nn.utils import convert_conv2d_weight_memory_format as for_channels_last

from vision import checkpoints, written
from vision.checkpoints import Model
from vision.devices import bf16_is_faster
from vision.errors import UserError
from vision.gpu_fallback import on_best_device, or_on_cpu
from vision.images import (
    colourise,
    overlay,
    read_picture,
    resize,
    resize_labels,
    working_size,
    write_png,
)
from vision.options import REQUIRED, Verb, option, within
from vision.segmentation.certainty.familiar import familiarity
from vision.segmentation.crf import refine
from vision.segmentation.data import COLOURS
from vision.segmentation.looks import Look, looks, sizes_of
from vision.segmentation.measures.merging import merge
from vision.segmentation.models import ARCHITECTURES, dimensions, facts

SMALLEST_SIDE, LARGEST_SIDE = 32, 2048  # of what a model is asked to work at
FINEST = 2_000_000  # pixels; larger pictures get their labels from a result of this size
FIELD = 240 * 180  # pixels at most in a CRF
THICKEST = 128  # voxels along a side


@dataclass(frozen=True)
class Segmentation:
    """What a model said of one picture or volume: a class id for every pixel or voxel."""

    picture: np.ndarray  # uint8 (H, W, 3), or (D, H, W) of a volume
    labels: np.ndarray  # uint8 (H, W), or (D, H, W)
    classes: tuple[str, ...]
    seconds: float
    diagnosis: dict[str, float] = field(default_factory=dict)  # each one's probability, if any
    familiarity: float | None = None  # how high the model's scores are in a picture

    def __post_init__(self) -> None:
        if self.labels.shape != self.picture.shape[:self.labels.ndim]:
            raise ValueError(f"labels {self.labels.shape} for a picture {self.picture.shape}")
        if self.labels.max(initial=0) >= len(self.classes):
            raise ValueError(f"id {self.labels.max()} for {len(self.classes)} classes")

    @property
    def shares(self) -> dict[str, float]:
        """Return the share of the picture that each class covers."""
        counts = np.bincount(self.labels.ravel(), minlength=len(self.classes))
        return dict(zip(self.classes, (counts / self.labels.size).tolist(), strict=True))

    def as_json(self) -> dict[str, Any]:
        """Return sizes and shares in plain types."""
        height, width = self.labels.shape[-2:]
        told: dict[str, Any] = {"diagnosis": self.diagnosis} if self.diagnosis else {}
        if self.familiarity is not None:
            told["familiarity"] = self.familiarity
        return {"height": height, "width": width, "seconds": self.seconds, "shares": self.shares,
                **told}


def load(path: Path) -> Model:
    """Return the model of a checkpoint, on the best device and laid out for speed."""
    model = checkpoints.load(path, ARCHITECTURES)
    sides, classes = sizes_of(model.card.preprocess), model.card.config.get("classes")
    if not all(isinstance(side, int) and SMALLEST_SIDE <= side <= LARGEST_SIDE for side in sides):
        raise checkpoints.damaged(path, "its card has no usable short_side")
    if classes != len(model.card.classes) or not classes <= len(COLOURS):
        raise checkpoints.damaged(path, "its classes do not fit its settings")
    for_channels_last(on_best_device(model.module), torch.channels_last)
    return model


@or_on_cpu
@torch.inference_mode()
def predict(model: Model, picture: np.ndarray, refined: bool = True) -> Segmentation:
    """Return the most likely class of each pixel of an RGB picture (uint8 H×W×3), or of each voxel.

    A model whose paper finishes with a CRF, or merging too, does so if it is to be `refined`.
    """
    start = time.perf_counter()
    known, told, familiar = facts(model.card.arch), {}, None
    if known.get("dimensions") == 3:
        labels = volume_labels(model, picture)
    else:
        said = scores(model, picture)
        labels, familiar = picture_labels(model, picture, said, refined), familiarity(said)
        told = diagnose(model, picture) if known.get("diagnoses") else {}
    return Segmentation(picture, labels, model.card.classes, time.perf_counter() - start, told,
                        familiar)


def picture_labels(model: Model, picture: np.ndarray, said: torch.Tensor, refined: bool
                   ) -> np.ndarray:
    """Return a picture's ids (uint8 H×W) by its scores, on no more pixels than makes sense."""
    size, known = picture.shape[:2], facts(model.card.arch)
    if not (refined and known.get("crf", False)):
        return enlarged(said, at_most(size, FINEST), size)
    finest = at_most(size, FIELD)
    small = resize(picture, finest)
    found = refine(at_size(said, finest)[0].softmax(0).cpu().numpy(), small)
    if known.get("merging"):
        return resize_labels(merge(found.argmax(0).astype(np.uint8), small), size)
    return enlarged(torch.from_numpy(found)[None], at_most(size, FINEST), size)


def enlarged(scores: torch.Tensor, finest: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
    """Return the best class (uint8) of scores (1, C, h, w), interpolated, then repeated."""
    labels = at_size(scores, finest)[0].argmax(0).to(torch.uint8).cpu().numpy()  # finest
    return resize_labels(labels, size) if finest != size else labels


def at_most(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """Return a size (height, width), shrunk to so many pixels if it has more."""
    scale = min(1.0, (pixels / (size[0] * size[1])) ** 0.5)
    return round(size[0] * scale) or 1, round(size[1] * scale) or 1


def volume_labels(model: Model, voxels: np.ndarray) -> np.ndarray:
    """Return a volume's ids (uint8 D×H×W); the model works in float32 at sides of 16·n."""
    x = volumes_to_tensor(voxels[None])  # (1, 1, D, H, W)
    sides = [min(max(16 * round(side / 16), 16), THICKEST) for side in voxels.shape]
    device = next(model.module.parameters()).device
    x = functional.interpolate(x, sides, mode="trilinear", align_corners=False)
    said = functional.interpolate(model.module(x.to(device)), voxels.shape, mode="trilinear",
                                  align_corners=False)
    return said[0].argmax(0).to(torch.uint8).cpu().numpy()


def diagnose(model: Model, picture: np.ndarray) -> dict[str, float]:
    """Return each diagnosis's probability, nothing if the model was trained without them."""
    names = model.card.data.get("diagnoses", [])
    module: Any = model.module
    with torch.inference_mode():
        said = module.diagnose(model_input(model, picture)).softmax(1)[0]  # (diagnoses,)
    return dict(zip(names, said.tolist(), strict=False))


@or_on_cpu
@torch.inference_mode()
def probabilities(model: Model, picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return each class's probability (float32 C×H×W) at a size (height, width), as `crf` takes."""
    return logits(model, picture, size)[0].softmax(0).cpu().numpy()


def logits(model: Model, picture: np.ndarray, size: tuple[int, int]) -> torch.Tensor:
    """Return the logits (1, C, *size) of a picture that the model sees at its working size."""
    return at_size(scores(model, picture), size)


def scores(model: Model, picture: np.ndarray) -> torch.Tensor:
    """Return what a model says (1, C, h, w) of a picture: the mean of its looks, as the finest."""
    said = [seen(model, picture, look) for look in looks(model.card.preprocess)]
    finest = max((each.shape[-2], each.shape[-1]) for each in said)
    return reduce(torch.add, (at_size(each, finest) for each in said)) / len(said)


def seen(model: Model, picture: np.ndarray, look: Look) -> torch.Tensor:
    """Return what a model says (1, C, h, w) of one look at a picture, the right way round."""
    x = model_input(model, picture, look.short_side)
    x = x.flip(-1) if look.mirrored else x
    with torch.autocast(x.device.type, torch.bfloat16, enabled=bf16_is_faster(x.device.type)):
        said: torch.Tensor = model.module(x)  # (1, C, h, w)
    return said.float().flip(-1) if look.mirrored else said.float()


def at_size(scores: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """Return scores (1, C, h, w) in between, at a size (height, width)."""
    if scores.shape[-2:] == size:
        return scores
    return functional.interpolate(scores, size, mode="bilinear", align_corners=False)


def model_input(model: Model, picture: np.ndarray, short_side: int | None = None) -> torch.Tensor:
    """Return a picture (1, 3, h, w) as the model sees it, at its working size, on its device."""
    short = short_side or model.card.preprocess["short_side"]
    x = to_tensor(resize(picture, working_size(picture.shape[:2], short)))
    return x.to(next(model.module.parameters()).device)


def to_tensor(pictures: np.ndarray) -> torch.Tensor:
    """Return pictures (uint8 N×H×W×3 or H×W×3) as floats around 0, (N, 3, H, W), channels last."""
    tensor = torch.from_numpy(pictures.reshape(-1, *pictures.shape[-3:])).permute(0, 3, 1, 2)
    return tensor.to(torch.float32, memory_format=torch.channels_last) / 64 - 2


def volumes_to_tensor(volumes: np.ndarray) -> torch.Tensor:
    """Return volumes (uint8 N×D×H×W) as floats around 0, (N, 1, D, H, W)."""
    return torch.from_numpy(volumes)[:, None].float() / 64 - 2


@dataclass(frozen=True)
class Config:
    """Settings of `predict`."""

    picture: Path = option(REQUIRED, "the picture to segment", positional=True)
    checkpoint: Path = option(checkpoints.FOLDER / "segmentation" / "unet.safetensors",
                              "the checkpoint to use")
    output: Path = option(Path("runs/segmentation/overlay.png"), "where the overlay is written")
    labels: Path | None = option(None, "where the class ids are written, if anywhere")
    opacity: float = option(0.6, "how strongly the colours cover the picture, 0 to 1")


@dataclass(frozen=True)
class Written(written.Written):
    """What `predict` found, and where it wrote it."""

    result: Segmentation
    labels: Path | None

    def __str__(self) -> str:
        shares = sorted(self.result.shares.items(), key=lambda item: -item[1])
        found = ", ".join(f"{name} {100 * share:.0f}%" for name, share in shares if share >= 0.005)
        return f"{self.output}: {found}"


def run(config: Config) -> Written:
    """Segment one picture and write its overlay."""
    within(config, opacity=(0, 1))
    model = load(config.checkpoint)
    if dimensions(model.card.arch) == 3:
        raise UserError("'{file}' segments volumes", "a model of pictures is accepted here",
                        "choose another with --checkpoint", file=config.checkpoint.name)
    result = predict(model, read_picture(config.picture))
    write_png(config.output, overlay(result.picture, colourise(result.labels, COLOURS),
                                     config.opacity))
    if config.labels:
        write_png(config.labels, result.labels, COLOURS)
    return Written(result, config.output, config.labels)


VERB = Verb(Config, run, "Segment one picture and write the overlay.")
