"""What the theory lab shows of a game: the densities or the plane, and its way so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.ui.components.figures.colours import BLUE, GREEN, GREY, ORANGE, RED
from vision.ui.components.figures.svg import DASHED, Axes, legend
from vision.ui.components.html import grouped, minus, note, tiles
from vision.ui.components.markup import joined
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.gan.lab.game import PlaneView
    from vision.gan.lab.theory import View

Seen = TypeVar("Seen")
History = list[tuple[float, ...]]
EVERY = 25  # images of the line from one that is drawn as a point to the next
MAGNIFIED = 10  # how much longer a movement is drawn than it is
WIDE = 480
POINTS, ARROWS, PIXELS = 300, 60, 400
REACH = 0.25  # of an arrow, for a slope of 1


@dataclass(frozen=True)
class Half(Generic[Seen]):
    """The half of a round that was played last, by D or by G, and where the game stood before."""

    side: str  # "d" or "g"
    before: Seen


def told_half(half: Half[Any] | None, request: gr.Request | None) -> Markup:
    """Return what the last half of a round did, as in the panels of Goodfellow et al. 2014."""
    return note(f"gan.half_{half.side}", request, times=MAGNIFIED) if half else Markup()


def line_scene(view: View, history: History, request: gr.Request | None,
               half: Half[View] | None = None) -> Markup:
    """Return the game on the line; `history` holds rounds, V, C(G) of each frame."""
    from vision.gan.lab.theory import FLOOR, X

    top = max(1.1, 1.5 * float(view.p_data.max()))
    axes = Axes((-4, 4), (0, top), WIDE, 240)
    past = Axes((0, last(history)), (-2, 0), WIDE, 110)
    rounds, value, best = np.array(thinned(history)).T
    return joined([
        told_half(half, request),
        legend({"p_data": GREEN, "p_g": ORANGE, "D(x)": BLUE, "D*(x)": GREY}),
        axes.picture(say("gan.line_alt", request), axes.scale(range(-4, 5, 2), (0, 0.5, 1)),
                     axes.area(X, view.p_data, GREEN), axes.area(X, view.p_g, ORANGE),
                     axes.line(X, view.d_best, GREY, 2, DASHED), axes.line(X, view.d, BLUE),
                     half_on_line(axes, view, half)),
        noise_to_points(view, request) if half else Markup(),
        legend({"V(D, G)": BLUE, "C(G) = max V": GREY, "−log 4": RED}),
        past.picture(say("gan.value_alt", request), past.scale(past.x, (-2, -1, 0)),
                     past.line(past.x, (FLOOR, FLOOR), RED, 1.5),
                     past.line(rounds, best, GREY, 2, DASHED), past.line(rounds, value, BLUE)),
    ])


def half_on_line(axes: Axes, view: View, half: Half[View] | None) -> Markup:
    """Return drawn points on D's curve with arrows: where G is pulled, or has moved them."""
    from vision.gan.lab.theory import X

    if half is None:
        return Markup()
    place = np.column_stack([view.images, np.interp(view.images, X, view.d)])[::EVERY]  # (n, 2)
    way = REACH * view.pull if half.side == "d" else MAGNIFIED * (view.images
                                                                  - half.before.images)
    ahead = place + np.column_stack([way, np.zeros_like(way)])[::EVERY]
    ghost = axes.line(X, half.before.p_g if half.side == "g" else half.before.d,
                      ORANGE if half.side == "g" else BLUE, 1.5, "2 4")
    return ghost + axes.dots(place, ORANGE, 7) + axes.arrows(place, ahead, RED)


def noise_to_points(view: View, request: gr.Request | None) -> Markup:
    """Return lines from noise to the points that G makes of it, as below the paper's panels."""
    axes = Axes((-4, 4), (0, 1), WIDE, 100)
    ways = (axes.line((z, x), (0, 1), ORANGE, 1) for z, x in zip(
        view.noise[::EVERY], view.images[::EVERY], strict=True))
    return joined([legend({"z → x = G(z)": ORANGE}),
                   axes.picture(say("gan.noise_alt", request), axes.scale((), ()), *ways)])


def plane_scene(view: PlaneView, history: History, request: gr.Request | None,
                half: Half[PlaneView] | None = None) -> Markup:
    """Return the game on the plane; `history` holds rounds and modes found of each frame."""
    span = (-view.extent, view.extent)
    axes = Axes(span, span, WIDE, WIDE - 18)
    past = Axes((0, last(history)), (0, len(view.centres)), WIDE, 110)
    start, end = arrows_on_plane(view, half)
    rounds, found = np.array(thinned(history)).T
    names = {f"gan.{name}": colour for name, colour in
             (("real_modes", GREEN), ("drawn_points", ORANGE), ("pulls", GREY))}
    real = (axes.dots(view.drawing[:: len(view.drawing) // PIXELS + 1], GREEN, 5)
            if len(view.drawing) else axes.rings(view.centres, GREEN, 12))
    return joined([
        told_half(half, request),
        legend({say(key, request): colour for key, colour in names.items()}
               | {"D → 1": BLUE, "D → 0": RED}),
        axes.picture(say("gan.plane_alt", request), axes.surface(view.surface),
                     axes.scale((-2, 0, 2), (-2, 0, 2)), real,
                     axes.dots(view.points[:POINTS], ORANGE, 4),
                     axes.arrows(start, end, ORANGE if half and half.side == "g" else GREY)),
        legend({say("gan.found", request): BLUE}),
        past.picture(say("gan.found_alt", request), past.scale(past.x, (0, len(view.centres))),
                     past.line(rounds, found, BLUE)),
    ])


def arrows_on_plane(view: PlaneView, half: Half[PlaneView] | None) -> tuple[np.ndarray, np.ndarray]:
    """Return from where to where arrows go: where G is pulled, or has just moved its points."""
    if half and half.side == "g":
        start = half.before.points[:ARROWS]
        return start, start + MAGNIFIED * (view.points[:ARROWS] - start)
    start = view.points[:ARROWS]
    return start, start + REACH * view.arrows[:ARROWS]


def line_facts(view: View, request: gr.Request | None) -> Markup:
    """Return the numbers of the game on the line."""
    from vision.gan.lab.theory import FLOOR

    return tiles({say("gan.rounds", request): grouped(view.rounds, request),
                  "V(D, G)": minus(f"{view.value:.3f}"),
                  "−log 4": minus(f"{FLOOR:.3f}"),
                  "C(G) = max V": minus(f"{view.value_best:.3f}"),
                  "JSD": f"{view.divergence:.4f}"})


def plane_facts(view: PlaneView, request: gr.Request | None) -> Markup:
    """Return the numbers of the game on the plane."""
    return tiles({say("gan.rounds", request): grouped(view.rounds, request),
                  say("gan.found", request): f"{view.found} / {len(view.centres)}",
                  say("gan.near", request): f"{view.quality:.0%}"})


def last(history: History) -> float:
    """Return the number of the last round, at least 1."""
    return max(history[-1][0], 1)


def thinned(history: History, most: int = 200) -> History:
    """Return at most about so many moments, the last one always."""
    return history[: -1 : len(history) // most + 1] + history[-1:]
