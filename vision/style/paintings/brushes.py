"""Wet paint on a canvas: strokes of many bristles that leave colour and relief behind."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vision.style.paintings.colour import (
    mix,
    to_bytes,
    to_light,
    to_oklab,
    to_screen,
    vary,
)
from vision.style.paintings.fields import Random, Size, look_up, noise, trace

FINE = 2  # the canvas has so many times more pixels than the picture, each way
SHIFT = 4  # bits behind the point in the coordinates of bristles
POINTS = 7  # of one stroke


@dataclass(frozen=True)
class Brush:
    """A brush and how it is led; lengths in heights of the canvas."""

    width: float
    length: float
    spacing: float = 0.6  # between strokes, in widths
    error: float = 0.0  # paint only where the canvas differs more than this from the plan
    hold: float = 0.12  # lift the brush where the plan differs more than this from its colour
    value: float = 0.03  # how lightness differs from stroke to stroke
    hue: float = 0.012  # how hue differs from stroke to stroke
    streak: float = 0.03  # how lightness differs from bristle to bristle
    taper: float = 0.35  # 0: square ends as of a knife; 1: pointed ones
    load: float = 0.75  # how thick the paint lies
    wet: float = 0.04  # share of the paint below that the brush picks up


class Canvas:
    """Colour (three channels) and thickness of the paint (the fourth), finer than the picture."""

    def __init__(self, random: Random, size: Size, ground: np.ndarray) -> None:
        self.random, self.size = random, size
        self.paint = np.empty((size[0] * FINE, size[1] * FINE, 4), np.uint8)
        self.paint[..., :3], self.paint[..., 3] = to_bytes(ground), 40

    def colours(self) -> np.ndarray:
        """Return what the canvas shows now (H×W×3, 0…1), not yet lit."""
        seen = np.ascontiguousarray(self.paint[..., :3])
        return cv2.resize(seen, self.size[::-1], interpolation=cv2.INTER_AREA) / np.float32(255)

    def cover(self, plan: np.ndarray, angle: np.ndarray, *brushes: Brush,
              where: np.ndarray | None = None) -> None:
        """Paint a plan (H×W×3, 0…1) with strokes along a field of angles, brush after brush."""
        for brush in brushes:
            width = brush.width * self.size[0]
            soft = cv2.GaussianBlur(plan, (0, 0), max(width / 4, 0.4))
            starts = self._starts(soft, width, brush, where)
            if len(starts):
                paths = _held(starts, to_oklab(soft), angle, brush, self.size[0])
                paint = mix(look_up(soft, starts), look_up(self.colours(), starts), brush.wet)
                self.strokes(paths, paint, brush)

    def strokes(self, paths: np.ndarray, colours: np.ndarray, brush: Brush) -> None:
        """Lead the brush along paths (N×POINTS×2, pixels), each with its own colour (N×3)."""
        count = max(3, round(brush.width * self.size[0] * FINE / 2.6))
        colours = vary(self.random, colours, brush.value, brush.hue)
        tones = np.repeat(colours[:, None], count, 1)  # (N, bristles, 3)
        tones = to_bytes(vary(self.random, tones, brush.streak))
        thick = self._thickness(len(paths), count, brush.load)
        places = np.round(self._bristles(paths, count, brush) * FINE * 2 ** SHIFT)
        self._draw(places.astype(np.int32), np.dstack([tones, thick]))

    def finish(self, strength: float = 0.9, gloss: float = 0.25) -> np.ndarray:
        """Return the picture (uint8 H×W×3) with light falling on the relief from the upper left."""
        weave = noise(self.random, self.paint.shape[:2], 260, 1)
        height = self.paint[..., 3].astype(np.float32) + 3 * weave
        lit = relief(self.paint[..., :3] / np.float32(255), height / 255, strength, gloss)
        return to_bytes(cv2.resize(lit, self.size[::-1], interpolation=cv2.INTER_AREA))

    def _starts(self, plan: np.ndarray, width: float, brush: Brush,
                where: np.ndarray | None) -> np.ndarray:
        gap = max(brush.spacing * width, 1.5)
        y, x = np.mgrid[gap / 2 : self.size[0] : gap, gap / 2 : self.size[1] : gap]
        places = np.stack([x, y], -1).reshape(-1, 2)
        places = self.random.permutation(places + self.random.uniform(-gap, gap, places.shape) / 2)
        wanted = np.ones(len(places), bool) if where is None else look_up(where, places) > 0.5
        if brush.error:
            wrong = np.linalg.norm(to_oklab(self.colours()) - to_oklab(plan), axis=-1)
            wrong = cv2.blur(wrong.astype(np.float32), (int(width) + 1, int(width) + 1))
            wanted &= look_up(wrong, places) > brush.error
        return places[wanted]

    def _bristles(self, paths: np.ndarray, count: int, brush: Brush) -> np.ndarray:
        """Return the path of every bristle (N×bristles×POINTS×2), side by side and uneven."""
        ahead = np.gradient(paths, axis=1)
        ahead /= np.linalg.norm(ahead, axis=-1, keepdims=True) + 1e-6
        aside = np.stack([-ahead[..., 1], ahead[..., 0]], -1)  # (N, POINTS, 2)
        swell = np.sin(np.pi * np.linspace(0.04, 0.96, paths.shape[1])) ** brush.taper
        across = np.linspace(-0.5, 0.5, count) * brush.width * self.size[0]
        ragged = self.random.normal(0, 0.05, (len(paths), count)) * brush.length * self.size[0]
        offset = across[:, None] * swell  # (bristles, POINTS)
        return (paths[:, None] + aside[:, None] * offset[None, :, :, None]
                + ahead[:, None] * ragged[:, :, None, None])

    def _thickness(self, strokes: int, count: int, load: float) -> np.ndarray:
        """Return how thick the paint lies: more where the brush pushed it aside, uneven within."""
        rim = np.abs(np.linspace(-1, 1, count)) ** 3
        level = self.random.uniform(0.75, 1.0, (strokes, 1)) + 0.25 * rim
        level = level + self.random.normal(0, 0.13, (strokes, count))
        return to_bytes(load * level)[..., None]

    def _draw(self, places: np.ndarray, paints: np.ndarray) -> None:
        for stroke, colours in zip(places, paints.tolist(), strict=True):
            for bristle, colour in zip(stroke, colours, strict=True):
                cv2.polylines(self.paint, [bristle], False, colour, 3, cv2.LINE_AA, SHIFT)


def relief(colours: np.ndarray, height: np.ndarray, strength: float, gloss: float) -> np.ndarray:
    """Return colours (0…1) lit from the upper left, darker on slopes that face away."""
    height = cv2.GaussianBlur(height, (0, 0), 0.9)
    slope = strength * (cv2.Sobel(height, cv2.CV_32F, 1, 0) + cv2.Sobel(height, cv2.CV_32F, 0, 1))
    light = to_light(colours) * (1 + np.clip(slope, -0.75, 0.9))[..., None]
    shine = gloss * np.clip(slope - 0.35, 0, 1) ** 2
    return to_screen(light + shine[..., None]).astype(np.float32)


def _held(starts: np.ndarray, plan: np.ndarray, angle: np.ndarray, brush: Brush,
          height: int) -> np.ndarray:
    """Return paths that end where the plan's colour leaves the stroke's, or at full length."""
    stride = brush.length * height / (POINTS - 1)
    paths = trace(starts, angle, stride, POINTS)
    far = np.linalg.norm(look_up(plan, paths) - look_up(plan, starts)[:, None], axis=-1)
    far[:, :2] = 0  # a stroke is never shorter than its first step
    whole = np.where((far > brush.hold).any(1), (far > brush.hold).argmax(1) - 1, POINTS - 1)
    place = np.linspace(0, 1, POINTS) * whole[:, None]  # (N, POINTS) along the traced points
    low = np.minimum(place.astype(int), POINTS - 2)
    part = (place - low)[..., None]
    rows = np.arange(len(paths))[:, None]
    return paths[rows, low] * (1 - part) + paths[rows, low + 1] * part
