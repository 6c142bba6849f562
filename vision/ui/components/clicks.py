"""What a click on a picture or a chart carries: read as one that the page sends, or refused."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

from vision.errors import UserError

FARTHEST = 1e6  # pixels or values


def clicked(event: Any, name: str) -> Any:
    """Return what a click carries under a name."""
    try:
        return getattr(event, name)
    except (AttributeError, TypeError):
        raise nothing_clicked() from None


def carries(event: Any, name: str) -> bool:
    """Return whether a click carries anything under a name."""
    try:
        return bool(clicked(event, name))
    except UserError:
        return False


def number(event: Any, name: str) -> float:
    """Return a number that a click carries."""
    return _number(clicked(event, name))


def numbers(event: Any, name: str, count: int) -> list[float]:
    """Return so many numbers that a click carries as a list."""
    values = clicked(event, name)
    if not isinstance(values, (list, tuple)) or len(values) != count:
        raise nothing_clicked()
    return [_number(value) for value in values]


def pairs(event: Any, name: str) -> list[list[float]]:
    """Return places, two numbers each, that a click carries as a list."""
    values = clicked(event, name)
    if not isinstance(values, list) or not all(
            isinstance(value, (list, tuple)) and len(value) == 2 for value in values):
        raise nothing_clicked()
    return [[_number(x), _number(y)] for x, y in values]


def place(event: Any, name: str, below: int) -> int:
    """Return a place in a list of some length, which a click carries."""
    value = number(event, name)
    if value != int(value) or not 0 <= value < below:
        raise nothing_clicked()
    return int(value)


def nothing_clicked() -> UserError:
    """Return the error for an event that no click on the page sends."""
    return UserError("nothing was clicked", "a click on the page is accepted here",
                     "click there again")


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise nothing_clicked()
    found = _as_float(value)
    if not abs(found) <= FARTHEST:  # no number at all is not, either
        raise nothing_clicked()
    return found


def _as_float(value: Real) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf
