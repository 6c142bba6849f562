"""The judge of label fidelity: a small convolutional net that never sees a drawn picture.

The shape is LeNet-5's (LeCun, Bottou, Bengio, Haffner 1998) with ReLUs, batch normalisation and
dropout.
"""

from __future__ import annotations

import torch
from torch import nn

from vision.gan.models import ARCHITECTURES
from vision.gan.models.pair import GREY, Shape

WIDTHS = {"compact": (16, 32, 96), "paper": (32, 64, 256)}


class Classifier(nn.Module):
    """Two convolutions and a hidden layer, `layers`, whose values are the features; then logits."""

    def __init__(self, classes: int, widths: tuple[int, int, int], shape: Shape) -> None:
        super().__init__()
        first, second, hidden = widths
        self.layers = nn.Sequential(
            nn.Conv2d(shape[0], first, 5, padding=2),
            nn.BatchNorm2d(first),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (N, first, S/2, S/2)
            nn.Conv2d(first, second, 5, padding=2),
            nn.BatchNorm2d(second),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (N, second, S/4, S/4)
            nn.Flatten(),
            nn.Linear(second * (shape[1] // 4) ** 2, hidden),
            nn.ReLU(),
        )
        self.head = nn.Sequential(nn.Dropout(0.4), nn.Linear(hidden, classes))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.head(self.layers(pictures))  # (N, hidden) → (N, classes)


@ARCHITECTURES.register("classifier", paper="doi:10.1109/5.726791", year=1998, draws=False,
                        conditional=False, idea="reads what was drawn, so that it can be counted")
def classifier(*, classes: int, size: str = "compact", shape: Shape = GREY) -> Classifier:
    """Build the classifier."""
    return Classifier(classes, WIDTHS[size], shape)
