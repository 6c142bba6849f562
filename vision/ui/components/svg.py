"""Shapes and words as SVG: what is not a colour of its own takes the page's text colour."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable

BLUE, ORANGE, GREEN, RED, GREY = "#3b82f6", "#f97316", "#16a34a", "#ef4444", "#808793"
SIZE = 14  # of the words
WIDE = 520  # units of a figure, so that words can be read on a phone


def picture(height: float, alt: str, caption: str, *shapes: str) -> str:
    """Return a figure with its caption; `alt` is what a screen reader says."""
    return ('<figure style="max-width:640px;margin:.4rem auto 1rem">'
            '<div class="lab-scroll" tabindex="0">'
            f'<svg role="img" aria-label="{html.escape(alt)}" viewBox="0 0 {WIDE} {height}" '
            f'style="width:100%;min-width:440px;height:auto;display:block">{"".join(shapes)}</svg>'
            f'</div><figcaption style="text-align:center;color:var(--body-text-color-subdued)">'
            f"{html.escape(caption)}</figcaption></figure>")


def box(x: float, y: float, width: float, height: float, colour: str = GREY, fill: float = 0.15
        ) -> str:
    """Return a rounded box, filled faintly with the colour of its border."""
    return (f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="4" '
            f'stroke="{colour}" stroke-width="1.5" fill="{colour}" fill-opacity="{fill:.2f}"/>')


def label(x: float, y: float, text: str, *, room: float = WIDE, anchor: str = "middle",
          colour: str = "currentColor", size: float = SIZE, bold: bool = False) -> str:
    """Return words around the height `y`, in as many lines as the room asks for."""
    lines = wrapped(text, room / size)
    top = y + 0.36 * size - 0.6 * size * (len(lines) - 1)
    spans = "".join(f'<tspan x="{x:.1f}" y="{top + 1.2 * size * place:.1f}">{html.escape(line)}'
                    "</tspan>" for place, line in enumerate(lines))
    weight = ' font-weight="600"' if bold else ""
    return (f'<text text-anchor="{anchor}" font-size="{size:g}" fill="{colour}"{weight}>{spans}'
            "</text>")


def named(x: float, y: float, width: float, height: float, text: str, colour: str = GREY) -> str:
    """Return a box with words in it."""
    return box(x, y, width, height, colour) + label(x + width / 2, y + height / 2, text,
                                                    room=width - 6)


def arrow(x0: float, y0: float, x1: float, y1: float, colour: str = "currentColor", *,
          dashed: bool = False) -> str:
    """Return an arrow."""
    length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-6)
    a, b = (x1 - x0) / length, (y1 - y0) / length
    base = (x1 - 8 * a, y1 - 8 * b)
    head = " ".join(f"{x:.1f},{y:.1f}" for x, y in (
        (x1, y1), (base[0] - 4 * b, base[1] + 4 * a), (base[0] + 4 * b, base[1] - 4 * a)))
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return (f'<path d="M{x0:.1f} {y0:.1f}L{base[0]:.1f} {base[1]:.1f}" stroke="{colour}" '
            f'stroke-width="1.8" fill="none"{dashes}/><polygon points="{head}" fill="{colour}"/>')


def cells(x: float, y: float, side: float, rows: Iterable[Iterable[float]], colour: str) -> str:
    """Return a matrix of numbers 0…1 as squares, stronger for a larger number."""
    return "".join(
        f'<rect x="{x + column * side:.1f}" y="{y + row * side:.1f}" width="{side - 1:.1f}" '
        f'height="{side - 1:.1f}" rx="1.5" fill="{colour}" fill-opacity="{0.08 + 0.92 * value:.2f}"'
        "/>" for row, line in enumerate(rows) for column, value in enumerate(line))


def wrapped(text: str, room: float) -> list[str]:
    """Return words as lines of at most so many times their size."""
    lines = [""]
    for piece in pieces(text):
        if lines[-1] and wide(lines[-1] + piece.rstrip()) > room:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def pieces(text: str) -> list[str]:
    """Return what may stand in a line of its own: words, and each Chinese character."""
    found = [""]
    for sign in text:
        if found[-1].endswith(" ") or (found[-1] and full(sign) and not closes(sign)) or (
                found[-1] and full(found[-1][-1]) and not closes(sign)):
            found.append("")
        found[-1] += sign
    return found


def wide(text: str) -> float:
    """Return about how many times its size a text is wide."""
    return sum(1.0 if full(sign) else 0.6 for sign in text)


def full(sign: str) -> bool:
    """Return whether a sign is as wide as high."""
    return unicodedata.east_asian_width(sign) in "WF"


def closes(sign: str) -> bool:
    """Return whether no line may begin with a sign."""
    return sign in "，。；：、）”？ ,.;:)"
