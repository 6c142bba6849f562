"""One device and one line: where its temperatures lie, what it is compared with, and the rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.ui.components import clicks
from vision.ui.components.events import LIVE
from vision.ui.components.figures.colours import BLUE
from vision.ui.components.figures.plots import axes
from vision.ui.components.figures.svg_plot import SvgPlot
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, percent, signed, table
from vision.ui.components.markup import joined, tag
from vision.ui.components.page_files import beside
from vision.ui.tabs.infrared.picture import doubt
from vision.ui.tabs.infrared.shared import (
    View,
    called,
    chip,
    field_of,
    gravest,
    level_of,
    needed_view,
    titled,
    with_unit,
)
from vision.ui.text import explain, say, t

if TYPE_CHECKING:
    from vision.infrared.inspection.result import Instance

LOOK = beside(__file__, "details.css")
Line = tuple[float, float, float, float]


@dataclass(frozen=True)
class Parts:
    """What the part shows: a device in words and as histogram, a line's ends and its profile."""

    text: gr.HTML
    histogram: SvgPlot
    ends: list[gr.Number]
    profile: SvgPlot

    def of_device(self) -> list[Any]:
        """Return all outputs of a chosen device."""
        return [self.text, self.histogram, *self.of_line()]

    def of_line(self) -> list[Any]:
        """Return the outputs of a drawn line."""
        return [*self.ends, self.profile]


@friendly
def begin(view: View | None, request: gr.Request | None) -> tuple[Any, ...]:
    """Show the device with the gravest verdict, as soon as a detection is there."""
    worst = gravest(needed_view(view).result)
    if worst is None:
        return note("infrared.no_device", request), None, None, None, None, None, None
    return show(needed_view(view), worst, request)


