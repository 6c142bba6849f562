"""A network as a picture: each layer as thick as it has channels, and as thick as it would be."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gradio as gr

from vision.ui.components.colours import BLUE, PALE, RED
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


def diagram(layers: list[Slab], request: gr.Request | None) -> str:
    """Return the network as an SVG, light or dark, with the sides of its stages below."""
    step = WIDE / len(layers)
    thick = HALF / max(layer.channels for layer in layers)
    shapes = [ramp(i, layers, step, thick) for i in range(1, len(layers))]
    shapes += [slab(i, layer, step, thick) for i, layer in enumerate(layers)]
    shapes += stream(layers, step)
    top = 0 if any(layer.stream for layer in layers) else BAND
    title = html.escape(say("pruning.diagram_alt", request))
    return (f'<svg role="img" aria-label="{title}" viewBox="0 {top} {WIDE} {HIGH - top}" '
            f'preserveAspectRatio="none" style="width:100%;height:{HIGH - top}px;display:block">'
            f'{"".join(shapes)}</svg>{stages(layers)}')


def slab(i: int, layer: Slab, step: float, thick: float) -> str:
    """Return a layer: what stays, within the outline of what was."""
    x, width = (i + 0.2) * step, 0.6 * step
    was, is_ = max(layer.channels * thick, 1), max(layer.kept * thick, 1)
    colour = DEAD if layer.guarded else KEPT
    tip = html.escape(f"{layer.name}: {layer.kept} / {layer.channels}")
    return (f"<g><title>{tip}</title>"
            f'<rect x="{x:.1f}" y="{MIDDLE - was:.1f}" width="{width:.1f}" height="{2 * was:.1f}" '
            f'fill="{CUT}" fill-opacity=".28"/>'
            f'<rect x="{x:.1f}" y="{MIDDLE - is_:.1f}" width="{width:.1f}" '
            f'height="{2 * is_:.1f}" fill="{colour}"/></g>')


def ramp(i: int, layers: list[Slab], step: float, thick: float) -> str:
    """Return what joins a layer to the one before it, if it reads that one alone."""
    before, here = layers[i - 1], layers[i]
    if here.stream is not None:
        return ""
    left, right = (i - 0.2) * step, (i + 0.2) * step
    a, b = before.kept * thick, here.kept * thick
    points = (f"{left:.1f},{MIDDLE - a:.1f} {right:.1f},{MIDDLE - b:.1f} "
              f"{right:.1f},{MIDDLE + b:.1f} {left:.1f},{MIDDLE + a:.1f}")
    return f'<polygon points="{points}" fill="{KEPT}" fill-opacity=".25"/>'


def stream(layers: list[Slab], step: float) -> list[str]:
    """Return the stream that the layers select from: no cut makes it thinner."""
    widest = max((layer.stream or 0 for layer in layers), default=0)
    shapes, width = [], 0
    for i, layer in enumerate(layers):
        width = layer.stream or width
        if width:
            height = (BAND - 6) * width / widest
            shapes.append(f'<rect x="{i * step:.1f}" y="{BAND - height:.1f}" '
                          f'width="{step + 0.3:.1f}" height="{height:.1f}" fill="{CUT}" '
                          'fill-opacity=".7"/>')
    return shapes


def stages(layers: list[Slab]) -> str:
    """Return the sides of the pictures below the layers that have them."""
    cells, start = [], 0
    for i in range(1, len(layers) + 1):
        if i == len(layers) or layers[i].side != layers[start].side:
            side = layers[start].side
            cells.append(f'<span style="flex:{i - start} 1 0;border-top:2px solid {CUT};'
                         f'margin:0 1px;text-align:center;min-width:0">{side}²</span>')
            start = i
    return ('<div style="display:flex;font-size:.8rem;color:var(--body-text-color-subdued)">'
            f'{"".join(cells)}</div>')
