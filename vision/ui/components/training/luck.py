"""How much is luck: one training from several seeds, a band instead of a line, and two compared.

Whether one setting is better than another is asked as Fisher did (The Design of Experiments, 1935,
§21): of all ways to deal the results out to the two settings, how many part them at least as far?
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from vision.ui.components import names as named
from vision.ui.components.figures.colours import BLUE, PALE
from vision.ui.components.figures.plots import axes
from vision.ui.components.html import percent
from vision.ui.components.model_choice import ModelShelf
from vision.ui.components.training.stopping import Control
from vision.ui.components.training.training_panel import Curve, news_of
from vision.ui.text import say

if TYPE_CHECKING:
    import gradio as gr

    from vision.training.progress import OnStep, Step

MOST = 5  # seeds
DECIDED = 0.05  # a chance below which luck is no good explanation
Train = Callable[["OnStep", int], Path]  # told of each step, and the seed
Live = Callable[["list[Step]", "Sequence[Curve]"], tuple[Any, ...]]


@dataclass(frozen=True)
class Several:
    """Trainings that differ by their seed alone: the curve of each, and what each has reached."""

    curves: tuple[Curve, ...] = ()
    results: tuple[float, ...] = ()

    def and_(self, curve: Curve, result: float) -> Several:
        """Return these and one more; what a step shows is not kept."""
        kept = [replace(step, sample=None) for step in curve]
        return Several((*self.curves, kept), (*self.results, result))


def trained(models: ModelShelf, train: Train, seeds: range, control: Control,
            request: gr.Request | None, live: Live, done: Callable[[Path], str],
            result: Callable[[Path], float], *, shown: int) -> Iterator[tuple[Any, ...]]:
    """Train from each seed in turn and yield what a panel shows; the first one's model is kept.

    `result` reads from a model's file what is compared, in percent of what can be reached.
    """
    so_far, before, first = Several(), control.luck, None
    for seed in seeds:
        if first and control.stopping.is_set():
            break
        present: list[Step] = []

        def drawn(news: list[Step], earlier: Several = so_far, present: list[Step] = present
                  ) -> tuple[Any, ...]:
            present[:] = news
            return live(news, earlier.curves)

        for status, *rest in news_of(models, functools.partial(_of_seed, train, seed), control,
                                     request, drawn, done, shown):
            if rest[0] is None and first:
                continue  # the curves of the seed before stay until there are new ones
            if isinstance(rest[shown], str):  # the file of a finished model
                if not control.stopping.is_set():  # a run cut short proves nothing
                    so_far = so_far.and_(present, result(Path(rest[shown])))
                first = first or rest
                status, rest = status + told(so_far, before, request), first
            yield status, *rest
    control.luck = so_far


def seeds_from(first: float, count: float) -> range:
    """Return so many seeds, never more than a panel offers."""
    return range(int(first), int(first) + min(max(int(count), 1), MOST))


def of_seed(config: Any, seed: int) -> Any:
    """Return a training's settings with another seed, and a file of its own for its model."""
    output = config.output
    return replace(config, seed=seed, output=output.with_stem(f"{output.stem}-{seed}")
                   if seed else output)


def _of_seed(train: Train, seed: int, on_step: OnStep) -> Path:
    return train(on_step, seed)


def told(now: Several, before: Several | None, request: gr.Request | None) -> str:
    """Return what several seeds have reached, and whether that differs from the time before."""
    said = ""
    if len(now.results) > 1:
        said = "\n\n" + say("app.luck", request, count=len(now.results),
                            low=percent(min(now.results)), high=percent(max(now.results)),
                            mean=percent(fmean(now.results)))
    if before is None or len(now.results) < 2 or len(before.results) < 2:
        return said
    likely, least = chance(now.results, before.results), smallest(now.results, before.results)
    key = "decided" if likely <= DECIDED else "cannot" if least > DECIDED else "open"
    return said + "\n\n" + say(f"app.luck_{key}", request, before=percent(fmean(before.results)),
                               chance=percent(likely), least=percent(least))


def chance(one: Sequence[float], other: Sequence[float]) -> float:
    """Return in which share of all ways to deal the results out the means are as far apart."""
    values, size = [*one, *other], len(one)
    apart = abs(fmean(one) - fmean(other)) - 1e-12
    dealt = list(combinations(range(len(values)), size))
    return sum(_apart(values, places) >= apart for places in dealt) / len(dealt)


def _apart(values: Sequence[float], places: Sequence[int]) -> float:
    chosen = set(places)
    return abs(fmean(values[place] for place in places)
               - fmean(value for place, value in enumerate(values) if place not in chosen))


def smallest(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the least chance that so many results can ever give."""
    size = len(one)
    ways = len(list(combinations(range(size + len(other)), size)))
    return (2 if size == len(other) else 1) / ways


def curves(present: Sequence[Step], earlier: Sequence[Curve], names: Sequence[str],
           before: Several | None = None, request: gr.Request | None = None) -> Any:
    """Return a figure of each named value: this run's line in the band of its seeds.

    The band of the time `before` is pale behind it.
    """
    figure, *places = axes(*(named.measure(name, request) for name in names))
    for axis, name in zip(places, names, strict=True):
        _band(axis, [_points(run, name) for run in (before.curves if before else ())], PALE)
        _band(axis, [_points(run, name) for run in (*earlier, present)], BLUE)
        numbers, values = _points(present, name)
        if numbers:
            axis.plot(numbers, values, color=BLUE, linewidth=2,
                      marker="o" if len(numbers) < 12 else None)
    return figure


def _points(run: Curve, name: str) -> tuple[list[int], list[float]]:
    """Return where a run has a value, and the values."""
    known = [step for step in run if name in step.values]
    return [step.number for step in known], [step.values[name] for step in known]


def _band(axis: Any, runs: Sequence[tuple[list[int], list[float]]], colour: str) -> None:
    """Fill what lies between the lowest and the highest of some runs."""
    import numpy as np

    runs = [run for run in runs if run[0]]
    if len(runs) < 2:
        return
    numbers = sorted({number for run in runs for number in run[0]})
    values = np.array([np.interp(numbers, *run, right=np.nan) for run in runs])  # (runs, steps)
    there = ~np.isnan(values).all(0)
    axis.fill_between(np.array(numbers)[there], np.nanmin(values[:, there], 0),
                      np.nanmax(values[:, there], 0), color=colour, alpha=0.25, linewidth=0)
