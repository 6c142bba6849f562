"""The second judge: it knows nothing of neighbouring pixels, so it errs in other ways.

Two hidden layers of ReLUs with dropout (Hinton, Srivastava, Krizhevsky, Sutskever, Salakhutdinov:
"Improving neural networks by preventing co-adaptation of feature detectors", 2012,
arXiv:1207.0580) and batch normalisation.
"""

from __future__ import annotations

import torch
from torch import nn

from vision.gan.models import ARCHITECTURES
from vision.gan.models.pair import GREY, Shape, numbers_in

UNITS = {"compact": 256, "paper": 1024}


class DenseClassifier(nn.Module):
    """Two hidden layers, `layers`, the last of which makes the features; then logits."""

    def __init__(self, classes: int, units: int, shape: Shape) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),  # (N, C · S · S)
            nn.Dropout(0.2), nn.Linear(numbers_in(shape), units), nn.BatchNorm1d(units), nn.ReLU(),
            nn.Dropout(0.3), nn.Linear(units, units), nn.BatchNorm1d(units), nn.ReLU(),
        )
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(units, classes))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.head(self.layers(pictures))  # (N, units) → (N, classes)


@ARCHITECTURES.register("dense_classifier", paper="arXiv:1207.0580", year=2012,
                        draws=False, conditional=False,
                        idea="a second opinion on what was drawn, by a net of another kind")
def dense_classifier(*, classes: int, size: str = "compact", shape: Shape = GREY
                     ) -> DenseClassifier:
    """Build the classifier."""
    return DenseClassifier(classes, UNITS[size], shape)
