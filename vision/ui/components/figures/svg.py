"""Drawings as SVG: figures with words, and axes with curves, drawn within milliseconds.

What is not a colour of its own takes the page's text colour.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from vision.ui.components.figures.colours import GREY
from vision.ui.components.figures.text_width import wrapped
from vision.ui.components.markup import joined, tag

SIZE = 14  # of the words
WIDE = 520  # units of a figure, so that words can be read on a phone
LEFT, RIGHT, ABOVE, BELOW = 42, 14, 8, 20  # margins of axes, in units of the picture
DASHED = "6 4"


def drawing(name: str, size: tuple[float, float], *shapes: str, style: str = "",
            top: float = 0, **look: str | float | None) -> Markup:
    """Return shapes as a drawing as wide as its place; `name` is what a screen reader says."""
    return tag("svg", *shapes, role="img", aria_label=name,
               viewBox=f"0 {top:g} {size[0]:g} {size[1]:g}",
               style=f"width:100%;display:block;{style or 'height:auto'}", **look)


def picture(height: float, alt: str, caption: str, *shapes: str) -> Markup:
    """Return a figure of a lesson with its caption."""
    drawn = drawing(alt, (WIDE, height), *shapes, style=f"min-width:{WIDE}px;height:auto")
    return tag("figure", tag("div", drawn, class_="lab-scroll", tabindex=0),
               tag("figcaption", caption), class_="lab-figure")


def box(x: float, y: float, width: float, height: float, colour: str = GREY, fill: float = 0.15
        ) -> Markup:
    """Return a rounded box, filled faintly with the colour of its border."""
    return tag("rect", x=x, y=y, width=width, height=height, rx=4, stroke=colour,
               stroke_width=1.5, fill=colour, fill_opacity=fill)


def label(x: float, y: float, text: str, *, room: float = WIDE, anchor: str = "middle",
          colour: str = "currentColor", size: float = SIZE, bold: bool = False) -> Markup:
    """Return words around the height `y`, in as many lines as the room asks for."""
    lines = wrapped(text, room / size)
    top = y + 0.36 * size - 0.6 * size * (len(lines) - 1)
    return tag("text", *(tag("tspan", line, x=x, y=top + 1.2 * size * place)
                         for place, line in enumerate(lines)), text_anchor=anchor,
               font_size=size, fill=colour, font_weight=600 if bold else None)


def named(x: float, y: float, width: float, height: float, text: str, colour: str = GREY
          ) -> Markup:
    """Return a box with words in it."""
    return box(x, y, width, height, colour) + label(x + width / 2, y + height / 2, text,
                                                    room=width - 6)


def arrow(x0: float, y0: float, x1: float, y1: float, colour: str = "currentColor", *,
          dashed: bool = False) -> Markup:
    """Return an arrow."""
    length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-6)
    a, b = (x1 - x0) / length, (y1 - y0) / length
    x, y = (x1 - 8 * a, y1 - 8 * b)
    head = points([(x1, y1), (x - 4 * b, y + 4 * a), (x + 4 * b, y - 4 * a)])
    return tag("path", d=f"M{x0:.1f} {y0:.1f}L{x:.1f} {y:.1f}", stroke=colour, stroke_width=1.8,
               stroke_dasharray=DASHED if dashed else None) + tag("polygon", points=head,
                                                                  fill=colour)


def cells(x: float, y: float, side: float, rows: Iterable[Iterable[float]], colour: str
          ) -> Markup:
    """Return a matrix of numbers 0…1 as squares, stronger for a larger number."""
    return joined(tag("rect", x=x + column * side, y=y + row * side, width=side - 1,
                      height=side - 1, rx=1.5, fill=colour, fill_opacity=0.08 + 0.92 * value)
                  for row, line in enumerate(rows) for column, value in enumerate(line))


def points(places: Iterable[Sequence[float]]) -> str:
    """Return places as SVG writes them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def legend(entries: Mapping[str, str]) -> Markup:
    """Return names with their colours in one row that wraps."""
    return tag("div", *(tag("span", chip(colour), name) for name, colour in entries.items()),
               class_="lab-legend")


def chip(colour: str) -> Markup:
    """Return a small square in a colour."""
    return tag("span", class_="lab-chip", style=f"background:{colour}")


