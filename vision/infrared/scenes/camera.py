"""A thermal camera: lens blur, detector noise and pattern, automatic range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from vision.errors import unknown

QUALITIES = {
    "good": ((0.35, 0.7), (0.02, 0.06), (0.0, 0.02)),
    "ordinary": ((0.6, 1.1), (0.04, 0.12), (0.01, 0.06)),
    "poor": ((1.2, 2.2), (0.12, 0.3), (0.05, 0.18)),
}  # blur in pixels, noise in K (NETD), fixed pattern in K


@dataclass(frozen=True)
class Camera:
    """How far one camera departs from a perfect one."""

    blur: float  # pixels, the deviation of its point spread
    noise: float  # K, white, another in every frame
    pattern: float  # K, the same in every frame: columns, rows and a slow shade

    def expose(self, field: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return what the detector reads of a field (H, W) in °C."""
        seen = cv2.GaussianBlur(field, (0, 0), self.blur) if self.blur > 0.2 else field.copy()
        seen += np.float32(self.noise) * rng.standard_normal(field.shape, np.float32)
        if self.pattern:
            height, width = field.shape
            seen += np.float32(self.pattern) * rng.standard_normal(width, np.float32)
            seen += np.float32(0.6 * self.pattern) * rng.standard_normal((height, 1), np.float32)
            seen += np.float32(6 * self.pattern * rng.standard_normal()) * shading(height, width)
        return seen


def draw_camera(rng: np.random.Generator, quality: str) -> Camera:
    """Return a camera of the named quality."""
    if quality not in ("any", *QUALITIES):
        raise unknown("camera", quality, ["any", *QUALITIES])
    drawn = str(rng.choice(list(QUALITIES), p=[0.4, 0.45, 0.15]))
    limits = QUALITIES[drawn if quality == "any" else quality]
    return Camera(*(float(rng.uniform(*pair)) for pair in limits))


@cache
def shading(height: int, width: int) -> np.ndarray:
    """Return the slow shade of a lens's own warmth, 0 in the middle to 1 in the corners."""
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)
    return ((x * x + y * y) / 2).astype(np.float32)


def scale(seen: np.ndarray, ambient: float, rng: np.random.Generator) -> tuple[float, float]:
    """Return the ends of the scale in °C: fitted to the frame, or set to show what is warm."""
    if rng.random() < 0.45:
        low, high = np.percentile(seen[::4, ::4], (rng.uniform(0, 3), rng.uniform(99.5, 100)))
    else:
        place = rng.choice([rng.normal(0.64, 0.07), rng.uniform(0.8, 1.0), rng.uniform(0.3, 0.5)],
                           p=[0.77, 0.1, 0.13])
        span = np.exp(rng.uniform(np.log(18), np.log(75)))
        low, high = ambient - place * span, ambient + (1 - place) * span
    low, high = round(float(low), 1), round(float(high), 1)
    return low, max(high, low + 4)


def signal(seen: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return readings (H, W) in °C as 0…1 of a scale."""
    return ((seen - np.float32(low)) / np.float32(high - low)).clip(0, 1)
