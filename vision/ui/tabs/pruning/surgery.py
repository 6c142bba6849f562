"""Real surgery at a ratio: what a picture is taken for, the accuracy, the classes, the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.ui.components import names
from vision.ui.components.friendly import friendly
from vision.ui.components.html import (
    clock,
    image,
    localised,
    note,
    percent,
    short,
    signed,
    table,
    tiles,
)
from vision.ui.components.markup import joined, tag
from vision.ui.components.pictures import LONGEST_SIDE
from vision.ui.shell.answers.shared import computed_once, known
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.pruning import confusion
from vision.ui.tabs.pruning.cut import Cut
from vision.ui.tabs.pruning.names import class_name
from vision.ui.tabs.pruning.shared import (
    AUTO,
    learnt,
    measured_on,
    report_of,
    report_of_cut,
    this_minute,
)
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.checkpoints import Model
    from vision.pruning.count import Size
    from vision.pruning.evaluate import Report
    from vision.pruning.plan import Plan
    from vision.pruning.predict import Result

TIMED = (1, 64)  # pictures at a time
LOOK = 0.2  # seconds of each timing
HEAD = "pruning-head"  # what is known of a cut at first sight
AT_ONCE = 10  # classes in the table; those that broke less open below it


@dataclass(frozen=True, eq=False)
class Trial:
    """What a cut did; what is not measured yet is None."""

    plan: Plan
    sizes: tuple[Size, Size]  # before and after, like all pairs here
    seconds: float  # of the surgery
    named: tuple[Result, Result] | None = None
    reports: tuple[Report, Report] | None = None
    learnt: str = ""  # the data that the network knows, and that of the measurement, if any
    data: str | None = ""
    milliseconds: dict[int, tuple[float, float]] | None = None
    measured: str = ""  # when the clock was read

    @property
    def stands_in(self) -> bool:
        """Return whether drawings stand in for photographs."""
        return self.learnt.startswith("cifar") and self.data != self.learnt

    def as_json(self) -> dict[str, Any]:
        """Return what is known in plain types."""
        answer: dict[str, Any] = {
            **self.plan.as_json(), "surgery_seconds": self.seconds,
            "before": self.sizes[0].as_json(), "after": self.sizes[1].as_json()}
        for place, key in enumerate(("before", "after")):
            if self.named:
                answer[key]["label"] = self.named[place].label
            if self.reports:
                answer[key] |= {"accuracy": self.reports[place].accuracy,
                                "per_class": self.reports[place].per_class}
            if self.milliseconds:
                answer[key]["milliseconds"] = {f"batch {batch}": pair[place] for batch, pair
                                               in self.milliseconds.items()}
        return {**answer, "data": self.data, "clock_read": self.measured}


@friendly
@low_priority
@within_memory(decoding("picture"))
def prune(model: str, ratio: float, criterion: str, protected: str, picture: str | None,
          own: str | None, data: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Cut a share of a network's channels and measure what that does, with no training after it.

    Args:
        model: the name of a network, such as vgg16-drawings
        ratio: the share of channels to cut, from 0 to 1
        criterion: what a channel is worth, such as gamma
        protected: the layers that stay whole, with commas between, or nothing
        picture: a picture that both networks name, or nothing
        data: what both are measured on, such as drawings-hard; auto is what the network learnt

    Returns:
        the findings as HTML, and as JSON the channels, parameters, multiply-adds, accuracy and
        milliseconds before and after; it streams as more is known
    """
    cut = Cut(model, ratio, criterion, protected, own, data or AUTO)
    for trial in trials(cut, picture, request):
        yield shown(trial, request), gr.Button(visible=True), cut, trial.as_json()


def trials(cut: Cut, picture: str | None, request: gr.Request | None = None) -> Iterator[Trial]:
    """Yield the cut with more and more of what can be measured of it, by whoever came first."""
    alike: dict[str, Any] = {"request": request, "models": (cut.path,)}
    if (trial := known("prune whole", *cut.asked, pictures=(picture,), **alike)) is not None:
        yield trial
        return
    for trial in measured(cut, picture, alike):
        yield trial
    computed_once("prune whole", lambda: trial, *cut.asked, pictures=(picture,), **alike)


def measured(cut: Cut, picture: str | None, alike: dict[str, Any]) -> Iterator[Trial]:
    """Yield a cut after its surgery, after its test, and after the clock was read."""

    def once(kind: str, compute: Callable[[], Any], *pictures: str) -> Any:
        return computed_once(f"prune {kind}", compute, *cut.asked, pictures=pictures, **alike)

    trial, small = once("surgery", lambda: surgery(cut))
    if picture:
        trial = replace(trial, named=once("named", lambda: named(cut.whole, small, picture),
                                          picture))
    yield trial
    card = cut.whole.card
    trial = replace(trial, data=measured_on(card, cut.data), learnt=learnt(card))
    if trial.data:
        trial = replace(trial, reports=once("reports", lambda: (
            report_of(cut.name, cut.own, cut.data), report_of_cut(*cut))))
    yield trial
    milliseconds, when = once("clock", lambda: clocked(cut.whole, small))
    yield replace(trial, milliseconds=milliseconds, measured=when)


