"""Numbers of which some cannot be known: NaN stands for those, and a mean leaves them out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def mean_known(values: np.ndarray | Sequence[float]) -> float:
    """Return the mean of what is not NaN; NaN if nothing is left."""
    values = np.asarray(values)
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def ratio(part: np.ndarray | float, whole: np.ndarray | float) -> np.ndarray:
    """Return part / whole, NaN where the whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0)
