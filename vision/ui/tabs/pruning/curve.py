"""The cliff and the recovery: the card's curve beside the paper's points, or a curve made now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.ui.components import names
from vision.ui.components.figures.colours import BLUE, GREEN, GREY, ORANGE
from vision.ui.components.figures.plots import axes, key
from vision.ui.components.figures.svg_plot import SvgPlot
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, percent, table
from vision.ui.components.markup import joined, tag
from vision.ui.components.opening import opened
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.pruning.names import class_name
from vision.ui.tabs.pruning.shared import (
    MODELS,
    layers_in,
    learnt,
    plan_for,
    report_of_cut,
)
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.checkpoints import Card
    from vision.pruning.evaluate import Report

LINES = {  # of a curve's points: colour, dashes
    "accuracy_unfolded": (ORANGE, ":"),
    "accuracy": (BLUE, "-"),
    "accuracy_tuned": (GREEN, "-"),
    "accuracy_scratch": ("#a855f7", "--"),
}
CLOCKS = {"fp32, batch 1": (ORANGE, ":"), "fp32, batch 64": (ORANGE, "--"),
          "bf16, batch 1": ("#a855f7", ":"), "bf16, batch 64": ("#a855f7", "--")}
PAPER = {  # Liu et al. 2017, table 1, CIFAR-10: ratio, accuracy, parameters in M, FLOPs / 10⁸
    "VGG-19": ((0.0, 0.9366, 20.04, 7.97), (0.7, 0.9380, 2.30, 3.91)),
    "DenseNet-40": ((0.0, 0.9389, 1.02, 5.33), (0.4, 0.9481, 0.66, 3.81),
                    (0.7, 0.9435, 0.35, 2.40)),
    "ResNet-164": ((0.0, 0.9458, 1.70, 4.99), (0.4, 0.9492, 1.44, 3.81),
                   (0.6, 0.9473, 1.10, 2.75)),
}
RATIOS = tuple(step / 10 for step in range(10))
FEW = 200  # pictures of each point of a curve that is made now


def published(card: Card) -> str | None:
    """Return the network of the paper's table that one of the same ten classes is compared with."""
    from vision.pruning.data import CLASSES
    from vision.pruning.models import ARCHITECTURES

    return ARCHITECTURES[card.arch].facts.get("published") if card.classes == CLASSES else None


@friendly
def cliff(model: str, own: str | None, request: gr.Request) -> tuple[Any, Markup]:
    """Return the curve on a network's card as plots, and what it is."""
    card = MODELS.card(model, own)
    other = published(card)
    curve = card.metrics.get("curve")
    if not curve:
        missing = note("pruning.no_curve", request, file=MODELS.in_a_script(model))
        figure = plots([], other)
        return figure, lasting(figure, other, missing, request)
    made = note("pruning.curve_made", request, command=curve["command"], device=curve["device"],
                data=names.data(learnt(card), request))
    points = sorted(curve["points"], key=lambda point: point["ratio"])
    figure = plots(points, other)
    return figure, lasting(figure, other, made, request)


def lasting(figure: Any, other: str | None, told: Markup, request: gr.Request | None) -> Markup:
    """Return what stands below a card's curve, which hangs on no setting."""
    return tag("div", keys(figure, other, request), told, papers(other, request),
               class_="lab-lasts")


def keys(figure: Any, other: str | None, request: gr.Request | None) -> Markup:
    """Return what the two sides show, and the names of their curves."""
    def called(name: str) -> str:
        kind, _, rest = name.partition(", ")
        return say(f"pruning.line.{kind}", request, model=other, rest=rest)

    return joined(
        tag("p", tag("b", say(f"pruning.{side}", request))) + key(axis, called)
        for side, axis in zip(("side_left", "side_right"), figure.axes, strict=True) if axis.lines)


def plots(points: list[dict[str, Any]], other: str | None) -> Any:
    """Return accuracy against ratio, and beside it what is counted and what the clock says."""
    figure, left, right = axes("%", "1 = 100%")
    ratios = [point["ratio"] for point in points]
    for name, (colour, dashes) in LINES.items():
        known = [point[name] for point in points]
        if points and None not in known:
            left.plot(ratios, [100 * value for value in known], dashes, color=colour, linewidth=2,
                      label=name)
    if other:
        left.plot([row[0] for row in PAPER[other]], [100 * row[1] for row in PAPER[other]], "D",
                  color=GREY, fillstyle="none", label="paper")
    costs(right, points)
    return figure


