"""The two players with which a training begins: untrained ones, or those of a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vision.checkpoints import Card
from vision.data.image_folders import LabelledPictures
from vision.errors import UserError
from vision.gan.models import ARCHITECTURES
from vision.gan.models.pair import Pair
from vision.gan.predict import load, pair_of, shape_of


def settings_for(pictures: LabelledPictures, size: str) -> dict[str, Any]:
    """Return what builds a model for these pictures."""
    return {"classes": len(pictures.classes), "size": size, "shape": list(pictures.shape)}


def players(arch: str, settings: dict[str, Any], start: Path | None) -> Pair:
    """Return the two players of these settings, as they were in a checkpoint if there is one."""
    pair: Pair = ARCHITECTURES.build(arch, **settings)
    if start is not None:
        model = load(start)
        if (model.card.arch, shaped(model.card)) != (arch, settings):
            raise UserError("'{file}' is no {arch} of these pictures",
                            "a checkpoint of the same architecture, size and kind of data is "
                            "accepted", "choose another, or leave --start away",
                            file=start.name, arch=arch)
        pair.load_state_dict(pair_of(model).state_dict())
    return pair


def shaped(card: Card) -> dict[str, Any]:
    """Return the settings of a card with the shape of its pictures, which old ones do not name."""
    return {**card.config, "shape": list(shape_of(card))}
