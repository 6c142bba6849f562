"""Palettes of thermal cameras: from intensity to colour, and from colour back to intensity."""

from __future__ import annotations

from functools import cache

import numpy as np

from vision.errors import unknown

STEPS = 256
AT_ONCE = 1 << 15  # colours that are compared with a palette; noise may have millions of them
GREY, UNKNOWN = "grey", "unknown"
NODES: dict[str, tuple[tuple[float, int, int, int], ...]] = {
    "iron": ((0, 0, 0, 0), (0.08, 0, 0, 70), (0.16, 18, 0, 120), (0.26, 66, 0, 148),
             (0.37, 124, 0, 157), (0.47, 178, 2, 148), (0.54, 208, 30, 112), (0.60, 228, 64, 36),
             (0.65, 238, 96, 2), (0.72, 247, 134, 0), (0.82, 253, 186, 0), (0.89, 254, 218, 22),
             (0.95, 254, 242, 130), (1, 255, 255, 250)),
    "rainbow": ((0, 0, 0, 40), (0.12, 20, 0, 160), (0.28, 0, 90, 235), (0.42, 0, 190, 170),
                (0.55, 40, 205, 30), (0.68, 220, 225, 0), (0.82, 250, 120, 0), (0.93, 215, 0, 10),
                (1, 255, 215, 225)),
    "white-hot": ((0, 0, 0, 0), (0.3, 150, 0, 0), (0.55, 245, 80, 0), (0.8, 255, 210, 30),
                  (1, 255, 255, 255)),
    GREY: ((0, 0, 0, 0), (1, 255, 255, 255)),
    "inverted": ((0, 255, 255, 255), (1, 0, 0, 0)),
}  # intensity, red, green, blue
PALETTES = tuple(NODES)
COLOURED = tuple(name for name in PALETTES if name not in (GREY, "inverted"))
NEAR = 36.0  # how far from its palette a colour may lie, in steps of 0…255, after JPEG
TONES = np.array([[0.60, 1.17, 0.23], [0.70, -0.59, -0.11], [-0.30, -0.59, 0.89]], np.float32)
# brightness counts twice, red and blue difference once: JPEG keeps brightness best


@cache
def table(palette: str) -> np.ndarray:
    """Return a palette's colours, uint8 (256, 3), smooth through its nodes."""
    if palette not in NODES:
        raise unknown("palette", palette, list(PALETTES))
    nodes = np.array(NODES[palette], float)
    level = np.linspace(0, 1, STEPS)
    colours = np.stack([np.interp(level, nodes[:, 0], nodes[:, c]) for c in (1, 2, 3)], 1)
    return smooth(colours).round().clip(0, 255).astype(np.uint8)


def smooth(colours: np.ndarray, reach: int = 8) -> np.ndarray:
    """Return colours (n, 3) with rounded corners; what lies beyond the ends mirrors them."""
    window = np.hanning(2 * reach + 1)[1:-1]
    last = len(colours) - 1
    before = 2 * colours[0] - colours[reach - 1 : 0 : -1]
    after = 2 * colours[last] - colours[last - 1 : last - reach : -1]
    long = np.concatenate([before, colours, after])
    return np.stack([np.convolve(long[:, c], window / window.sum(), "valid") for c in range(3)], 1)


def paint(grey: np.ndarray, palette: str) -> np.ndarray:
    """Return intensities 0…1 (H, W) as a picture, uint8 (H, W, 3)."""
    level = (grey * (STEPS - 1) + 0.5).clip(0, STEPS - 1).astype(np.uint8)
    return table(palette).take(level, axis=0)


def recognise(picture: np.ndarray) -> str:
    """Return the palette that a picture (H, W, 3) is painted in, "grey", or "unknown".

    A grey picture may be white-hot or black-hot, colours cannot tell; a photograph in visible
    light has colours that no palette has.
    """
    pixels = picture.reshape(-1, 3)
    some = pixels[:: max(1, len(pixels) // 5000)]  # (n, 3)
    if np.percentile(np.ptp(some.astype(int), axis=1), 90) < 12:
        return GREY
    errors = {name: _misfit(some, name) for name in COLOURED}
    best = min(errors, key=errors.__getitem__)
    return best if errors[best] < NEAR else UNKNOWN


def intensity(picture: np.ndarray, palette: str = "") -> np.ndarray:
    """Return the intensities 0…1 (H, W) behind a picture; its brightness if no palette fits."""
    palette = palette or recognise(picture)
    if palette == UNKNOWN:
        return (picture @ np.array([0.299, 0.587, 0.114], np.float32)) / 255
    packed = picture.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1])  # (H, W)
    colours, where = np.unique(packed, return_inverse=True)
    bytes_ = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], 1)
    parts = np.split(bytes_, range(AT_ONCE, len(bytes_), AT_ONCE))
    level = np.concatenate([_nearest(part, palette)[0] for part in parts])
    return (level[where.reshape(packed.shape)] / (STEPS - 1)).astype(np.float32)


def _nearest(colours: np.ndarray, palette: str) -> tuple[np.ndarray, np.ndarray]:
    """Return for each colour (n, 3) the nearest step of a palette (n,) and how far off it is."""
    wanted, there = colours.astype(np.float32) @ TONES.T, table(palette) @ TONES.T
    squares = (there**2).sum(1) - 2 * wanted @ there.T  # (n, 256), less |wanted|²
    level = squares.argmin(1)
    return level, np.sqrt(((wanted - there[level]) ** 2).sum(1))


def _misfit(colours: np.ndarray, palette: str) -> float:
    """Return how far off most colours are; overlays and edges may be anything."""
    return float(np.percentile(_nearest(colours, palette)[1], 85))
