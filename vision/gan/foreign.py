"""What the page relies on in the card of a GAN that somebody hands in."""

from __future__ import annotations

from typing import Any

from vision.card_shape import ANY, number, number_or_none, text
from vision.gan.data import SETS


def sets(value: Any) -> bool:
    """Return whether a value names the data sets that a GAN learnt from, one at least."""
    return isinstance(value, list) and 0 < len(value) <= len(SETS) and all(
        isinstance(name, str) and name in SETS for name in value)


def parzen(value: Any) -> bool:
    """Return whether a value is a Parzen window's estimate, or there is none."""
    if value is None:
        return True
    curve = value.get("curve") if isinstance(value, dict) else None
    return (isinstance(curve, list) and 0 < len(curve) < 100 and all(
        isinstance(point, list) and len(point) == 2 and all(map(number, point)) for point in curve)
        and all(number(value.get(name)) for name in ("mean", "error", "sigma", "samples"))
        and value["sigma"] in [sigma for sigma, _ in curve])


def matrix(value: Any) -> bool:
    """Return whether a value is a table of counts, or there is none."""
    return value is None or (isinstance(value, list) and 0 < len(value) <= 100 and all(
        isinstance(row, list) and 0 < len(row) == len(value[0]) <= 100 and all(map(number, row))
        for row in value))


def curves(value: Any) -> bool:
    """Return whether a value holds curves, each with a number for every step; it may hold none."""
    if not isinstance(value, dict) or not all(isinstance(each, list) for each in value.values()):
        return False
    steps = len(value.get("step", ()))
    return all(len(each) == steps and all(map(number, each)) for each in value.values())


NUMBERS = ("fidelity", "distance", "distance_floor", "d_real", "d_fake")


def card_of(metrics: Any) -> dict[str, Any]:
    """Return what a card must hold."""
    return {"data": {"train": sets, "val?": text, "licences?": {ANY: text}},
            "metrics": {**{f"{name}?": number_or_none for name in NUMBERS}, "matrix?": matrix,
                        "parzen?": parzen, "curves?": curves}}
