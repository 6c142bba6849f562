"""What if the learning rate had been another one? A run goes on from one of its steps again.

Both futures stand in one plot. What a run keeps for that is large: it lies in a folder of its own,
which makes room before the model does.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vision.errors import UserError
from vision.ui.components import names as named
from vision.ui.components.figures.colours import BLUE, GREY, ORANGE
from vision.ui.components.figures.plots import axes, legend
from vision.ui.components.html import percent
from vision.ui.components.model_choice import ModelShelf
from vision.ui.components.training.stopping import Control
from vision.ui.components.training.training_panel import news_of
from vision.ui.shell.files.uploads import new_folder
from vision.ui.text import say

if TYPE_CHECKING:
    import gradio as gr

    from vision.training.progress import OnStep, Step

PARTS = 3  # of a run; it may go on from the end of each but the last
Train = Callable[[Any, "OnStep | None"], Path]
Live = Callable[["Trail", "list[Step]"], tuple[Any, ...]]


@dataclass
class Trail:
    """A run as it went: its settings, its curve, and where states of its steps are kept."""

    train: Train
    config: Any
    curve: list[Step] = field(default_factory=list)
    path: Path | None = None  # of its model
    folder: Path = field(default_factory=new_folder)

    def run(self, on_step: OnStep) -> Path:
        """Train, and keep each state that another future may begin with."""
        from vision.training import forks

        def told(step: Step) -> bool | None:
            self.curve.append(replace(step, sample=None))
            if (step.number - 1) % self.config.save_every == 0:
                forks.keep(self.config, self.folder)  # the state after the step before
            return on_step(step)

        self.path = self.train(self.config, told)
        forks.keep(self.config, self.folder)
        return self.path

    def steps(self) -> list[int]:
        """Return the steps from which the run may go on."""
        from vision.training import forks

        return [step for step in forks.kept(self.folder) if step < self.config.steps]

    def forked(self, step: int, rate: float, on_step: OnStep) -> Path:
        """Train from one of its steps on with another learning rate."""
        from vision.training import forks

        config = forks.forked(self.config, step, rate / self.config.learning_rate)
        forks.prepare(config, self.folder)
        return self.train(config, on_step)


def every(steps: int) -> int:
    """Return after how many steps a run of so many keeps its state."""
    return -(-steps // PARTS)


def recorded(control: Control, train: Train, config: Any, on_step: OnStep) -> Path:
    """Train, so that the run may go on from some of its steps later; forget the run before."""
    before, trail = control.trail, Trail(train, config)
    path = trail.run(on_step)
    control.trail = trail
    if before is not None:
        shutil.rmtree(before.folder, ignore_errors=True)
    return path


def trained(models: ModelShelf, control: Control, step: int | None, rate: float,
            request: gr.Request | None, live: Live,
            reached: Callable[[Path], float | None] | None = None, *, shown: int
            ) -> Iterator[tuple[Any, ...]]:
    """Go on from a step of the last run with another rate, and yield what its panel shows.

    `reached` reads from a model's file what is compared, in percent of what can be reached; where
    nothing is measured at the end, the curves alone tell.
    """
    trail: Trail | None = control.trail
    if trail is None or step not in trail.steps():
        raise UserError("there is no run to go on from", "the steps of your last training that "
                        "were kept are accepted", "train first, then choose one of its steps")
    ends = {"step": step, "rate": f"{rate:g}", "before": f"{trail.config.learning_rate:g}"}

    def done(path: Path) -> str:
        if reached is None:
            return say("app.fork_went", request, **ends)
        numbers = {"result": percent(reached(path)),
                   "other": percent(reached(trail.path) if trail.path else None)}
        return say("app.fork_done", request, **ends, **numbers)

    yield from news_of(models, lambda on_step: trail.forked(step, rate, on_step), control, request,
                       lambda news: live(trail, news), done, shown)


def curves(trail: Trail, news: Sequence[Step], names: Sequence[str], rate: float,
           request: gr.Request | None = None) -> Any:
    """Return a figure of each named value: the run as it went, and the future with another rate."""
    start = news[0].number - 1 if news else 0
    figure, *places = axes(*(named.measure(name, request) for name in names))
    for axis, name in zip(places, names, strict=True):
        for run, colour, kept in ((trail.curve, ORANGE, trail.config.learning_rate),
                                  ([*trail.curve[:start], *news], BLUE, rate)):
            points = [(step.number, step.values[name]) for step in run if name in step.values]
            if points:
                axis.plot(*zip(*points, strict=True), color=colour, linewidth=2,
                          label=f"{kept:g}", marker="o" if len(points) < 12 else None)
        axis.axvline(start, color=GREY, linestyle=":", linewidth=1)
    legend(places[0])
    return figure
