"""Detectors an eighth as wide, as most tests of trainings ask nothing of their width."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from torch import nn
from torchvision.models.resnet import BasicBlock, ResNet

from vision.infrared.models import backbone, mask_rcnn

NARROWER = 8


class NarrowResNet(ResNet):
    """A ResNet-18 whose stages have an eighth of the channels."""

    def __init__(self, *, weights: None, num_classes: int, **settings: Any) -> None:
        super().__init__(BasicBlock, [2, 2, 2, 2], num_classes, **settings)
        self.fc = nn.Linear(512 // NARROWER, num_classes)

    def _make_layer(self, block: Any, planes: int, *more: Any, **settings: Any) -> nn.Sequential:
        return super()._make_layer(block, planes // NARROWER, *more, **settings)


@contextmanager
def narrow_detectors() -> Iterator[None]:
    """Let what is called ResNet-18 be narrow, and a compact pyramid and its heads too."""
    pyramid, hidden = mask_rcnn.SIZES["compact"]
    with (patch.dict(backbone.DEPTHS, resnet18=NarrowResNet),
          patch.dict(mask_rcnn.SIZES, compact=(pyramid // 4, hidden // 4))):
        yield
