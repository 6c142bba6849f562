"""What pre-training added: models beside their twins whose encoder had learnt ImageNet.

A twin has the same architecture and another encoder, so the difference is what the encoder and its
knowledge gave together. Only cards of the same split are compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vision import checkpoints
from vision.checkpoints import Card


@dataclass(frozen=True)
class Pair:
    """Two models of one architecture: from random weights, and with an encoder that knew much."""

    arch: str
    scratch: str
    pretrained: str
    without: float  # mIoU
    with_it: float
    val: str  # the split that both were measured on

    @property
    def gain(self) -> float:
        """Return the difference of the two."""
        return self.with_it - self.without

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {**asdict(self), "gain": self.gain}


def pairs(paths: Iterable[Path]) -> list[Pair]:
    """Return each pretrained model with its twin from scratch, if both are among the files."""
    cards = {path.stem: checkpoints.read_card(path) for path in paths}
    return [Pair(card.arch, twin, name, miou(cards[twin]), miou(card), split(card))
            for name, card in cards.items() if encoder(card)
            and (twin := twin_of(card, cards)) is not None]


def twin_of(card: Card, cards: dict[str, Card]) -> str | None:
    """Return which model differs from one only by having learnt from random weights."""
    alike = [name for name, other in cards.items() if (other.arch, encoder(other)) == (
        card.arch, "") and split(other) == split(card) and math.isfinite(miou(other) + miou(card))]
    return min(alike, key=lambda name: name != card.arch, default=None)


def encoder(card: Card) -> str:
    """Return the name of the pretrained encoder of a model, none for the architecture's own."""
    return str(card.config.get("encoder", ""))


def miou(card: Card) -> float:
    """Return the mean IoU of one look on a card, NaN if it has none."""
    value = card.metrics.get("mIoU_once", card.metrics.get("mIoU"))
    return float(value) if isinstance(value, (int, float)) else math.nan


def split(card: Card) -> str:
    """Return what a model was measured on."""
    return str(card.data.get("val", ""))
