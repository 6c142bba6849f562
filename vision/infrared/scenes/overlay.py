"""What a camera writes over its picture: a scale with its ends, a cross in the middle, a name."""

from __future__ import annotations

import cv2
import numpy as np

from vision.infrared.thermogram.palettes import paint

FONT = cv2.FONT_HERSHEY_SIMPLEX
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def draw_overlay(picture: np.ndarray, palette: str, low: float, high: float) -> None:
    """Write scale, cross and name into a picture (H, W, 3)."""
    height, width = picture.shape[:2]
    top, bottom, right = round(0.14 * height), round(0.86 * height), width - 6
    bar = np.linspace(1, 0, bottom - top, dtype=np.float32)[:, None].repeat(8, 1)
    picture[top:bottom, right - 8 : right] = paint(bar, palette)
    cv2.rectangle(picture, (right - 9, top - 1), (right, bottom), WHITE, 1)
    for text, y in ((f"{high:.1f}", top - 6), (f"{low:.1f}", bottom + 14)):
        _write(picture, text, (width - 8 - 8 * len(text), y))
    _write(picture, "VISION LAB", (8, height - 10))
    x, y = width // 2, height // 2
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        cv2.line(picture, (x + 4 * dx, y + 4 * dy), (x + 12 * dx, y + 12 * dy), WHITE, 1)


def _write(picture: np.ndarray, text: str, at: tuple[int, int]) -> None:
    cv2.putText(picture, text, at, FONT, 0.4, BLACK, 3, cv2.LINE_AA)
    cv2.putText(picture, text, at, FONT, 0.4, WHITE, 1, cv2.LINE_AA)
