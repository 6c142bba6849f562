"""How sure a model is, and how often it may be: confidence, entropy, calibration, temperature.

Guo, Pleiss, Sun, Weinberger: "On Calibration of Modern Neural Networks", ICML 2017,
arXiv:1706.04599. Logarithms of probabilities stand for logits here: the two differ by a number
that is the same for all classes, and softmax does not see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vision.nan_safe import ratio
from vision.segmentation.labels import VOID

BINS = 15  # as in the paper's tables
COOLEST, HOTTEST = 0.25, 4.0  # temperatures


def tempered(log_p: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the probabilities (float32 C×…) of logits (C×…) divided by T (§4.2)."""
    scaled = log_p.astype(np.float32) / np.float32(temperature)
    p = np.exp(scaled - scaled.max(0))
    return p / p.sum(0)


def confidence(p: np.ndarray) -> np.ndarray:
    """Return the probability (…) of the most likely class of p (C×…)."""
    return p.max(0)


def entropy(p: np.ndarray) -> np.ndarray:
    """Return −Σ p log p / log C (…) of p (C×…): 0 is sure, 1 is no idea at all."""
    return -(p * np.log(p.clip(1e-12))).sum(0) / np.log(max(len(p), 2))


@dataclass(frozen=True, eq=False)
class Reliability:
    """Pixels sorted into bins by confidence: how many, how sure in sum, how many right."""

    count: np.ndarray  # (bins,)
    confidence: np.ndarray  # (bins,), summed
    right: np.ndarray  # (bins,)

    def __add__(self, other: Reliability) -> Reliability:
        return Reliability(self.count + other.count, self.confidence + other.confidence,
                           self.right + other.right)

    @property
    def accuracy(self) -> np.ndarray:
        """Return each bin's share of right pixels, NaN where there are none."""
        return ratio(self.right, self.count)

    @property
    def mean_confidence(self) -> np.ndarray:
        """Return how sure each bin's pixels are on average, NaN where there are none."""
        return ratio(self.confidence, self.count)

    @property
    def ece(self) -> float:
        """Return the expected calibration error Σₘ |Bₘ| / n · |acc(Bₘ) − conf(Bₘ)| (Eq. 3)."""
        gaps = np.abs(self.right - self.confidence)  # |Bₘ| · |acc − conf|
        return float(gaps.sum() / self.count.sum()) if self.count.any() else float("nan")

    def as_json(self) -> dict[str, Any]:
        """Return bins and error in plain types."""
        return {"ece": self.ece, "count": self.count.tolist(), "right": self.right.tolist(),
                "confidence": self.confidence.round(3).tolist()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Reliability:
        """Return the bins that `as_json` gave."""
        return cls(*(np.array(values[name], float) for name in ("count", "confidence", "right")))


def reliability(p: np.ndarray, truth: np.ndarray, bins: int = BINS) -> Reliability:
    """Return the bins of probabilities (C×…) with their truth (uint8 …); void does not count."""
    known = truth != VOID
    sure, right = p.max(0)[known].astype(float), (p.argmax(0) == truth)[known]
    place = np.ceil(sure * bins).clip(1, bins).astype(int) - 1  # bin m holds (m / M, (m + 1) / M]
    return Reliability(*(np.bincount(place, weights, bins).astype(float)
                         for weights in (None, sure, right)))


def losses(p: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return −log p of the true class of each pixel (…), 0 where the truth is void."""
    known = truth != VOID
    true = np.take_along_axis(p, np.where(known, truth, 0)[None].astype(np.intp), 0)[0]
    return np.where(known, -np.log(true.clip(1e-12)), 0)


def best_temperature(log_p: np.ndarray, truth: np.ndarray) -> float:
    """Return the T with the least cross-entropy on logits (C×n) with their truth (n,) (§4.2)."""
    from scipy.optimize import minimize_scalar

    known = truth != VOID
    log_p, truth = log_p[:, known], truth[known]
    found = minimize_scalar(lambda log_t: losses(tempered(log_p, np.exp(log_t)), truth).mean(),
                            bounds=np.log((COOLEST, HOTTEST)), method="bounded")
    return float(np.exp(found.x))