@friendly
def chosen(view: View | None, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
    """Show the device that was clicked."""
    known = len(needed_view(view).result.instances)
    return show(needed_view(view), clicks.place(event, "device", known), request)


def show(view: View, place: int, request: gr.Request | None) -> tuple[Any, ...]:
    """Return a device in words, its histogram, and the profile along it."""
    instance = view.result.instances[place]
    ends = along(instance, view.result.thermogram.grey.shape)
    return (words_of(view, place, request), histogram_of(view, instance, request), *ends,
            profile_of(view, ends, request))


@friendly
def drawn(view: View | None, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
    """Return the ends of a line that was drawn over the picture, and the profile along it."""
    height, width = needed_view(view).result.thermogram.grey.shape
    x0, y0, x1, y1 = (round(value, 1) for value in clicks.numbers(event, "line", 4))
    ends = (*inside(x0, y0, width, height), *inside(x1, y1, width, height))
    return *ends, profile_of(needed_view(view), ends, request)


@friendly
def typed(view: View | None, x0: float | None, y0: float | None, x1: float | None,
          y1: float | None, request: gr.Request) -> Any:
    """Return the profile along a line whose ends were typed."""
    return profile_of(needed_view(view), (x0 or 0.0, y0 or 0.0, x1 or 0.0, y1 or 0.0), request)


def inside(x: float, y: float, width: int, height: int) -> tuple[float, float]:
    """Return the nearest point of the picture."""
    return min(max(x, 0.0), width - 1.0), min(max(y, 0.0), height - 1.0)


def along(instance: Instance, size: tuple[int, ...]) -> Line:
    """Return the line through the middle of a device's box along its longer side."""
    x0, y0, x1, y1 = instance.box
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    ends = ((x, y0), (x, y1)) if y1 - y0 >= x1 - x0 else ((x0, y), (x1, y))
    return tuple(round(value, 1) for end in ends
                 for value in inside(*end, size[1], size[0]))  # type: ignore[return-value]


def words_of(view: View, place: int, request: gr.Request | None) -> Markup:
    """Return a device's numbers: its verdict, its zones, the limits of its class."""
    instance = view.result.instances[place]
    title = f"{place + 1} {titled(instance, request)}"
    parts = [tag("h3", chip(level_of(instance)), title)]
    if instance.verdict and instance.reading:
        parts.append(tag("p", explain(instance.verdict.reason, request)))
        parts.append(rules(view, instance, request))
        parts.append(doubts(instance, request))
    else:
        parts.append(note(f"infrared.{why_not_judged(view, instance)}", request))
    if instance.zones:
        parts.append(zone_rows(view, instance, request))
    return joined(parts)


def doubts(instance: Instance, request: gr.Request | None) -> Markup:
    """Return how often what is not known exactly overturns a verdict, each alone."""
    from vision.infrared.inspection.certainty import SPREADS

    if instance.certainty is None:
        return Markup()
    alone = instance.certainty.alone
    rows = [[called("factor", name, request), percent(share)]
            for name, share in sorted(alone.items(), key=lambda pair: -pair[1])]
    heads = [say(f"infrared.column.{key}", request) for key in ("factor", "changes")]
    title, _, text = say("infrared.draws", request, **{
        name: f"{spread:g}" for name, spread in SPREADS.items()}).partition("\n")
    return (tag("h4", title.strip("# ")) + tag("p", doubt(instance, request)) + tag("p", text)
            + table(heads, rows))


def why_not_judged(view: View, instance: Instance) -> str:
    """Return the key of what is said of a device without a verdict."""
    if view.result.thermogram.celsius is None:
        return "relative"
    return "found_only" if instance.reading else "mask_empty"


def rules(view: View, instance: Instance, request: gr.Request | None) -> Markup:
    """Return every rule for a device's class: what is found here, and the limits."""
    from vision.infrared.inspection.thermal import LIMITS, RELATIVE, SMALLEST_RISE, SOURCE

    limits, apart = LIMITS[instance.name], LIMITS[instance.name].difference
    spot, share, difference = found_here(view, instance)
    rows = [[say("infrared.rule.spot", request), spot,
             graded(("serious", "critical"), (limits.serious, limits.critical), "°C", request)],
            [say("infrared.rule.share", request, rise=f"{SMALLEST_RISE:g}"), share,
             graded(("attention", "serious", "critical"), RELATIVE, "%", request)],
            [say("infrared.rule.difference", request), difference,
             "–" if apart is None else graded(("serious",), (apart,), "K", request)]]
    heads = [say(f"infrared.{key}", request) for key in ("rule", "here", "limit")]
    air = say("infrared.air_is", request, air=f"{view.result.air:.1f}",
              source=called("report", SOURCE, request))
    return table(heads, rows) + tag("p", tag("small", air))


def graded(levels: Sequence[str], limits: Sequence[float], unit: str, request: gr.Request | None
           ) -> str:
    """Return limits with the verdicts that they lead to, a line each."""
    return joined((f"{with_unit(f'{limit:g}', unit)} {called('level', level, request)}"
                   for level, limit in zip(levels, limits, strict=True)), tag("br"))


def found_here(view: View, instance: Instance) -> tuple[str, str, str]:
    """Return a device's hottest spot, its δ and how far it is from its sister, as text."""
    from vision.infrared.inspection.inspect import other_zones, sister_of
    from vision.infrared.inspection.thermal import normal_for, relative_difference

    result, reading = view.result, instance.reading
    assert reading is not None and result.air is not None
    assert result.thermogram.celsius is not None
    sister = sister_of([each.reading for each in result.instances],
                       [each.label for each in result.instances],
                       result.instances.index(instance))
    rest = other_zones(result.thermogram.celsius, instance.mask, instance.zones, reading)
    normal = normal_for(instance.name, sister, rest)
    share = (None if normal is None
             else relative_difference(reading.highest, normal, result.air))
    return (f"{reading.highest:.1f} °C", "–" if share is None else f"{share:.0f}%",
            f"{signed(reading.p95 - sister.p95)} K" if sister else "–")


def zone_rows(view: View, instance: Instance, request: gr.Request | None) -> Markup:
    """Return the zones of a device with the value at their centres."""
    field, unit = field_of(view.result.thermogram)
    height, width = field.shape
    rows = []
    for zone in instance.zones:
        x, y = inside(*zone.centre, width, height)
        rows.append([called("zone", zone.name, request),
                     with_unit(f"{field[int(y), int(x)]:.1f}", unit), f"{x:.0f}, {y:.0f}",
                     f"{zone.size[0]:.0f}×{zone.size[1]:.0f}"])
    heads = [say(f"infrared.column.{key}", request) for key in ("zone", "centre", "at", "size")]
    return table(heads, rows)


def histogram_of(view: View, instance: Instance, request: gr.Request | None) -> Any:
    """Return how many pixels of a device have which temperature."""
    from vision.infrared.inspection.thermal import histogram

    if not instance.mask.any():
        return None
    field, unit = field_of(view.result.thermogram)
    counts, edges = histogram(field, instance.mask)
    figure, axis = axes(f"{view.result.instances.index(instance) + 1} · {unit}", size=(5, 2.4))
    axis.stairs(counts, edges, fill=True, color=BLUE)
    return figure


def profile_of(view: View, ends: Line, request: gr.Request | None) -> Any:
    """Return the temperatures along a line."""
    from vision.infrared.inspection.thermal import profile

    field, unit = field_of(view.result.thermogram)
    distances, values = profile(field, ends[:2], ends[2:])
    figure, axis = axes(unit, size=(5, 2.4))
    axis.plot(distances, values, color=BLUE, linewidth=2)
    axis.set_xlabel("px")
    return figure


def build(view: gr.State) -> Parts:
    """Build the part; return what a new result and the picture's pointer fill."""
    gr.Markdown(t("infrared.details_info"))
    with gr.Row():
        with gr.Column(min_width=320):
            text = gr.HTML(t("infrared.details_empty"), elem_id="infrared-device",
                           css_template=LOOK)
        with gr.Column(min_width=320):
            with gr.Row():
                ends = [gr.Number(None, label=label, min_width=110, minimum=0, precision=1,
                                  elem_id=f"infrared-line-{place}")
                        for place, label in enumerate(("x₁", "y₁", "x₂", "y₂"))]
            profile = SvgPlot(elem_id="infrared-profile",
                              elem_classes=["lab-when-filled"])
            histogram = SvgPlot(elem_id="infrared-histogram",
                                elem_classes=["lab-when-filled"])
    gr.on([end.submit for end in ends], typed, [view, *ends], profile, **LIVE)
    return Parts(text, histogram, ends, profile)
