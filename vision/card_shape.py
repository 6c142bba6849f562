"""Whether a stranger's model card holds what its readers rely on: the odd field is named."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from vision.checkpoints import Card
from vision.errors import UserError, cut

MOST = 1000  # entries of a list or a table
LONGEST = 2000  # characters
ANY = "*"  # the key that stands for every other one

Shape = Any  # a function that tells whether a value is fine, or lists and tables of shapes


def text(value: Any) -> bool:
    """Return whether a value is a text of a length that can be shown."""
    return isinstance(value, str) and len(value) <= LONGEST


def number(value: Any) -> bool:
    """Return whether a value is a finite number."""
    return (isinstance(value, (int, float)) and not isinstance(value, bool)
            and abs(value) < 2**63 and math.isfinite(value))


def positive(value: Any) -> bool:
    """Return whether a value is a number above 0."""
    return number(value) and value > 0


def number_or_none(value: Any) -> bool:
    """Return whether a value is a number or not known."""
    return value is None or number(value)


def check_card(path: Path, card: Card, shape: Shape) -> None:
    """Raise with the first field of a card that has another shape.

    In a shape, `[x]` is a list of x, and a table gives the shape of each key; a key that ends in
    `?` may be missing, and `*` is any key. What a shape does not name may be anything.
    """
    common = {"command": text, "device": text, "created": text, "seed": number, "steps": number}
    for field, part in {**common, **shape}.items():
        _check(path, field, getattr(card, field), part)


def _check(path: Path, field: str, value: Any, shape: Shape) -> None:
    if isinstance(shape, list):
        _sized(path, field, value, list)
        for place, entry in enumerate(value):
            _check(path, f"{field}[{place}]", entry, shape[0])
    elif isinstance(shape, dict):
        _sized(path, field, value, dict)
        for key, part in _parts(value, shape):
            _check(path, f"{field}.{cut(key)}", value.get(key), part)
    elif not shape(value):
        raise _odd(path, field, value)


def _parts(value: dict[str, Any], shape: dict[str, Shape]) -> list[tuple[str, Shape]]:
    """Return the keys of a table that are looked at, each with its shape."""
    if ANY in shape:
        return [(key, shape[ANY]) for key in value]
    return [(key.rstrip("?"), part) for key, part in shape.items()
            if not key.endswith("?") or key.rstrip("?") in value]


def _sized(path: Path, field: str, value: Any, kind: type[Any]) -> None:
    if not isinstance(value, kind) or len(value) > MOST:
        raise _odd(path, field, value)


def _odd(path: Path, field: str, value: Any) -> UserError:
    return UserError("the card of '{file}' has an odd field '{field}': {value}",
                     "a checkpoint made by this project is accepted", "fetch or train it again",
                     file=path.name, field=field, value=cut(repr(value)))
