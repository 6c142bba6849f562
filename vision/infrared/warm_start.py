"""What a training begins with: the weights of another model, and parts that stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn

from vision import checkpoints
from vision.efficientnet_lite import EfficientNetLite
from vision.errors import UserError
from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.backbone import LITE
from vision.infrared.models.mask_rcnn import Detector

PARTS = ("backbone", "pyramid", "proposals", "boxes", "masks", "sides")
GROWING = ("heads.box_predictor.", "heads.masks.source.", "proposals.head.")  # with the classes
STEM = "stem"  # of the backbone: its first convolution and its first stage


def take_over(module: Detector, path: Path, body: bool = True) -> None:
    """Begin with a classifier's backbone, or with all that fits of another detector.

    Its body must fit, too, unless the detector's own comes from elsewhere.
    """
    model = checkpoints.load(path, ARCHITECTURES)
    weights, own = model.module.state_dict(), module.state_dict()
    if model.card.arch == "classifier":
        weights = {f"backbone.{name}": value for name, value in weights.items()}
    fitting = {name: grown(value, own[name]) for name, value in weights.items()
               if name in own and fits(name, value, own[name])}
    if body and not all(name in fitting for name in own if name.startswith("backbone.body.")):
        raise UserError("'{file}' has no backbone that fits '{backbone}'",
                        "a classifier or detector with that backbone is accepted",
                        "change --start or --backbone", file=path.name,
                        backbone=backbone_of(module))
    module.load_state_dict(fitting, strict=False)


def fits(name: str, value: torch.Tensor, own: torch.Tensor) -> bool:
    """Return whether a tensor has another's shape, or as many rows as other classes need."""
    rows = name.startswith(GROWING) and value.shape[1:] == own.shape[1:]
    return value.shape == own.shape or rows


def grown(value: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
    """Return a tensor as long as another: without the last rows, or with those of the other."""
    return value if value.shape == own.shape else torch.cat([value[: len(own)], own[len(value):]])


def backbone_of(module: Detector) -> str:
    """Return the backbone's name by its number of blocks."""
    if isinstance(module.backbone.body, EfficientNetLite):
        return LITE
    blocks = len(list(module.backbone.body.get_submodule("layer3").children()))
    return {2: "resnet18", 6: "resnet50", 23: "resnet101"}[blocks]


def parts_of(module: Detector, names: tuple[str, ...]) -> Iterator[nn.Module]:
    """Return the modules of these parts; a part that the detector does not have has none."""
    body = module.backbone.body
    parts = {STEM: module.backbone.first,
             "backbone": [body], "pyramid": [module.backbone.pyramid],
             "proposals": [module.proposals.head], "masks": [module.heads.masks],
             "sides": [module.heads.sides],
             "boxes": [module.heads.box_head, module.heads.box_predictor]}
    return (part for name in names for part in parts[name] if part is not None)


def learn(module: Detector, freeze: tuple[str, ...]) -> None:
    """Put a detector in training mode; frozen parts keep the statistics of their normalisation."""
    module.train()
    for part in parts_of(module, freeze):
        part.eval()
