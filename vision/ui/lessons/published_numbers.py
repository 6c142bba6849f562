"""Published numbers beside ours: theirs from one table with sources, ours from the model cards."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from vision import checkpoints
from vision.checkpoints import Card
from vision.ui.components import names
from vision.ui.components.html import note, signed, table
from vision.ui.components.markup import tag
from vision.ui.text import language_of, say, words

NUMBERS = Path(__file__).with_suffix(".json")
COLUMNS = ("name", "published", "here", "gap")
FORMS: dict[str, tuple[Callable[[float], float], str]] = {  # from a card's value, and how it reads
    "percent": (lambda share: 100 * share, "{:.1f}%"),
    "error": (lambda accuracy: 100 * (1 - accuracy), "{:.2f}%"),
    "millions": (lambda count: count / 1e6, "{:.2f}M"),
    "nats": (float, "{:.0f} nats"),
    "seconds": (float, "{:.0f} s"),
}


@dataclass(frozen=True)
class Row:
    """A published number, and where a model card has the same measure of ours."""

    tab: str
    name: str
    measure: str
    published: float
    source: str
    data: str
    on: str | None  # the data set of a card that may be compared
    arch: str | None  # None where ours is measured while it runs
    metric: list[str] | None
    form: str
    error: float | None = None
    file: str | None = None  # the checkpoint, where several of an architecture ship


@dataclass(frozen=True)
class Here:
    """Our number with the checkpoint and the data that it was measured on."""

    value: float
    path: Path
    data: str

    @property
    def checkpoint(self) -> str:
        """Return the id of the checkpoint."""
        return self.path.stem


@functools.cache
def numbers() -> tuple[Row, ...]:
    """Return every published number."""
    return tuple(Row(**values) for values in json.loads(NUMBERS.read_text("utf-8")))


def here(row: Row) -> Here | None:
    """Return our number from a card that ships and has it, one on the same data first.

    Of several, the model that is called like its architecture stands for it.
    """
    found = []
    for path in checkpoints.readable(row.tab):
        card = checkpoints.read_card(path)
        named = path.stem == row.file if row.file else path.stem.startswith(card.arch)
        for data, metrics in measured(card) if card.arch == row.arch and named else ():
            if is_number(value := at(metrics, row.metric or [])):
                found.append(Here(FORMS[row.form][0](value), path, data))
    return min(found, key=lambda one: (one.data != row.on, one.checkpoint != row.arch),
               default=None)


def measured(card: Card) -> list[tuple[str, dict[str, Any]]]:
    """Return what a card was measured on, with the numbers: one split, and the test split too."""
    data = str(card.data.get("val") or card.data.get("test") or "")
    test = card.metrics.get("test")
    both = [(data.removesuffix("val") + "test", test)] if isinstance(test, dict) else []
    return [(data, card.metrics), *both]


def at(metrics: Any, way: list[str]) -> Any:
    """Return what lies at the end of a way of names through metrics; `*` is the mean over all."""
    for place, name in enumerate(way):
        if name == "*":
            return mean_of(at(each, way[place + 1 :]) for each in (metrics or {}).values())
        metrics = metrics.get(name) if isinstance(metrics, dict) else None
    return metrics


def mean_of(values: Iterable[Any]) -> float | None:
    """Return the mean of what is a number, None if nothing is."""
    known = [value for value in values if is_number(value)]
    return sum(known) / len(known) if known else None


def is_number(value: Any) -> bool:
    """Return whether a card's value is a number to show."""
    return isinstance(value, (int, float)) and math.isfinite(value)


def beside(tab: str, request: gr.Request | None) -> Markup:
    """Return a tab's published numbers, ours and the gaps as a table."""
    rows = [cells(row, here(row), request) for row in numbers() if row.tab == tab]
    if not rows:
        return Markup()
    head = [say(f"paper.{name}", request) for name in COLUMNS]
    return (tag("h3", say("paper.title", request)) + table(head, rows)
            + note("paper.note", request))


def cells(row: Row, ours: Here | None, request: gr.Request | None) -> list[Markup]:
    """Return one row of the table: each value with where it is from below it."""
    form = FORMS[row.form][1]
    shown, gap, place = "–", "–", names.network(row.arch) if row.arch else ""
    if ours is None:
        place += " " + say("paper.live" if row.arch is None else "paper.missing", request)
    else:
        shown, place = form.format(ours.value), called(ours, request)
        gap = (signed(ours.value - row.published, 2) if ours.data == row.on
               else say("paper.other_data", request))
    name = words(language_of(request)).get(f"infrared.class.{row.name}", row.name)
    measure = f"{say(f'paper.measure.{row.measure}', request)}, {row.data}"
    published = form.format(row.published) + (f" ± {row.error:g}" if row.error else "")
    return [over(name, measure), over(published, row.source), over(shown, place), over(gap)]


def called(ours: Here, request: gr.Request | None) -> str:
    """Return whose number ours is, and on which data."""
    return f"{names.called(ours.path, request)}, {names.data(ours.data, request)}"


def over(value: str, below: str = "") -> Markup:
    """Return a cell with a value and a smaller text below it, which may take several lines."""
    return tag("b", value) + tag("br") + tag("small", below, style="white-space:normal")
