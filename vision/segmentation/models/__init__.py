"""The registry of segmentation architectures; each file of this package registers one family.

A builder takes `classes`, `size` and its own keyword arguments and returns a module that maps
pictures (N, 3, H, W), H and W multiples of 32, to logits (N, classes, H, W). The fact
`dimensions=3` marks one that maps volumes (N, 1, D, H, W), sides multiples of 16, instead;
`supervised=False` one whose ids mean nothing until they are matched; `crf=True` one whose paper
refines its answer with `crf.py`; `merging=True` one that joins regions with `merging.py` after
that; `diagnoses=True` one whose module can `diagnose` a picture too; `objects=True` one whose
module can `find` objects too; `inside=` `"skips"`,
`"branches"`, `"attention"` or `"depth"` one that `inside.py` can take apart; `after="name"` names
the one whose idea it carries on; `encoders=(…)` names the encoders that it can have; `idea="…"`
says in a sentence what is new. All may be left out.

Evaluation mode always gives logits. A module that learns from more than them gives `Outputs` in
training mode: its logits, and whatever else is compared with a truth. The criterion of
`criterion.py` takes either, so no architecture needs a training loop of its own.
"""

from typing import Any, NamedTuple

import torch

from vision.registry import Registry

ARCHITECTURES = Registry("segmentation", __name__)


class Outputs(NamedTuple):
    """What a module says in training mode if it learns from more than its logits."""

    logits: torch.Tensor  # (N, classes, H, W)
    auxiliary: tuple[torch.Tensor, ...] = ()  # each (N, classes, h, w), compared with the labels
    diagnosis: torch.Tensor | None = None  # (N, diagnoses), compared with the picture's diagnosis
    reconstruction: torch.Tensor | None = None  # (N, 3, H, W), compared with the picture itself
    objects: torch.Tensor | None = None  # (N, 3, h, w), compared with each object's centre


def facts(arch: str) -> dict[str, Any]:
    """Return what is known of an architecture; of one that is not registered nothing is."""
    return ARCHITECTURES[arch].facts if arch in ARCHITECTURES.names() else {}


def dimensions(arch: str) -> int:
    """Return 2 for an architecture of pictures, 3 for one of volumes."""
    return facts(arch).get("dimensions", 2)


def encoders_of(arch: str) -> tuple[str, ...]:
    """Return the encoders that an architecture can have, its own first."""
    return facts(arch).get("encoders", ("own",))


def task(arch: str) -> str:
    """Return what an architecture is for: classes, groups without names, diagnoses or volumes."""
    known = facts(arch)
    if known.get("dimensions") == 3:
        return "volumes"
    if not known.get("supervised", True):
        return "groups"
    return "diagnosis" if known.get("diagnoses") else "classes"


def for_pictures() -> list[str]:
    """Return the names of the architectures that segment pictures."""
    return [entry.name for entry in ARCHITECTURES if dimensions(entry.name) == 2]


def having(**wanted: Any) -> list[str]:
    """Return the names of the architectures that were registered with these facts."""
    return [entry.name for entry in ARCHITECTURES if wanted.items() <= entry.facts.items()]
