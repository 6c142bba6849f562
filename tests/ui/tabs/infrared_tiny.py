"""A detector for tests that always says the same, and a folder of checkpoints that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import torch

from tests.infrared.hand import CONSERVATOR, FUSE, Handmade
from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.images import write_png
from vision.infrared.classes import CLASSES
from vision.infrared.models.heads import Found
from vision.infrared.scenes import Scene
from vision.ui.tabs.infrared import shared

Row = tuple[tuple[float, float, float, float], int, float]
LOW, HIGH = 15.0, 65.0  # °C, the scale of the scenes made by hand


class Says(torch.nn.Module):
    """A detector that always says the same: boxes in pixels of 96×128, full masks."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__()
        self.anything = torch.nn.Parameter(torch.zeros(1))
        self.rows = rows

    def forward(self, pictures: torch.Tensor) -> list[Found]:
        """Return what it always says, at the size of the picture."""
        scale = pictures.shape[2] / 96
        boxes = scale * torch.tensor([row[0] for row in self.rows]).reshape(-1, 4)
        return [Found(boxes, torch.tensor([row[1] for row in self.rows], dtype=torch.long),
                      torch.tensor([row[2] for row in self.rows]),
                      torch.ones(len(self.rows), 28, 28))]


def scene() -> Scene:
    """Return the scene that the detector knows: a fuse at 60 °C and a conservator at 40 °C."""
    return Handmade(1).scene(0)


def thermogram(folder: Path) -> str:
    """Write the scene's picture and return its path."""
    return str(write_png(folder / "thermogram.png", scene().picture))


def knowing() -> list[Row]:
    """Return what is in the scene, and a reactor that is not, with a low score."""
    fuse, conservator = (next(device.box for device in scene().devices if device.label == label)
                         for label in (FUSE, CONSERVATOR))
    return [(fuse, FUSE, 0.9), (conservator, CONSERVATOR, 0.8), ((2.0, 2, 12, 30), 14, 0.31)]


@contextmanager
def detector_that_says(folder: Path, rows: list[Row]) -> Iterator[Model]:
    """Let the only detector that ships be one that says these rows."""
    card = Card("infrared", "mask_rcnn", {}, CLASSES, {"short_side": 96},
                data={"train": "rendered scenes", "val": "3 held-out scenes"},
                metrics={"mask_AP50": 0.9, "mask_AP": 0.6, "box_AP": 0.65, "box_AP_by_size": {
                    "large": None, "medium": 0.5, "small": 0.25},
                         "box_AP_without_mistakes": {"sides": 0.8, "names": 0.7, "missed": 0.75,
                                                     "invented": None}}, command="made by hand")
    model = Model(Says(rows), card)
    checkpoints.save(folder / "infrared" / "mask_rcnn.safetensors", model.module, card)
    with (patch.object(checkpoints, "FOLDER", folder),
          patch.object(shared.MODELS, "at", lambda path: model),
          patch("vision.infrared.predict.bf16_is_faster", lambda kind: False)):
        yield model
