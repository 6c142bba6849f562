"""The camera's own marks: exposure, colour cast, tone, vignette, softness and noise."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vision.segmentation.scenes.textures import crop, fractal


@dataclass(frozen=True)
class Lens:
    """How one camera renders a scene."""

    middle: float  # mean brightness, 0-255, that the exposure aims at
    cast: np.ndarray  # white balance per channel
    gamma: float
    contrast: float
    vignette: float
    blur: float  # pixels of a 480-pixel-wide picture
    noise: float
    soft: float  # loss of fine colour detail, 0 to 1
    colour: float  # saturation, 1 leaves it alone
    crisp: float  # sharpening, 0 none
    at: tuple[int, int]  # where the noise tile starts

    def develop(self, picture: np.ndarray) -> np.ndarray:
        """The final picture (uint8) from the painted one (uint8 H×W×3)."""
        gain = np.clip(self.middle / max(picture.mean(), 1), 0.7, 1.8) * self.cast
        levels = np.arange(256.0)[:, None] / 255 * gain
        levels = np.clip(levels, 0, 1.4) ** self.gamma
        toned = levels + self.contrast * (levels - 0.5) * np.clip(1.2 - np.abs(levels - 0.5), 0, 1)
        table = np.clip(toned * 255, 0, 255).astype(np.uint8)
        out = cv2.LUT(picture, table[None])
        if self.blur > 0.25:
            size = self.blur * picture.shape[1] / 480
            out = cv2.GaussianBlur(out, (0, 0), size)
        out = self._soften(self._sharpen(out))
        height, width = out.shape[:2]
        grain = crop(fractal(0.85, 30), height, width, self.at) * self.noise
        shade = self._corners(height, width)
        return np.clip(out * shade[..., None] + grain[..., None], 0, 255).astype(np.uint8)

    def _sharpen(self, picture: np.ndarray) -> np.ndarray:
        """Raise fine contrast as small cameras do."""
        if self.crisp < 0.05:
            return picture
        smooth = cv2.blur(picture, (3, 3))
        return cv2.addWeighted(picture, 1 + self.crisp, smooth, -self.crisp, 0)

    def _soften(self, picture: np.ndarray) -> np.ndarray:
        """Blur and weaken the colour but not the brightness, as cheap cameras do."""
        parts = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
        colour = cv2.blur(parts[..., 1:], (5, 3))
        parts[..., 1:] = cv2.addWeighted(
            parts[..., 1:], (1 - self.soft) * self.colour, colour, self.soft * self.colour,
            128 * (1 - self.colour),
        )
        return cv2.cvtColor(parts, cv2.COLOR_YCrCb2RGB)

    def _corners(self, height: int, width: int) -> np.ndarray:
        """Brightness factors H×W that fall off towards the corners."""
        y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
        x = np.linspace(-1, 1, width, dtype=np.float32)[None]
        return 1 - self.vignette * (x * x + y * y) / 2


def draw_lens(rng: np.random.Generator) -> Lens:
    """Choose a camera and its settings."""
    return Lens(
        middle=rng.uniform(84, 176), cast=rng.normal(1, 0.013, 3),
        gamma=rng.uniform(0.95, 1.25),
        contrast=rng.uniform(0, 0.4), vignette=rng.uniform(0, 0.18),
        blur=float(rng.choice([0, rng.uniform(0.2, 0.8)], p=[0.75, 0.25])),
        noise=rng.uniform(0.5, 3.2), soft=rng.uniform(0.4, 1),
        colour=rng.uniform(0.5, 1.0), crisp=rng.uniform(0, 1.1), at=tuple(rng.integers(0, 512, 2)),
    )
