"""What a ratio does, shown while the slider moves: the numbers, the histogram, every layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.ui.components import clicks
from vision.ui.components.figures.colours import BLUE, GREEN
from vision.ui.components.figures.svg import Axes, legend
from vision.ui.components.friendly import friendly
from vision.ui.components.html import file_size, grouped, minus, note, percent, short, table, tiles
from vision.ui.components.markup import joined, tag
from vision.ui.components.page_files import beside
from vision.ui.tabs.pruning.diagram import CUT, DEAD, KEPT, Slab, diagram, slabs
from vision.ui.tabs.pruning.shared import MODELS, on_curve, plan_for, ratio_for
from vision.ui.text import say

if TYPE_CHECKING:
    import numpy as np

    from vision.checkpoints import Card, Model
    from vision.pruning.count import Size
    from vision.pruning.plan import Plan

BINS = 60
CURVES = {"accuracy": BLUE, "accuracy_tuned": GREEN}  # of a card's curve
POINTER = beside(__file__, "plan.js")


@friendly
def show_plan(model: str, ratio: float, criterion: str, protected: str, own: str | None,
              request: gr.Request) -> tuple[Any, ...]:
    """Return what a ratio does, and its threshold."""
    loaded = MODELS.open(model, own)
    plan = plan_for(model, ratio, criterion, protected, own)
    return view(loaded, plan, request), round(plan.threshold, 5)


@friendly
def at_threshold(model: str, threshold: float | None, criterion: str, protected: str,
                 own: str | None, request: gr.Request) -> tuple[Any, ...]:
    """Return the ratio that cuts what is not above a threshold, what it does, and its threshold."""
    ratio = round(ratio_for(model, threshold or 0.0, criterion, protected, own), 4)
    return ratio, *show_plan(model, ratio, criterion, protected, own, request)


@friendly
def picked(model: str, criterion: str, protected: str, own: str | None, request: gr.Request,
           event: gr.EventData) -> tuple[Any, ...]:
    """Return the same for the place at which the histogram was clicked."""
    return at_threshold(model, clicks.number(event, "value"), criterion, protected, own, request)


def view(model: Model, plan: Plan, request: gr.Request | None) -> Markup:
    """Return a plan as the page shows it."""
    from vision.pruning.predict import network_of

    layers = slabs(network_of(model), plan)
    return joined([
        facts(model, plan, request), dying(plan, request),
        side_by_side(heading("pruning.histogram", request) + histogram(plan, request),
                     cliff(model.card, plan, request)),
        side_by_side(heading("pruning.diagram", request) + diagram(layers, request),
                     heading("pruning.bars", request) + bars(layers, request)),
        first_death(plan, request), every_layer(layers, plan, request)])


def side_by_side(*charts: Markup) -> Markup:
    """Return charts beside each other where there is room."""
    return tag("div", *(tag("div", chart) for chart in charts if chart), class_="lab-two")


def heading(key: str, request: gr.Request | None) -> Markup:
    """Return the title of a chart and how to read it."""
    info = tag("small", say(f"{key}_info", request), style="color:var(--body-text-color-subdued)")
    return tag("p", tag("b", say(key, request)), " ", info,
               style="margin:.5rem 0 .2rem;line-height:1.35")


def facts(model: Model, plan: Plan, request: gr.Request | None) -> Markup:
    """Return what the plan saves, and what the card's curve says of it."""
    from vision.pruning.count import count, count_config
    from vision.pruning.predict import network_of

    network = network_of(model)
    before = count(network)
    after = count_config(network.arch, network.cut_config(plan.widths))
    cells = {f"{say('pruning.channels', request)} −{plan.cut / plan.total:.0%}":
             grouped(plan.total - plan.cut, request), **savings(before, after, request)}
    if not plan.protected and (found := on_curve(model.card, plan.ratio, plan.criterion)):
        cells[say("pruning.predicted", request)] = percent(found[0])
        if found[1] is not None:
            cells[say("pruning.predicted_tuned", request)] = percent(found[1])
    return tiles(cells)


def savings(before: Size, after: Size, request: gr.Request | None) -> dict[str, str]:
    """Return what a network costs, and how that differs from before."""
    cells = {}
    for name in ("parameters", "multiply_adds", "file_bytes"):
        old, new = getattr(before, name), getattr(after, name)
        size = file_size(new) if name == "file_bytes" else short(new)
        change = minus(f"{new / old - 1:+.0%}")
        cells[f"{say(f'pruning.{name}', request)} {change}"] = size
    return cells


def cliff(card: Card, plan: Plan, request: gr.Request | None) -> Markup:
    """Return accuracy against the ratio as the card measured it, a dot at the plan's ratio."""
    import numpy as np

    curve = card.metrics.get("curve")
    if not curve or curve["criterion"] != plan.criterion or plan.protected:
        return Markup()
    points = sorted(curve["points"], key=lambda point: point["ratio"])
    ratios = [point["ratio"] for point in points]
    axes, found = Axes((0, 1), (0, 1), 310, 120), on_curve(card, plan.ratio, plan.criterion)
    lines = [axes.line(ratios, [point[name] for point in points], colour)
             for name, colour in CURVES.items() if None not in [point[name] for point in points]]
    dots = [axes.dots(np.array([[plan.ratio, height]]), colour, 13)
            for colour, height in zip(CURVES.values(), found or (), strict=False)
            if height is not None]
    names = {say(f"pruning.{name}", request): colour for name, colour in (
        ("predicted", CURVES["accuracy"]), ("predicted_tuned", CURVES["accuracy_tuned"]))}
    return heading("pruning.fall", request) + axes.picture(
        say("pruning.fall_alt", request),
        axes.scale((0, 0.25, 0.5, 0.75, 1), (0, 0.5, 1), "{:.0%}".format),
        *lines, *dots) + legend(names)


