"""Figures that look like the page: grey that can be read on light and on dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.ui.components import names as named
from vision.ui.components.figures.colours import BLUE, GREY
from vision.ui.components.markup import tag

if TYPE_CHECKING:
    from vision.training.progress import Step


SIZE = (5.0, 3.0)  # inches of one axis, where 72 units of a drawing are one
TITLE, WORDS = 15, 14  # units of letters
DASHES = {"-": "solid", "--": "dashed", ":": "dotted"}


def axes(*titles: str, size: tuple[float, float] = SIZE) -> tuple[Any, ...]:
    """Return a clear figure and its axes, one of a size for each title, in the page's look."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(len(titles) * size[0], size[1]))
    figure.patch.set_alpha(0)
    places = figure.subplots(1, len(titles), squeeze=False).ravel()
    for axis, title in zip(places, titles, strict=True):
        style(axis, title)
    return figure, *places


def style(axis: Any, title: str) -> None:
    """Give an axis the page's look."""
    axis.set_title(title, color=GREY, fontsize=TITLE)
    axis.patch.set_alpha(0)
    axis.tick_params(colors=GREY, labelsize=WORDS)
    axis.locator_params(nbins=5)
    axis.grid(alpha=0.25, color=GREY)
    axis.xaxis.label.set(color=GREY, fontsize=WORDS)
    for side, spine in axis.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(GREY)


def apart(places: np.ndarray, room: float, tries: int = 400) -> np.ndarray:
    """Return places (n, 2), moved so that none is nearer to another than `room`, or hardly."""
    turns = np.arange(len(places))[:, None] * 2.4  # equal places part in different directions
    moved = places + 1e-3 * np.concatenate([np.cos(turns), np.sin(turns)], 1)
    for _ in range(tries):
        ways = moved[:, None] - moved  # (n, n, 2)
        distance = np.hypot(*np.moveaxis(ways, 2, 0)) + 1e-9 + np.eye(len(places)) * 1e9
        push = (1.01 * room - distance).clip(0) / 2
        if distance.min() >= room:
            break
        moved = moved + (ways * (push / distance)[..., None]).sum(1)
    return moved


def legend(axis: Any, **place: Any) -> None:
    """Name the curves of an axis."""
    axis.legend(frameon=False, labelcolor=GREY, fontsize=WORDS, **place)


def key(axis: Any, called: Callable[[str], str]) -> Markup:
    """Return the curves of an axis with their names in the reader's language, as HTML."""
    return tag("ul", *(tag("li", swatch(line), called(line.get_label())) for line in axis.lines),
               class_="lab-key")


def swatch(line: Any) -> Markup:
    """Return a short piece of a curve."""
    dashes = DASHES.get(line.get_linestyle())
    return tag("span", "" if dashes else "◇",
               style=f"border-top:3px {dashes or 'none'} {line.get_color()}")


def curves(steps: list[Step], names: tuple[str, ...], request: gr.Request | None = None) -> Any:
    """Return a figure with one curve for each named value of the steps."""
    figure, *places = axes(*(named.measure(name, request) for name in names))
    for axis, name in zip(places, names, strict=True):
        points = [(step.number, step.values[name]) for step in steps if name in step.values]
        if points:
            axis.plot(*zip(*points, strict=True), color=BLUE, linewidth=2,
                      marker="o" if len(points) < 12 else None)
    return figure
