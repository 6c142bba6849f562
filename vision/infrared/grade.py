"""What a detector is graded by: AP50, a mean over classes, on scenes only the grader can name."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from vision.bootstrap import Measure
from vision.checkpoints import Model
from vision.infrared.classes import CLASSES
from vision.infrared.data import Scenes
from vision.infrared.evaluate import pairs_of
from vision.infrared.measures.outcomes import Outcome, average_precision
from vision.infrared.measures.real_report import is_kind, outcomes_of
from vision.infrared.predict import looks_twice
from vision.nan_safe import mean_known

PICTURES = 20


def measure(model: Model, first: int, count: int = PICTURES) -> Measure:
    """Return the mean AP50 on `count` scenes, which can be asked of any of them again."""
    pairs = pairs_of(model, Scenes(first, count), looks_twice(model.card))
    outcomes = [outcomes_of(pairs, functools.partial(is_kind, name)) for name in CLASSES]
    return Measure("mean AP50", count, functools.partial(of_places, outcomes))


def of_places(outcomes: Sequence[Sequence[Outcome]], places: np.ndarray) -> float:
    """Return the mean AP50 of the classes that appear in some pictures, NaN if none does."""
    return mean_known([average_precision([each[place] for place in places])
                       for each in outcomes])