def named(whole: Model, small: Model, picture: str) -> tuple[Result, Result]:
    """Return what both networks take a picture for."""
    from vision.images import read_picture
    from vision.pruning.predict import predict

    pixels = read_picture(picture, LONGEST_SIDE)
    return predict(whole, pixels), predict(small, pixels)


def surgery(cut: Cut) -> tuple[Trial, Model]:
    """Cut a network; return what that did, and the smaller one."""
    from vision.pruning.count import count
    from vision.pruning.predict import network_of

    whole, plan = cut.whole, cut.plan
    start = time.perf_counter()
    small = cut.small()
    seconds = time.perf_counter() - start
    sizes = count(network_of(whole)), count(network_of(small))
    return Trial(plan, sizes, seconds), small


def clocked(whole: Model, small: Model) -> tuple[dict[int, tuple[float, float]], str]:
    """Return the median milliseconds of each batch size, before and after, and when that was."""
    from vision.pruning.count import latency
    from vision.pruning.predict import network_of

    before, after = network_of(whole), network_of(small)
    return ({batch: (latency(before, batch, seconds=LOOK), latency(after, batch, seconds=LOOK))
             for batch in TIMED}, this_minute())


def shown(trial: Trial, request: gr.Request | None) -> Markup:
    """Return a trial as the page shows it."""
    seen = opinions(*trial.named, request) if trial.named else Markup()
    parts = [tag("div", tiles(facts(trial, request)), seen, id=HEAD)]
    if trial.reports:
        parts += [note("pruning.measured", request, count=int(trial.reports[0].matrix.sum()),
                       data=names.data(trial.data or "", request)),
                  note("pruning.stand_in", request) if trial.stands_in else Markup(),
                  classes(*trial.reports, request), confusion.shown(*trial.reports, request)]
    elif trial.data is None:
        parts.append(note("pruning.unmeasured", request, data=names.data(trial.learnt, request)))
    else:
        parts.append(note("pruning.measuring", request))
    if trial.measured:
        parts.append(note("pruning.clock_read", request, when=trial.measured))
    return joined(parts)


def facts(trial: Trial, request: gr.Request | None) -> dict[str, str]:
    """Return what is known after the cut, each with what it was before."""
    before, after = trial.sizes
    found = {say("pruning.surgery", request): clock(trial.seconds)}
    if trial.reports:
        old, new = (percent(report.accuracy) for report in trial.reports)
        found[f"{say('pruning.accuracy', request)} {localised(old, request)} →"] = new
    for name in ("parameters", "multiply_adds"):
        old, new = (short(getattr(size, name)) for size in (before, after))
        found[f"{say(f'pruning.{name}', request)} {localised(old, request)} →"] = new
    for batch, (slow, fast) in (trial.milliseconds or {}).items():
        found[say("pruning.clock", request, batch=batch, before=f"{slow:.1f}",
                  times=f"{slow / fast:.2f}")] = f"{fast:.1f} ms"
    return found


def opinions(before: Result, after: Result, request: gr.Request | None) -> Markup:
    """Return a picture with what both networks take it for."""
    lists = (tag("div", tag("b", say(key, request)), likeliest(result, request))
             for key, result in (("pruning.before", before), ("pruning.after", after)))
    picture = image(before.picture, say("pruning.seen", request), "lab-crisp",
                    style="width:96px;margin:0")
    return tag("div", picture, *lists, style="display:grid;gap:1rem;margin:.8rem 0;"
               "grid-template-columns:96px 1fr 1fr")


def likeliest(result: Result, request: gr.Request | None) -> Markup:
    """Return the three likeliest classes with their probabilities as bars."""
    best = sorted(result.shares.items(), key=lambda pair: -pair[1])[:3]
    return tag("div", *(
        tag("div", f"{class_name(name, request)} {share:.0%}", tag("br"),
            tag("span", class_="lab-bar", style=f"width:{max(90 * share, 1):.0f}%;margin:0"))
        for name, share in best), style="font-size:.9rem")


def classes(before: Report, after: Report, request: gr.Request | None) -> Markup:
    """Return the accuracy of each class before and after, what broke most first; of many, some."""
    rows = [(name, share, after.per_class[name]) for name, share in before.per_class.items()]
    rows.sort(key=lambda row: row[2] - row[1])
    head = [say(f"pruning.{key}", request) for key in ("class", "before", "after", "change")]
    cells = [[class_name(name, request), percent(old), percent(new),
              signed(100 * (new - old))] for name, old, new in rows]
    if len(cells) <= AT_ONCE:
        return table(head, cells)
    rest = tag("details", tag("summary", say("pruning.other_classes", request,
                                             count=len(cells) - AT_ONCE)),
               table(head, cells[AT_ONCE:]))
    return table(head, cells[:AT_ONCE]) + rest
