"""Mask branches as files of their own: several of them on one detector can be compared fairly.

A detector with another branch has the same boxes, classes and scores; only its masks differ.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.gpu_fallback import on_best_device
from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.masks import MaskBranch
from vision.infrared.predict import load
from vision.nan_safe import mean_known

ARCH = "mask_branch"
FOR_ANY = ("class_agnostic", "transferred")  # sources that do not count the classes


def take(detector: Path, output: Path) -> Path:
    """Write only the mask branch of a detector, with its card and the digest of all else."""
    model = load(detector)
    return checkpoints.save(output, branch_of(model), card_of_branch(model, model.card.data),
                            bits=8)


def card_of_branch(model: Model, data: Mapping[str, Any]) -> Card:
    """Return the card of a detector's mask branch, which names the detector it was taught on."""
    return replace(model.card, arch=ARCH, config=branch_of(model).config,
                   data={**data, "task": "masks", "body": body_of(model)})


def with_branch(model: Model, path: Path) -> Model:
    """Return a detector with the mask branch of a file in the place of its own."""
    branch, card = open_branch(path, model)
    if card.data.get("body") != body_of(model):
        raise UserError("the mask branch '{file}' was taught on another detector",
                        "a detector whose other parts are the same is accepted",
                        "train the branch again from this one", file=path.name)
    on_best_device(branch)
    return swapped(model, branch, card.data.get("without_masks", ()))


def open_branch(path: Path, model: Model) -> tuple[MaskBranch, Card]:
    """Return the mask branch of a file, which must fit a detector, and its card."""
    given = checkpoints.load(path, ARCHITECTURES)
    fits = {**branch_of(model).config, "source": given.card.config.get("source")}
    own = "classes" if given.card.config.get("source") in FOR_ANY else ""
    if given.card.arch != ARCH or {**given.card.config, own: 0} != {**fits, own: 0}:
        raise UserError("'{file}' is no mask branch that fits this detector",
                        "a branch of the same width and classes is accepted",
                        "take one from a detector that was trained from this one", file=path.name)
    assert isinstance(given.module, MaskBranch)
    given.module.config["classes"] = fits["classes"]
    return given.module, given.card


def swapped(model: Model, branch: MaskBranch, never: Sequence[str]) -> Model:
    """Return a detector with another mask branch, which never saw the masks of some classes."""
    module = copy.deepcopy(model.module)
    module.get_submodule("heads").add_module("masks", branch)
    config = {**model.card.config, "masks": branch.config["source"]}
    data = {**model.card.data, "without_masks": list(never)}
    return Model(module, replace(model.card, config=config, data=data))


def branch_of(model: Model) -> MaskBranch:
    """Return the mask branch of a detector, or raise if it has none."""
    branch = getattr(model.module.get_submodule("heads"), "masks", None)
    if not isinstance(branch, MaskBranch):
        raise UserError("a '{arch}' has no mask branch", "a mask_rcnn is accepted",
                        "choose another detector", arch=model.card.arch)
    return branch


def body_of(model: Model) -> str:
    """Return the digest of the weights that a mask branch learns with: all but the branches'."""
    return checkpoints.digest("", {name: tensor.cpu() for name, tensor
                                   in model.module.state_dict().items()
                                   if not name.startswith(("heads.masks.", "heads.sides."))})


@dataclass(frozen=True)
class Taught:
    """The mask AP of a branch: on the classes whose masks it saw, and on the others."""

    seen: float
    never: float


def taught(card: Card, never: tuple[str, ...]) -> Taught:
    """Return what a card says of the masks, apart for the classes that never had one."""
    by_class = card.metrics["mask_AP_per_class"]
    means = [mean_known([ap for name, ap in by_class.items() if (name in never) == apart])
             for apart in (False, True)]
    return Taught(*means)
