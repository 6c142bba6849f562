"""How far a measure of a set may be off by the choice of its pictures.

Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, §13.3, the percentile interval: draw
as many pictures as there are with replacement, measure, and do it again; the middle 95% of what
was measured is the interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vision.randomness import generator_for

DRAWS, LEVEL = 2000, 0.95


@dataclass(frozen=True)
class Interval:
    """A number, and between which two it lies in 95% of the draws."""

    value: float
    low: float
    high: float

    @property
    def decided(self) -> bool:
        """Return whether a difference is surely above 0 or surely below."""
        return self.low > 0 or self.high < 0

    def as_json(self) -> dict[str, Any]:
        """Return the three in plain types."""
        return {"value": self.value, "low": self.low, "high": self.high}

    def __str__(self) -> str:
        return f"{self.value:.4f} ({self.low:.4f} to {self.high:.4f})"


@dataclass(frozen=True, eq=False)
class Measure:
    """A measure of a set of pictures that can be asked of any pictures of the set again."""

    name: str
    pictures: int
    of: Callable[[np.ndarray], float]  # what the pictures at these places (N,) give together

    def whole(self) -> float:
        """Return what all pictures give, each once."""
        return self.of(np.arange(self.pictures))

    def drawn(self, draws: int = DRAWS) -> np.ndarray:
        """Return what each draw gives (draws,)."""
        return np.array([self.of(places) for places in places_drawn(self.pictures, draws)])


def places_drawn(pictures: int, draws: int = DRAWS) -> np.ndarray:
    """Return which picture stands at each place of each draw (draws, pictures), always alike."""
    return generator_for(0, pictures).integers(0, pictures, (draws, pictures))


def middle(values: np.ndarray) -> tuple[float, float]:
    """Return between which two numbers the middle 95% lie."""
    low, high = np.nanquantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
