"""A network as a picture: each layer as thick as it has channels, and as thick as it would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision.ui.components.figures.colours import BLUE, PALE, RED
from vision.ui.components.figures.svg import drawing, points
from vision.ui.components.markup import tag
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.pruning.criteria import Parts
    from vision.pruning.models.parts import Network
    from vision.pruning.plan import Plan

KEPT, CUT, DEAD = BLUE, PALE, RED
WIDE, HIGH, BAND = 1000, 200, 46  # units of the drawing; the band is the stream's
MIDDLE, HALF = 124, 72  # where the layers' axis is, and how far the thickest reaches


@dataclass(frozen=True)
class Slab:
    """One layer of the picture; `stream` counts the channels that it selects from, if it does."""

    name: str
    side: int
    channels: int
    kept: int
    stream: int | None
    guarded: bool


def slabs(network: Network, plan: Plan) -> list[Slab]:
    """Return the layers of a network under a plan, from the first to the last."""
    from vision.pruning.criteria import Parts
    from vision.pruning.models.parts import Select

    found: list[Slab] = []
    for group in network.groups:
        parts, mask = Parts.of(network, group), plan.masks[group.name]
        stream = parts.source.channels if isinstance(parts.source, Select) else None
        side = side_of(parts) or found[-1].side
        found.append(Slab(group.name, side, len(mask), int(mask.sum()), stream,
                          group.name in plan.guarded))
    return found


def side_of(parts: Parts) -> int | None:
    """Return the side of the pictures that a layer's channels are; None if no convolution says."""
    from vision.pruning.models.parts import Conv

    if isinstance(parts.source, Conv):
        return parts.source.side
    if isinstance(parts.consumer, Conv):
        return parts.consumer.side * parts.consumer.stride[0]
    return None


def diagram(layers: list[Slab], request: gr.Request | None) -> Markup:
    """Return the network as an SVG, light or dark, with the sides of its stages below."""
    step = WIDE / len(layers)
    thick = HALF / max(layer.channels for layer in layers)
    shapes = [ramp(i, layers, step, thick) for i in range(1, len(layers))]
    shapes += [slab(i, layer, step, thick) for i, layer in enumerate(layers)]
    shapes += stream(layers, step)
    top = 0 if any(layer.stream for layer in layers) else BAND
    look = f"height:{0.7 * (HIGH - top):.0f}px"
    return drawing(say("pruning.diagram_alt", request), (WIDE, HIGH - top), *shapes, top=top,
                   style=look, preserveAspectRatio="none") + stages(layers)


def slab(i: int, layer: Slab, step: float, thick: float) -> Markup:
    """Return a layer: what stays, within the outline of what was."""
    x, width = (i + 0.2) * step, 0.6 * step
    was, is_ = max(layer.channels * thick, 1), max(layer.kept * thick, 1)
    return tag("g", tag("title", f"{layer.name}: {layer.kept} / {layer.channels}"),
               tag("rect", x=x, y=MIDDLE - was, width=width, height=2 * was, fill=CUT,
                   fill_opacity=0.28),
               tag("rect", x=x, y=MIDDLE - is_, width=width, height=2 * is_,
                   fill=DEAD if layer.guarded else KEPT))


def ramp(i: int, layers: list[Slab], step: float, thick: float) -> Markup:
    """Return what joins a layer to the one before it, if it reads that one alone."""
    before, here = layers[i - 1], layers[i]
    if here.stream is not None:
        return Markup()
    left, right = (i - 0.2) * step, (i + 0.2) * step
    a, b = before.kept * thick, here.kept * thick
    corners = ((left, MIDDLE - a), (right, MIDDLE - b), (right, MIDDLE + b), (left, MIDDLE + a))
    return tag("polygon", points=points(corners), fill=KEPT, fill_opacity=0.25)


def stream(layers: list[Slab], step: float) -> list[Markup]:
    """Return the stream that the layers select from: no cut makes it thinner."""
    widest = max((layer.stream or 0 for layer in layers), default=0)
    shapes, width = [], 0
    for i, layer in enumerate(layers):
        width = layer.stream or width
        if width:
            height = (BAND - 6) * width / widest
            shapes.append(tag("rect", x=i * step, y=BAND - height, width=step + 0.3,
                              height=height, fill=CUT, fill_opacity=0.7))
    return shapes


def stages(layers: list[Slab]) -> Markup:
    """Return the sides of the pictures below the layers that have them."""
    cells, start = [], 0
    for i in range(1, len(layers) + 1):
        if i == len(layers) or layers[i].side != layers[start].side:
            cells.append(tag("span", f"{layers[start].side}²", style=f"flex:{i - start} 1 0;"
                             f"border-top:2px solid {CUT};margin:0 1px;text-align:center;"
                             "min-width:0"))
            start = i
    return tag("div", *cells, class_="lab-ends")
