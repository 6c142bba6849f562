"""Does a model know such pictures? Told by its scores, beside those of its validation set.

Hendrycks et al.: "Scaling Out-of-Distribution Detection for Real-World Settings", ICML 2022,
arXiv:1911.11132, §4: where a network sees what it does not know, the score of its best class is
low; it says more than softmax, which forgets how high all scores are. What is usual is what the
validation set shows; `evaluate --keep` writes that on the card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from vision.checkpoints import Card

SEEN = (96, 128)  # as fine as a mean over a picture needs
RARE = 0.01  # the share of the validation set whose scores may be lower than what is usual
LOWEST = 0.75  # of what is usual: other streets than the validation set's get lower scores, too


def familiarity(scores: torch.Tensor) -> float:
    """Return the mean over a picture of the best class's score, of all scores (1, C, h, w)."""
    small = functional.interpolate(scores, SEEN, mode="bilinear", align_corners=False)
    return float(small.amax(1).mean())  # of (1, 96, 128)


@dataclass(frozen=True)
class Usual:
    """How high a model's scores are in pictures of the kind that it knows."""

    score: float  # all but one in a hundred have a higher one
    split: str

    @classmethod
    def of(cls, card: Card) -> Usual | None:
        """Return what a card says, None if it says nothing."""
        found = card.metrics.get("familiarity")
        kept: dict[str, Any] = found if isinstance(found, dict) else {}
        values = kept.get("pictures")
        if not (isinstance(values, list) and values
                and all(isinstance(each, float) for each in values)):
            return None
        score = float(np.quantile(values, RARE, method="lower"))
        return cls(score, str(kept.get("split", "")))

    @property
    def lowest(self) -> float:
        """Return the score below which a picture is strange."""
        return LOWEST * self.score

    def strange(self, familiarity: float | None) -> bool:
        """Return whether a picture's score is lower than that."""
        return familiarity is not None and familiarity < self.lowest


def as_json(familiarities: Sequence[float | None]) -> dict[str, Any]:
    """Return what a card keeps of each picture."""
    return {"pictures": [round(each, 3) for each in familiarities if each is not None]}
