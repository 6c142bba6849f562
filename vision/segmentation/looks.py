"""How a model looks at a picture: once, or at several sizes and in the mirror, too.

What one look gets wrong another one often gets right, so the mean of several is better and takes
as many times as long. A model's card asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MOST = 4  # sizes


@dataclass(frozen=True)
class Look:
    """One look: the short side of the picture that the model sees, and whether it is mirrored."""

    short_side: int
    mirrored: bool = False


def looks(preprocess: dict[str, Any]) -> list[Look]:
    """Return how a model looks at a picture, as its card says."""
    ways = (False, True) if preprocess.get("mirrored") else (False,)
    sizes = preprocess.get("sizes") or [preprocess["short_side"]]
    return [Look(size, mirrored) for size in sizes for mirrored in ways]


def sizes_of(preprocess: dict[str, Any]) -> list[Any]:
    """Return every short side that a card names, whatever stands there; too many are none."""
    sizes = preprocess.get("sizes", [])
    several = isinstance(sizes, list) and len(sizes) <= MOST
    return [preprocess.get("short_side"), *(sizes if several else [None])]
