"""Cut a segmentation model: the channels with the smallest γ go, wherever nothing forbids it.

Which channels can only go together is found by `vision/channels`. The smaller model is a normal
checkpoint; fine-tune it with `train --start`, which keeps its shape.
"""

from __future__ import annotations

import functools
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vision import checkpoints
from vision.channels.graph import spaces_of
from vision.channels.narrow import narrower
from vision.channels.surgery import cut, lowest, scores
from vision.checkpoints import Model
from vision.errors import UserError
from vision.options import Verb, command, option, within
from vision.segmentation.evaluate import evaluate
from vision.segmentation.models import ARCHITECTURES, dimensions
from vision.segmentation.predict import load
from vision.timing import milliseconds_in_turns

Masks = dict[str, np.ndarray]
SEEN, TIMED = 64, (256, 320)  # sides of the example that is traced, and of one that is timed
RUNS = 9


@dataclass(frozen=True)
class Config:
    """Settings of `slim`."""

    checkpoint: Path = option(checkpoints.FOLDER / "segmentation" / "unet.safetensors",
                              "the checkpoint to cut")
    ratio: float = option(0.3, "share of the channels that may go, 0 to 0.95")
    data: str = option("", "measure both on the validation split of this set; empty is not at all")
    output: Path = option(Path("runs/segmentation/slim.safetensors"), "the checkpoint to write")


@dataclass(frozen=True)
class Report:
    """What was cut, what that saves, and why the rest stays."""

    path: Path
    channels: int  # that might have gone
    cut: int
    parameters: tuple[int, int]  # before and after, like all pairs here
    milliseconds: tuple[float, float]  # of one picture of 256×320
    mean_iou: tuple[float, float] | None
    refused: dict[str, str]  # by the layer that makes them, why channels cannot go

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {**asdict(self), "path": str(self.path)}

    def __str__(self) -> str:
        rows = [f"{self.cut:,} of {self.channels:,} channels cut",
                f"  parameters  {self.parameters[0]:,} → {self.parameters[1]:,}",
                f"milliseconds  {self.milliseconds[0]:.1f} → {self.milliseconds[1]:.1f}"]
        if self.mean_iou:
            rows.append(f"        mIoU  {self.mean_iou[0]:.4f} → {self.mean_iou[1]:.4f}")
        rows += [f"kept: {name}, for {why}" for name, why in self.refused.items()]
        return "\n".join([*rows, str(self.path)])


def slimmed(model: Model, config: Config) -> tuple[Model, Masks, dict[str, str]]:
    """Return the smaller model, which channels stay, and why others are not even asked."""
    if dimensions(model.card.arch) != 2:
        raise UserError("'{arch}' is made for volumes", "networks for pictures are accepted",
                        "choose another checkpoint", arch=model.card.arch)
    device = next(model.module.parameters()).device
    spaces = spaces_of(model.module, torch.zeros(1, 3, SEEN, SEEN, device=device))
    found = scores(model.module, spaces)
    refused = {space.name: space.refusal for space in spaces if space.refusal}
    if not found:
        raise UserError("'{arch}' has no channels with a scale γ that may go",
                        "networks of convolutions and batch normalisations are accepted",
                        "choose another checkpoint", arch=model.card.arch)
    masks = lowest(found, config.ratio)
    small = cut(model.module, spaces, masks)
    before = {key: value for key, value in model.card.config.items() if key != "slim"}
    whole = ARCHITECTURES.build(model.card.arch, **before)
    card = replace(
        model.card, config={**before, "slim": narrower(small, whole)}, created="",
        command=command("segmentation", "slim", config),
        metrics={"made_from": model.card.commands})
    return Model(small, card), masks, refused


def run(config: Config) -> Report:
    """Cut one checkpoint and write the smaller one."""
    within(config, ratio=(0, 0.95))
    model = load(config.checkpoint)
    small, masks, refused = slimmed(model, config)
    stays = [int(mask.sum()) for mask in masks.values()]
    total = sum(map(len, masks.values()))
    checkpoints.save(config.output, small.module, small.card)
    both = (model.module, load(config.output).module)
    sizes = [sum(part.numel() for part in module.parameters()) for module in both]
    return Report(config.output, total, total - sum(stays), (sizes[0], sizes[1]),
                  milliseconds(both), quality(config), refused)


def quality(config: Config) -> tuple[float, float] | None:
    """Return the mean IoU before and after, if a data set is named."""
    if not config.data:
        return None
    before, after = (evaluate(path, config.data).whole_set.mean_iou
                     for path in (config.checkpoint, config.output))
    return before, after


@torch.inference_mode()
def milliseconds(modules: tuple[torch.nn.Module, torch.nn.Module]) -> tuple[float, float]:
    """Return the median milliseconds of one picture, both networks in turns."""
    picture = torch.zeros(1, 3, *TIMED, device=next(modules[0].parameters()).device)
    picture = picture.to(memory_format=torch.channels_last)
    before, after = milliseconds_in_turns(
        [functools.partial(answered, module, picture) for module in modules], RUNS)
    return before, after


def answered(module: torch.nn.Module, picture: torch.Tensor) -> float:
    """Let a network answer, and wait for the device by asking it for a number."""
    return float(module(picture).sum())


VERB = Verb(Config, run, "Cut the channels with the smallest scales and write the smaller model.")
