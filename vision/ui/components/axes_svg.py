"""The pictures of the theory lab as SVG: sharp at a projector, and drawn within milliseconds."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

BLUE, ORANGE, GREEN, RED, GREY = "#3b82f6", "#f97316", "#16a34a", "#ef4444", "#808793"
LEFT, RIGHT, ABOVE, BELOW = 38, 14, 8, 20  # margins in units of the picture


@dataclass(frozen=True)
class Axes:
    """A window on numbers: from low to high on both axes, in a picture of a size."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: int
    height: int

    def places(self, points: np.ndarray) -> np.ndarray:
        """Return where points (n, 2) lie in the picture; what is outside moves to the border."""
        low, high = np.array([self.x, self.y]).T  # (2,), (2,)
        share = ((points - low) / (high - low)).clip(0, 1)
        span = (self.width - LEFT - RIGHT, self.height - ABOVE - BELOW)
        return np.array([LEFT, ABOVE]) + np.array(span) * np.abs(share - [0, 1])

    def line(self, x: Sequence[float] | np.ndarray, y: Sequence[float] | np.ndarray, colour: str,
             look: str = 'stroke-width="2.5"') -> str:
        """Return a line through points."""
        places = self.places(np.column_stack([x, y]))
        return (f'<polyline points="{joined(places)}" fill="none" stroke="{colour}" '
                f'stroke-linejoin="round" {look}/>')

    def area(self, x: np.ndarray, y: np.ndarray, colour: str) -> str:
        """Return the area between a curve and the bottom."""
        around = np.column_stack([x, y])
        ends = np.array([[x[-1], self.y[0]], [x[0], self.y[0]]])
        places = self.places(np.concatenate([around, ends]))
        return f'<polygon points="{joined(places)}" fill="{colour}" fill-opacity=".4"/>'

    def dots(self, points: np.ndarray, colour: str, size: float) -> str:
        """Return points (n, 2) as dots."""
        path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in self.places(points).tolist())
        return (f'<path d="{path}" stroke="{colour}" stroke-width="{size}" '
                'stroke-linecap="round"/>')

    def rings(self, points: np.ndarray, colour: str, radius: float) -> str:
        """Return a circle around each of the points (n, 2)."""
        return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="none" '
                       f'stroke="{colour}" stroke-width="2"/>'
                       for x, y in self.places(points).tolist())

    def arrows(self, start: np.ndarray, end: np.ndarray, colour: str) -> str:
        """Return arrows between points (n, 2)."""
        pairs = np.concatenate([self.places(start), self.places(end)], 1).tolist()
        lines = "".join(f'<path d="M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" marker-end="url(#gan-head)"/>'
                        for a, b, c, d in pairs)
        head = ('<marker id="gan-head" viewBox="0 0 6 6" refX="4" refY="3" markerWidth="4" '
                f'markerHeight="4" orient="auto"><path d="M0 0L6 3L0 6z" fill="{colour}"/>'
                "</marker>")
        return f'{head}<g stroke="{colour}" stroke-width="1.2">{lines}</g>'

    def surface(self, values: np.ndarray) -> str:
        """Return values (h, w) in 0…1, rows from below: red is 0, clear is ½, blue is 1."""
        import cv2

        colours = np.where(values[..., None] > 0.5, (246, 130, 59), (68, 68, 239))  # BGR
        strength = 190 * np.abs(2 * values[..., None] - 1)
        pixels = np.concatenate([colours, strength], 2)[::-1].astype(np.uint8)
        content = base64.b64encode(cv2.imencode(".png", pixels)[1].tobytes()).decode()
        return (f'<image href="data:image/png;base64,{content}" x="{LEFT}" y="{ABOVE}" '
                f'width="{self.width - LEFT - RIGHT}" height="{self.height - ABOVE - BELOW}" '
                'preserveAspectRatio="none"/>')

    def scale(self, across: Iterable[float], up: Iterable[float]) -> str:
        """Return the lines and numbers of a grid."""
        low, right = self.height - BELOW, self.width - RIGHT
        parts = []
        for value in across:
            ((x, _),) = self.places(np.array([[value, self.y[0]]])).tolist()
            parts += [f'<path d="M{x:.1f} {ABOVE}V{low}"/>', number(x, low + 15, value, "middle")]
        for value in up:
            ((_, y),) = self.places(np.array([[self.x[0], value]])).tolist()
            parts += [f'<path d="M{LEFT} {y:.1f}H{right}"/>', number(LEFT - 5, y + 4, value, "end")]
        return f'<g stroke="{GREY}" stroke-opacity=".3">{"".join(parts)}</g>'

    def picture(self, name: str, *shapes: str) -> str:
        """Return the whole picture; `name` is what a screen reader says."""
        return (f'<svg role="img" aria-label="{html.escape(name)}" '
                f'viewBox="0 0 {self.width} {self.height}" '
                f'style="width:100%;height:auto;display:block;overflow:visible">'
                f'{"".join(shapes)}</svg>')


def joined(places: np.ndarray) -> str:
    """Return places (n, 2) as SVG writes them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places.tolist())


def number(x: float, y: float, value: float, anchor: str) -> str:
    """Return a number of a scale."""
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" '
            f'stroke="none" fill="{GREY}">{value:g}</text>')


def legend(entries: dict[str, str]) -> str:
    """Return names with their colours in one row that wraps."""
    cells = "".join(f'<span><span class="lab-chip" style="background:{colour}"></span>'
                    f"{html.escape(name)}</span>" for name, colour in entries.items())
    return f'<div style="display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:.3rem 0">{cells}</div>'
