"""The best discriminator over two densities, and over two that have become one."""

from __future__ import annotations

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.ui.components.figures.colours import BLUE, GREEN, GREY, ORANGE
from vision.ui.components.figures.svg import DASHED, SIZE, Axes, label, picture
from vision.ui.components.markup import joined, tag
from vision.ui.text import say

HIGH, GAP = 150, 40


def draw(request: gr.Request | None) -> Markup:
    """Return both games, one above the other, with the value of each."""
    from vision.gan.lab import theory

    real = theory.target("two humps")
    early = theory.normalised(np.exp(-((theory.X - 1.2) ** 2) / 2))
    return picture(2 * (HIGH + GAP) + 26, say("gan.figure_alt", request),
                   say("gan.figure_caption", request), legend(),
                   game(26, real, early, "early", request),
                   game(26 + HIGH + GAP, real, real, "late", request))


def legend() -> Markup:
    """Return the names of the curves in their colours."""
    return joined(label(x, 12, name, anchor="start", colour=colour, bold=True)
                   for x, name, colour in ((44, "p_data", GREEN), (124, "p_g", ORANGE),
                                           (180, "D* = p_data / (p_data + p_g)", BLUE)))


def game(top: float, p_data: np.ndarray, p_g: np.ndarray, key: str,
         request: gr.Request | None) -> Markup:
    """Return two densities with their best discriminator, and what it scores."""
    from vision.gan.lab.theory import X, best_discriminator, jensen_shannon, value

    axes = Axes((-4, 4), (0, 1.1), 520, HIGH)
    best = best_discriminator(p_data, p_g)
    shapes = [axes.scale((), (0, 0.5, 1)), axes.area(X, p_data, GREEN), axes.area(X, p_g, ORANGE),
              axes.line((-4, 4), (0.5, 0.5), GREY, 2, DASHED), axes.line(X, best, BLUE)]
    said = say(f"gan.figure_{key}", request, value=f"−{-value(p_data, p_g, best):.3f}",
               divergence=f"{jensen_shannon(p_data, p_g):.3f}")
    return tag("g", *shapes, label(260, HIGH + 0.2 * SIZE, said, room=500),
               transform=f"translate(0 {top:.0f})")
