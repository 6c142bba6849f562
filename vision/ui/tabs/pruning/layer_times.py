"""Where the time is spent: milliseconds of each layer, and what rounding widths to 8 buys.

The clock is read once for all who ask alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr
from markupsafe import Markup

from vision.errors import UserError
from vision.ui.components.figures.colours import BLUE, GREY
from vision.ui.components.figures.svg import legend
from vision.ui.components.friendly import friendly
from vision.ui.components.html import as_note, grouped, note, short, table
from vision.ui.components.markup import joined, tag
from vision.ui.shell.answers.shared import computed_once, known
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.pruning.plan import heading, percent_drawing
from vision.ui.tabs.pruning.shared import MODELS, plan_for, this_minute
from vision.ui.text import explain, say

if TYPE_CHECKING:
    from vision.pruning.models.parts import Network

MULTIPLE, BATCHES, LOOK = 8, (1, 64), 0.2
Times = dict[str, float]  # milliseconds of each layer, in the order of the network


class Cost(NamedTuple):
    """What a network costs; the milliseconds are of a batch each."""

    channels: int
    parameters: int
    multiply_adds: int
    milliseconds: tuple[float, ...]


@dataclass
class Timed:
    """The layers of a network before and after a cut, and what the networks cost."""

    when: str
    before: Times
    after: Times
    costs: dict[str, Cost]
    too_narrow: UserError | None = None  # why widths cannot be rounded


@friendly
@low_priority
def time_layers(model: str, ratio: float, criterion: str, protected: str, own: str | None,
                request: gr.Request) -> Iterator[Markup]:
    """Time each layer before and after a cut, and what rounding its widths to 8 buys."""
    from vision.pruning.count import layer_times
    from vision.pruning.predict import network_of
    from vision.pruning.surgery import prune

    asked = (model, ratio, criterion, protected, own)
    cut = plan_for(*asked)  # what cannot be cut is refused before anything is timed
    question = ("layer times", ratio, criterion, protected)
    alike: dict[str, Any] = {"request": request, "models": (MODELS.path_of(model, own),)}
    if (timed := known(*question, **alike)) is None:
        whole = network_of(MODELS.open(model, own))
        small = prune(whole, cut)
        yield note("pruning.measuring_layers", request)
        before, after = layer_times(whole), layer_times(small)
        yield in_columns(before, after, request)
        timed = Timed(this_minute(), before, after, {"before": cost(whole), "after": cost(small)})
        try:
            timed.costs["rounded"] = cost(prune(whole, plan_for(*asked, MULTIPLE)))
        except UserError as error:
            timed.too_narrow = error.with_traceback(None)  # which would keep the networks
        computed_once(question[0], lambda: timed, *question[1:], **alike)
    yield in_columns(timed.before, timed.after, request) + as_costs(timed, request)


def cost(network: Network) -> Cost:
    """Return what a network costs, by this machine's clock."""
    from vision.pruning.count import count, latency

    size = count(network)
    return Cost(sum(network.widths), size.parameters, size.multiply_adds,
                tuple(latency(network, batch, seconds=LOOK) for batch in BATCHES))


def in_columns(before: Times, after: Times, request: gr.Request | None) -> Markup:
    """Return milliseconds of each layer as columns, grey before the cut and blue after it."""
    layers = [name for name in before if max(before[name], after.get(name, 0)) > 0]
    most, width = max(before.values()), 100 / len(layers)
    shapes = []
    for place, name in enumerate(layers):
        for side, (times, colour) in enumerate(((before, GREY), (after, BLUE))):
            share = 100 * min(times.get(name, 0) / most, 1)
            shapes.append(tag("rect", tag("title", f"{name}: {times.get(name, 0):.3f} ms"),
                              x=f"{(place + 0.45 * side) * width:.2f}%", y=f"{100 - share:.1f}%",
                              width=f"{0.42 * width:.2f}%", height=f"{share:.1f}%", fill=colour))
    rows = [[name, f"{before[name]:.3f}", f"{after.get(name, 0):.3f}"] for name in layers]
    head = [say(f"pruning.{key}", request) for key in ("column_layer", "before_ms", "after_ms")]
    names_of = {say("pruning.before", request): GREY, say("pruning.after", request): BLUE}
    return joined([
        heading("pruning.layer_times", request),
        percent_drawing(say("pruning.layer_times_alt", request), 130, shapes), legend(names_of),
        tag("details", tag("summary", say("pruning.as_table", request)), table(head, rows))])


def as_costs(timed: Timed, request: gr.Request | None) -> Markup:
    """Return what each network costs, and why there is none with rounded widths if so."""
    head = ["", *(say(f"pruning.{key}", request) for key in
                  ("channels", "parameters", "multiply_adds")),
            *(f"ms, × {batch}" for batch in BATCHES)]
    rows = [[say(f"pruning.{name}", request), grouped(of.channels, request), short(of.parameters),
             short(of.multiply_adds), *(f"{time:.2f}" for time in of.milliseconds)]
            for name, of in timed.costs.items()]
    why = as_note(explain(timed.too_narrow, request)) if timed.too_narrow else Markup()
    told = note("pruning.clock_read", request, when=timed.when)
    return heading("pruning.rounding", request) + table(head, rows) + why + told
