"""Figures that look like the page: grey that can be read on light and on dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vision.training import Step


def curves(steps: list[Step], names: tuple[str, ...]) -> Any:
    """Return a figure with one curve for each named value of the steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 2.6), layout="constrained")
    figure.patch.set_alpha(0)
    axes = figure.subplots(1, len(names), squeeze=False)[0]
    for axis, name in zip(axes, names, strict=True):
        points = [(step.number, step.values[name]) for step in steps if name in step.values]
        if points:
            axis.plot(*zip(*points, strict=True), color="#3b82f6", linewidth=2,
                      marker="o" if len(points) < 12 else None)
        style(axis, name)
    return figure


def style(axis: Any, title: str) -> None:
    """Give an axis the page's look: grey that can be read on light and on dark."""
    grey = "#808793"
    axis.set_title(title, color=grey, fontsize=12)
    axis.patch.set_alpha(0)
    axis.tick_params(colors=grey, labelsize=10)
    axis.grid(alpha=0.25, color=grey)
    for side, spine in axis.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(grey)