@dataclass(frozen=True)
class Axes:
    """A window on numbers: from low to high on both axes, in a picture of a size."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: int
    height: int

    def places(self, found: np.ndarray) -> np.ndarray:
        """Return where points (n, 2) lie in the picture; what is outside moves to the border."""
        low, high = np.array([self.x, self.y]).T  # (2,), (2,)
        share = ((found - low) / (high - low)).clip(0, 1)
        span = (self.width - LEFT - RIGHT, self.height - ABOVE - BELOW)
        return np.array([LEFT, ABOVE]) + np.array(span) * np.abs(share - [0, 1])

    def line(self, x: Sequence[float] | np.ndarray, y: Sequence[float] | np.ndarray, colour: str,
             width: float = 2.5, dashes: str | None = None, **look: str) -> Markup:
        """Return a line through points."""
        places = self.places(np.column_stack([x, y]))
        return tag("polyline", points=points(places), fill="none", stroke=colour,
                   stroke_linejoin="round", stroke_width=width, stroke_dasharray=dashes, **look)

    def area(self, x: np.ndarray, y: np.ndarray, colour: str) -> Markup:
        """Return the area between a curve and the bottom."""
        around = np.column_stack([x, y])
        ends = np.array([[x[-1], self.y[0]], [x[0], self.y[0]]])
        places = self.places(np.concatenate([around, ends]))
        return tag("polygon", points=points(places), fill=colour, fill_opacity=0.4)

    def dots(self, found: np.ndarray, colour: str, size: float) -> Markup:
        """Return points (n, 2) as dots."""
        path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in self.places(found).tolist())
        return tag("path", d=path, stroke=colour, stroke_width=size, stroke_linecap="round")

    def rings(self, found: np.ndarray, colour: str, radius: float) -> Markup:
        """Return a circle around each of the points (n, 2)."""
        return joined(tag("circle", cx=x, cy=y, r=radius, fill="none", stroke=colour,
                          stroke_width=2) for x, y in self.places(found).tolist())

    def arrows(self, start: np.ndarray, end: np.ndarray, colour: str) -> Markup:
        """Return arrows between points (n, 2)."""
        pairs = np.concatenate([self.places(start), self.places(end)], 1).tolist()
        lines = (tag("path", d=f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}", marker_end="url(#gan-head)")
                 for a, b, c, d in pairs)
        head = tag("marker", tag("path", d="M0 0L6 3L0 6z", fill=colour), id="gan-head",
                   viewBox="0 0 6 6", refX=4, refY=3, markerWidth=4, markerHeight=4,
                   orient="auto")
        return head + tag("g", *lines, stroke=colour, stroke_width=1.2)

    def surface(self, values: np.ndarray) -> Markup:
        """Return values (h, w) in 0…1, rows from below: red is 0, clear is ½, blue is 1."""
        import cv2

        colours = np.where(values[..., None] > 0.5, (246, 130, 59), (68, 68, 239))  # BGR
        strength = 190 * np.abs(2 * values[..., None] - 1)
        pixels = np.concatenate([colours, strength], 2)[::-1].astype(np.uint8)
        content = base64.b64encode(cv2.imencode(".png", pixels)[1].tobytes()).decode()
        return tag("image", href=f"data:image/png;base64,{content}", x=LEFT, y=ABOVE,
                   width=self.width - LEFT - RIGHT, height=self.height - ABOVE - BELOW,
                   preserveAspectRatio="none")

    def scale(self, across: Iterable[float], up: Iterable[float],
              name: Callable[[float], str] = "{:g}".format) -> Markup:
        """Return the lines and numbers of a grid; `name` writes the numbers beside it."""
        low, right = self.height - BELOW, self.width - RIGHT
        parts = []
        for value in across:
            ((x, _),) = self.places(np.array([[value, self.y[0]]])).tolist()
            parts += [tag("path", d=f"M{x:.1f} {ABOVE}V{low}"),
                      number(x, low + 15, f"{value:g}", "middle")]
        for value in up:
            ((_, y),) = self.places(np.array([[self.x[0], value]])).tolist()
            parts += [tag("path", d=f"M{LEFT} {y:.1f}H{right}"),
                      number(LEFT - 5, y + 4, name(value), "end")]
        return tag("g", *parts, stroke=GREY, stroke_opacity=0.3)

    def picture(self, name: str, *shapes: str) -> Markup:
        """Return the whole picture; `name` is what a screen reader says."""
        return readable(self.width, drawing(name, (self.width, self.height), *shapes,
                                            style="height:auto;overflow:visible"))


def readable(units: float, drawn: Markup) -> Markup:
    """Return a drawing, so many units wide, whose letters keep their size whatever its own."""
    return tag("div", drawn, class_="lab-letters", style=f"--units:{units:g}")


def number(x: float, y: float, text: str, anchor: str) -> Markup:
    """Return a number of a scale."""
    wide = text.replace("-", "\N{MINUS SIGN}")
    return tag("text", wide, x=x, y=y, text_anchor=anchor, font_size=SIZE, stroke="none", fill=GREY)
