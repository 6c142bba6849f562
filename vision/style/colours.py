"""Painting without taking over the style's colours: Gatys et al. 2016, arXiv:1606.05897."""

from __future__ import annotations

import numpy as np

LUMINANCE = np.array([0.299, 0.587, 0.114])  # of red, green and blue, Rec. 601


def luminance(picture: np.ndarray) -> np.ndarray:
    """Return how bright each pixel of an RGB picture (uint8 H×W×3) is, float H×W in 0…255."""
    return picture @ LUMINANCE


def grey(values: np.ndarray) -> np.ndarray:
    """Return brightness (H×W) as an RGB picture, uint8 H×W×3."""
    return np.repeat(_pixels(values)[..., None], 3, axis=2)


def grey_like(style: np.ndarray, content: np.ndarray) -> np.ndarray:
    """Return the style in grey, as bright and as rich in contrast as the content (section 4)."""
    own, wanted = luminance(style), luminance(content)
    scale = wanted.std() / max(own.std(), 1e-6)
    return grey(scale * (own - own.mean()) + wanted.mean())


def coloured(painted: np.ndarray, content: np.ndarray) -> np.ndarray:
    """Return the brightness of one picture with the colours of another of its size (section 4).

    In YIQ each of red, green and blue is Y plus a mixture of I and Q, so Y alone is exchanged.
    """
    change = luminance(painted) - luminance(content)
    return _pixels(content + change[..., None])


def matched(style: np.ndarray, content: np.ndarray) -> np.ndarray:
    """Return the style with the content's mean and covariance of colours (section 3).

    x ↦ A(x − μ_S) + μ_C with A = Σ_C^½ Σ_S^−½.
    """
    own, wanted = style.reshape(-1, 3).astype(float), content.reshape(-1, 3).astype(float)
    map_ = _power(np.cov(wanted.T), 0.5) @ _power(np.cov(own.T), -0.5)
    moved = (own - own.mean(0)) @ map_.T + wanted.mean(0)
    return _pixels(moved.reshape(style.shape))


def _power(covariance: np.ndarray, exponent: float) -> np.ndarray:
    """Return a power of a symmetric matrix; a colour that hardly varies is left alone."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.maximum(values, 1.0) ** exponent) @ vectors.T


def _pixels(values: np.ndarray) -> np.ndarray:
    return values.clip(0, 255).round().astype(np.uint8)
