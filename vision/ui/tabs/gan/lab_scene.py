"""What the theory lab shows of a game: the densities or the plane, and its way so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.ui.components.colours import BLUE, GREEN, GREY, ORANGE, RED
from vision.ui.components.html import tiles
from vision.ui.components.markup import joined
from vision.ui.components.svg import DASHED, Axes, legend
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.gan.lab import PlaneView
    from vision.gan.theory import View

History = list[tuple[float, ...]]
WIDE = 480
POINTS, ARROWS = 300, 60
REACH = 0.25  # of an arrow, for a slope of 1


def line_scene(view: View, history: History, request: gr.Request | None) -> Markup:
    """Return the game on the line; `history` holds rounds, V, C(G) of each frame."""
    from vision.gan.theory import FLOOR, X

    top = max(1.1, 1.5 * float(view.p_data.max()))
    axes = Axes((-4, 4), (0, top), WIDE, 240)
    past = Axes((0, last(history)), (-2, 0), WIDE, 110)
    rounds, value, best = np.array(thinned(history)).T
    return joined([
        legend({"p_data": GREEN, "p_g": ORANGE, "D(x)": BLUE, "D*(x)": GREY}),
        axes.picture(say("gan.line_alt", request), axes.scale(range(-4, 5, 2), (0, 0.5, 1)),
                     axes.area(X, view.p_data, GREEN), axes.area(X, view.p_g, ORANGE),
                     axes.line(X, view.d_best, GREY, 2, DASHED), axes.line(X, view.d, BLUE)),
        legend({"V(D, G)": BLUE, "C(G) = max V": GREY, "−log 4": RED}),
        past.picture(say("gan.value_alt", request), past.scale(past.x, (-2, -1, 0)),
                     past.line(past.x, (FLOOR, FLOOR), RED, 1.5),
                     past.line(rounds, best, GREY, 2, DASHED), past.line(rounds, value, BLUE)),
    ])


def plane_scene(view: PlaneView, history: History, request: gr.Request | None) -> Markup:
    """Return the game on the plane; `history` holds rounds and modes found of each frame."""
    span = (-view.extent, view.extent)
    axes = Axes(span, span, WIDE, WIDE - 18)
    past = Axes((0, last(history)), (0, len(view.centres)), WIDE, 110)
    start = view.points[:ARROWS]
    rounds, found = np.array(thinned(history)).T
    names = {f"gan.{name}": colour for name, colour in
             (("real_modes", GREEN), ("drawn_points", ORANGE), ("pulls", GREY))}
    return joined([
        legend({say(key, request): colour for key, colour in names.items()}
               | {"D → 1": BLUE, "D → 0": RED}),
        axes.picture(say("gan.plane_alt", request), axes.surface(view.surface),
                     axes.scale((-2, 0, 2), (-2, 0, 2)), axes.rings(view.centres, GREEN, 12),
                     axes.dots(view.points[:POINTS], ORANGE, 4),
                     axes.arrows(start, start + REACH * view.arrows[:ARROWS], GREY)),
        legend({say("gan.found", request): BLUE}),
        past.picture(say("gan.found_alt", request), past.scale(past.x, (0, len(view.centres))),
                     past.line(rounds, found, BLUE)),
    ])


def line_facts(view: View, request: gr.Request | None) -> Markup:
    """Return the numbers of the game on the line."""
    from vision.gan.theory import FLOOR

    return tiles({say("gan.rounds", request): f"{view.rounds:,}", "V(D, G)": f"{view.value:.3f}",
                  "−log 4": f"{FLOOR:.3f}", "C(G) = max V": f"{view.value_best:.3f}",
                  "JSD": f"{view.divergence:.4f}"})


def plane_facts(view: PlaneView, request: gr.Request | None) -> Markup:
    """Return the numbers of the game on the plane."""
    return tiles({say("gan.rounds", request): f"{view.rounds:,}",
                  say("gan.found", request): f"{view.found} / {len(view.centres)}",
                  say("gan.near", request): f"{view.quality:.0%}"})


def last(history: History) -> float:
    """Return the number of the last round, at least 1."""
    return max(history[-1][0], 1)


def thinned(history: History, most: int = 200) -> History:
    """Return at most about so many moments, the last one always."""
    return history[: -1 : len(history) // most + 1] + history[-1:]