def costs(axis: Any, points: list[dict[str, Any]]) -> None:
    """Plot parameters, multiply-adds and milliseconds as shares of the uncut network's."""
    if not points:
        return
    ratios, start = [point["ratio"] for point in points], points[0]
    for name, colour in (("parameters", GREEN), ("multiply_adds", BLUE)):
        axis.plot(ratios, [point[name] / start[name] for point in points], color=colour,
                  linewidth=2, label=name)
    for name, (colour, dashes) in CLOCKS.items():
        times = [point["milliseconds"].get(name) for point in points]
        if None not in times:
            axis.plot(ratios, [time / times[0] for time in times], dashes, color=colour,
                      linewidth=2, label=f"ms, {name.replace('batch ', '× ')}")


def papers(other: str | None, request: gr.Request | None) -> Markup:
    """Return the paper's rows of a network as a table."""
    if not other:
        return Markup()
    head = [say(f"pruning.{key}", request) for key in ("ratio", "accuracy", "parameters")]
    rows = [[f"{ratio:.0%}", percent(accuracy), f"{size:.2f}M", f"{flops:.2f}"]
            for ratio, accuracy, size, flops in PAPER[other]]
    source = tag("small", say("pruning.paper", request, model=other))
    return tag("p", source) + table([*head, "FLOPs / 10⁸"], rows)


@friendly
@low_priority
def measure_now(model: str, criterion: str, protected: str, own: str | None, data: str,
                request: gr.Request) -> Iterator[tuple[Any, Markup]]:
    """Cut a network at ten ratios and measure each, without any fine-tuning."""
    from vision.pruning.plan import highest

    scores = plan_for(model, 0, criterion, protected, own).scores
    most = highest(scores, layers_in(protected))
    reports: dict[float, Report] = {}
    for ratio in (ratio for ratio in RATIOS if ratio <= most):
        reports[ratio] = report_of_cut(model, ratio, criterion, protected, own, data, FEW)
        yield drawn(reports), breaking(reports, request)


def drawn(reports: dict[float, Report]) -> Any:
    """Return the accuracy of all, and of each class, against the ratio."""
    figure, axis = axes("%")
    ratios = list(reports)
    for name in next(iter(reports.values())).classes:
        axis.plot(ratios, [100 * report.per_class[name] for report in reports.values()],
                  color=GREY, linewidth=1, alpha=0.6)
    axis.plot(ratios, [100 * report.accuracy for report in reports.values()], color=BLUE,
              linewidth=3, marker="o")
    axis.set(xlim=(-0.02, 0.92), ylim=(-2, 102))
    return figure


def breaking(reports: dict[float, Report], request: gr.Request | None) -> Markup:
    """Return the classes by the ratio at which they fall below half of what they were."""
    start = next(iter(reports.values()))
    falls = {name: next((ratio for ratio, report in reports.items()
                         if report.per_class[name] < was / 2), None)
             for name, was in start.per_class.items()}
    ordered = sorted(falls.items(), key=lambda pair: 2 if pair[1] is None else pair[1])
    head = [say("pruning.class", request), say("pruning.falls", request)]
    return table(head, [[class_name(name, request),
                         "–" if ratio is None else f"{ratio:.1f}"] for name, ratio in ordered])


def build(model: gr.Dropdown, criterion: gr.Dropdown, protected: gr.Textbox, own: gr.State,
          data: gr.Dropdown) -> None:
    """Build the part."""
    shows = opened()
    gr.Markdown(t("pruning.cliff_info"))
    now = gr.Button(t("pruning.now_go"), elem_id="pruning-now-go")
    plot = SvgPlot(elem_id="pruning-cliff", elem_classes=["lab-when-filled", "lab-dims"])
    text = gr.HTML(elem_id="pruning-cliff-text")
    gr.on([shows, model.change, own.change], cliff, [model, own], [plot, text], queue=False,
          show_progress="minimal", api_visibility="private")
    now.click(measure_now, [model, criterion, protected, own, data], [plot, text],
              concurrency_limit=1, show_progress="minimal", api_visibility="private")
