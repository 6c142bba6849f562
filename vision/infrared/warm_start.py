"""What a training begins with: the weights of another model, and parts that stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torch import nn

from vision import checkpoints
from vision.errors import UserError
from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.mask_rcnn import Detector

PARTS = ("backbone", "pyramid", "proposals", "boxes", "masks", "sides")
STEM = "stem"  # of the backbone: its first convolution and its first stage


def take_over(module: Detector, path: Path) -> None:
    """Begin with a classifier's backbone, or with all that fits of another detector."""
    model = checkpoints.load(path, ARCHITECTURES)
    weights, own = model.module.state_dict(), module.state_dict()
    if model.card.arch == "classifier":
        weights = {f"backbone.{name}": value for name, value in weights.items()}
    fitting = {name: value for name, value in weights.items()
               if name in own and own[name].shape == value.shape}
    if not all(name in fitting for name in own if name.startswith("backbone.body.")):
        raise UserError("'{file}' has no backbone that fits '{backbone}'",
                        "a classifier or detector with that backbone is accepted",
                        "change --start or --backbone", file=path.name,
                        backbone=backbone_of(module))
    module.load_state_dict(fitting, strict=False)


def backbone_of(module: Detector) -> str:
    """Return the backbone's name by its number of blocks."""
    blocks = len(module.backbone.body["layer3"])
    return {2: "resnet18", 6: "resnet50", 23: "resnet101"}[blocks]


def parts_of(module: Detector, names: tuple[str, ...]) -> Iterator[nn.Module]:
    """Return the modules of these parts; a part that the detector does not have has none."""
    body = module.backbone.body
    parts = {STEM: [body["conv1"], body["bn1"], body["layer1"]],
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