def dying(plan: Plan, request: gr.Request | None) -> Markup:
    """Return which layers would die, if any."""
    if not plan.guarded:
        return Markup()
    return note("pruning.guarded", request, layers=", ".join(plan.guarded))


def first_death(plan: Plan, request: gr.Request | None) -> Markup:
    """Return the ratio at which the first layer would die, while none does."""
    ends = deaths(plan)
    if plan.guarded or not ends:
        return Markup()
    name = min(ends, key=lambda name: ends[name])
    return tag("p", say("pruning.first_death", request, layer=name, ratio=f"{ends[name]:.2f}"),
               style="margin:.5rem 0 0")


def deaths(plan: Plan) -> dict[str, float]:
    """Return for each layer the ratio from which on none of its channels would stay."""
    import numpy as np

    free = [name for name in plan.scores if name not in plan.protected]
    if not free:
        return {}
    together = np.concatenate([plan.scores[name] for name in free])
    turns = np.argsort(np.argsort(together, kind="stable")) + 1  # as which each channel goes
    ends = np.cumsum([len(plan.scores[name]) for name in free])[:-1]
    return {name: float(part.max() / plan.total)
            for name, part in zip(free, np.split(turns, ends), strict=True)}


def histogram(plan: Plan, request: gr.Request | None) -> Markup:
    """Return how many channels have which score, with a line at the threshold."""
    import numpy as np

    values = np.concatenate(list(plan.scores.values()))
    most = float(values.max()) or 1.0
    line = plan.threshold if plan.ratio else None
    return chart(values, most, line, say("pruning.histogram_alt", request), pick=True)


def chart(values: np.ndarray, most: float, threshold: float | None, title: str, *,
          pick: bool = False) -> Markup:
    """Return scores from 0 to `most` as an SVG of bars, logarithmically high; `pick` by pointer."""
    import numpy as np

    counts = np.histogram(values, BINS, (0, most))[0]
    heights = 96 * np.log1p(counts) / max(np.log1p(counts).max(), 1e-9)
    width, line = 100 / BINS, 0.0 if threshold is None else threshold
    shapes = [tag("rect", tag("title", str(count)), x=f"{i * width:.2f}%",
                  y=f"{100 - height:.1f}%", width=f"{0.85 * width:.2f}%", height=f"{height:.1f}%",
                  fill=KEPT if (i + 0.5) * most / BINS > line else CUT)
              for i, (height, count) in enumerate(zip(heights, counts, strict=True))]
    if threshold is not None:
        x = f"{100 * min(threshold / most, 1):.2f}%"
        shapes.append(tag("line", x1=x, x2=x, y1=0, y2="100%", stroke=DEAD, stroke_width=2.5))
    ends = (tag("span", f"{most * share:.3g}") for share in (0, 0.25, 0.5, 0.75, 1))
    cursor = ";cursor:col-resize;touch-action:none" if pick else ""
    return percent_drawing(title, 110, shapes, cursor, data_most=str(most) if pick else None) + tag(
        "div", *ends, class_="lab-ends", style=f"border-top:1px solid {CUT}")


def percent_drawing(title: str, height: int, shapes: list[Markup], look: str = "",
                    **more: str | None) -> Markup:
    """Return shapes whose places are percentages, as high as is said and as wide as there is."""
    return tag("svg", *shapes, role="img", aria_label=title,
               style=f"width:100%;height:{height}px;display:block{look}", **more)


def bars(layers: list[Slab], request: gr.Request | None, height: int = 80) -> Markup:
    """Return the share of each layer that stays; a cross marks a layer that would die."""
    width = 100 / len(layers)
    shapes = []
    for i, layer in enumerate(layers):
        share = 100 * layer.kept / layer.channels
        x, wide = f"{(i + 0.08) * width:.2f}%", f"{0.84 * width:.2f}%"
        shapes.append(tag(
            "g", tag("title", f"{layer.name}: {layer.kept} / {layer.channels}"),
            tag("rect", x=x, y=0, width=wide, height="100%", fill=CUT, fill_opacity=0.28),
            tag("rect", x=x, y=f"{100 - share:.1f}%", width=wide, height=f"{share:.1f}%",
                fill=DEAD if layer.guarded else KEPT)))
        if layer.guarded:
            shapes.append(tag("text", "✕", x=f"{(i + 0.5) * width:.2f}%", y="60%", fill=DEAD,
                              text_anchor="middle", font_size=15, font_weight=700))
    return percent_drawing(say("pruning.bars_alt", request), height, shapes)


def every_layer(layers: list[Slab], plan: Plan, request: gr.Request | None) -> Markup:
    """Return the same as a table that opens."""
    head = [say(f"pruning.column_{name}", request) for name in ("layer", "kept", "side", "dies")]
    ends = deaths(plan)
    rows = [[layer.name + (" ✕" if layer.guarded else ""),
             f"{layer.kept} / {layer.channels}", f"{layer.side}²",
             f"{ends[layer.name]:.2f}" if layer.name in ends else "–"] for layer in layers]
    return tag("details", tag("summary", say("pruning.as_table", request)), table(head, rows),
               style="margin-top:.6rem")
