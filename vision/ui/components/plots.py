"""Figures that look like the page: grey that can be read on light and on dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vision.ui.components.colours import BLUE, GREY

if TYPE_CHECKING:
    from vision.training import Step


def axes(*titles: str, size: tuple[float, float] = (6, 2.6), rows: int = 1) -> tuple[Any, ...]:
    """Return a clear figure and its axes, one for each title, in the page's look."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    figure.patch.set_alpha(0)
    places = figure.subplots(rows, len(titles) // rows, squeeze=False).ravel()
    for axis, title in zip(places, titles, strict=True):
        style(axis, title)
    return figure, *places


def style(axis: Any, title: str) -> None:
    """Give an axis the page's look."""
    axis.set_title(title, color=GREY, fontsize=12)
    axis.patch.set_alpha(0)
    axis.tick_params(colors=GREY, labelsize=10)
    axis.grid(alpha=0.25, color=GREY)
    axis.xaxis.label.set_color(GREY)
    for side, spine in axis.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(GREY)


def legend(axis: Any, size: int = 9, **place: Any) -> None:
    """Name the curves of an axis."""
    axis.legend(frameon=False, labelcolor=GREY, fontsize=size, **place)


def curves(steps: list[Step], names: tuple[str, ...]) -> Any:
    """Return a figure with one curve for each named value of the steps."""
    figure, *places = axes(*names)
    for axis, name in zip(places, names, strict=True):
        points = [(step.number, step.values[name]) for step in steps if name in step.values]
        if points:
            axis.plot(*zip(*points, strict=True), color=BLUE, linewidth=2,
                      marker="o" if len(points) < 12 else None)
    return figure
