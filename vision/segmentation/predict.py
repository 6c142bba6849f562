"""From a picture to a class for every pixel."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from vision import checkpoints
from vision.checkpoints import Model
from vision.images import colourise, overlay, read_picture, resize, resize_labels, write_png
from vision.options import REQUIRED, Verb, option, within
from vision.segmentation.data import COLOURS
from vision.segmentation.models import ARCHITECTURES
from vision.training import best_device, bf16_is_faster

MULTIPLE = 32
LARGEST_SIDE = 2048
FINEST = 2_000_000  # pixels; larger pictures get their labels from a result of this size


@dataclass(frozen=True)
class Segmentation:
    """What a model said of one picture: a class id for every pixel."""

    picture: np.ndarray  # uint8 (H, W, 3)
    labels: np.ndarray  # uint8 (H, W)
    classes: tuple[str, ...]
    seconds: float

    def __post_init__(self) -> None:
        if self.labels.shape != self.picture.shape[:2]:
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
        return {"height": self.labels.shape[0], "width": self.labels.shape[1],
                "seconds": self.seconds, "shares": self.shares}


def load(path: Path) -> Model:
    """Return the model of a checkpoint, on the best device and laid out for speed."""
    model = checkpoints.load(path, ARCHITECTURES)
    short, classes = model.card.preprocess.get("short_side"), model.card.config.get("classes")
    if not isinstance(short, int) or not MULTIPLE <= short <= LARGEST_SIDE:
        raise checkpoints.damaged(path, "its card has no usable short_side")
    if classes != len(model.card.classes) or not classes <= len(COLOURS):
        raise checkpoints.damaged(path, "its classes do not fit its settings")
    model.module.to(best_device()).to(memory_format=torch.channels_last)
    return model


@torch.inference_mode()
def predict(model: Model, picture: np.ndarray) -> Segmentation:
    """Return the most likely class of each pixel of an RGB picture (uint8 H×W×3)."""
    start = time.perf_counter()
    height, width = picture.shape[:2]
    finest = (height, width)
    if height * width > FINEST:
        shrink = (FINEST / (height * width)) ** 0.5
        finest = (round(height * shrink) or 1, round(width * shrink) or 1)
    best = logits(model, picture, finest)[0].argmax(0)  # (h, w)
    labels = best.to(torch.uint8).cpu().numpy()
    labels = resize_labels(labels, (height, width)) if finest != (height, width) else labels
    return Segmentation(picture, labels, model.card.classes, time.perf_counter() - start)


@torch.inference_mode()
def probabilities(model: Model, picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return each class's probability (float32 C×H×W) at a size (height, width), as `crf` takes."""
    return logits(model, picture, size)[0].softmax(0).cpu().numpy()


def logits(model: Model, picture: np.ndarray, size: tuple[int, int]) -> torch.Tensor:
    """Return the logits (1, C, *size) of a picture that the model sees at its working size."""
    x = to_tensor(resize(picture, working_size(picture.shape[:2], model.card.preprocess)))
    device = next(model.module.parameters()).device
    with torch.autocast(device.type, torch.bfloat16, enabled=bf16_is_faster(device.type)):
        said = model.module(x.to(device))  # (1, C, h, w)
    return functional.interpolate(said.float(), size, mode="bilinear", align_corners=False)


def working_size(size: tuple[int, int], preprocess: dict[str, Any]) -> tuple[int, int]:
    """Return the size at which a model works: the short side as in training, multiples of 32."""
    short = preprocess["short_side"]
    scale = short / min(size)
    limits = (MULTIPLE, 4 * short)
    height, width = (int(np.clip(round(side * scale / MULTIPLE) * MULTIPLE, *limits))
                     for side in size)
    return height, width


def to_tensor(pictures: np.ndarray) -> torch.Tensor:
    """Return pictures (uint8 N×H×W×3 or H×W×3) as floats around 0, (N, 3, H, W), channels last."""
    tensor = torch.from_numpy(pictures.reshape(-1, *pictures.shape[-3:])).permute(0, 3, 1, 2)
    return tensor.to(torch.float32, memory_format=torch.channels_last) / 64 - 2


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
class Written:
    """What `predict` found, and where it wrote it."""

    result: Segmentation
    output: Path
    labels: Path | None

    def as_json(self) -> dict[str, Any]:
        """Return the files and the numbers in plain types."""
        return {"output": self.output, "labels": self.labels, **self.result.as_json()}

    def __str__(self) -> str:
        shares = sorted(self.result.shares.items(), key=lambda item: -item[1])
        found = ", ".join(f"{name} {100 * share:.0f}%" for name, share in shares if share >= 0.005)
        return f"{self.output}: {found}"


def run(config: Config) -> Written:
    """Segment one picture and write its overlay."""
    within(config, opacity=(0, 1))
    result = predict(load(config.checkpoint), read_picture(config.picture))
    write_png(config.output, overlay(result.picture, colourise(result.labels, COLOURS),
                                     config.opacity))
    if config.labels:
        write_png(config.labels, result.labels, COLOURS)
    return Written(result, config.output, config.labels)


VERB = Verb(Config, run, "Segment one picture and write the overlay.")
