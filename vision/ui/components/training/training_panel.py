"""Trainings beside the page: started, followed, and stopped by the buttons of a panel."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.errors import UserError
from vision.ui.components import names
from vision.ui.components.events import QUIET
from vision.ui.components.figures.svg_plot import SvgPlot
from vision.ui.components.html import localised
from vision.ui.components.model_choice import OWN, ModelShelf
from vision.ui.components.page_files import scroll_to
from vision.ui.components.training.stopping import Control, begins, stop_button, stops_after
from vision.ui.server.ending import leaving
from vision.ui.shell.low_priority import step_back
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.training.progress import OnStep, Step

Range = tuple[float, float, float, float]  # lowest, highest, at first, step
Curve = Sequence["Step"]


class TrainingPanel:
    """A training in the page: how long, how fast, from which seed; go and stop; its news.

    `name` is the part and its training, as gan-train. What a training yields goes to the status,
    the curves, what else it shows, and the session's own model, which becomes a choice.
    """

    def __init__(self, name: str, model: gr.Dropdown, own: gr.State) -> None:
        self.name, self.model, self.own = name, model, own

    def architecture(self, first: str, place: gr.Accordion, known: Callable[[], list[str]]
                     ) -> gr.Dropdown:
        """Build the choice of what is trained; the registry fills it as its place opens."""
        part, _ = self.name.split("-")
        chosen = gr.Dropdown(called([first]), value=first, label=t(f"{part}.arch"),
                             info=t(f"{part}.arch_info"), elem_id=f"{part}-arch")
        place.expand(lambda: gr.Dropdown(choices=called(known())), None, chosen, **QUIET)
        return chosen

    def controls(self, steps: Range, rate: Range, go: str = "app.train", *, seeds: int = 1
                 ) -> None:
        """Build steps, learning rate and seed, and the buttons that start and stop.

        With more `seeds` than one, a slider says from how many of them to train.
        """
        part, _ = self.name.split("-")
        self.rate = rate
        self.pace: list[gr.Slider | gr.Number] = [
            self._slider("steps", steps, t("app.steps"), t(f"{part}.train_steps_info")),
            self._slider("rate", rate, t("app.learning_rate"), t(f"{part}.train_rate_info")),
            gr.Number(0, precision=0, minimum=0, label=t("app.seed"), info=t("app.seed_info"),
                      elem_id=f"{self.name}-seed")]
        if seeds > 1:
            self.pace.append(self._slider("seeds", (1, seeds, 1, 1), t("app.seeds"),
                                          t("app.seeds_info")))
        with gr.Row():
            self.go = gr.Button(t(go), variant="primary", elem_id=self.name)
            self.stop = stop_button(f"{self.name}-stop")

    def _slider(self, kind: str, values: Range, label: Any, info: Any) -> gr.Slider:
        low, high, value, step = values
        return gr.Slider(low, high, value, step=step, label=label, info=info,
                         elem_id=f"{self.name}-{kind}")

    def news(self) -> None:
        """Build the line that says how far it is, the curves, and the download when it is done."""
        part, kind = self.name.split("-")
        self.status = gr.Markdown(t(f"{part}.{kind}_empty"), elem_id=f"{self.name}-status")
        self.download = gr.DownloadButton(t("app.download_model"), visible=False,
                                          elem_id=f"{self.name}-download")
        self.curves = SvgPlot(elem_id=f"{self.name}-plot",
                              elem_classes=["lab-when-filled"])

    def fork(self) -> None:
        """Build what lets the last run go on from one of its steps with another learning rate."""
        with gr.Accordion(t("app.fork"), open=False, elem_id=f"{self.name}-fork"):
            gr.Markdown(t("app.fork_info"))
            self.step = gr.Radio([], label=t("app.fork_step"), info=t("app.fork_step_info"),
                                 elem_id=f"{self.name}-fork-step")
            self.other = self._slider("fork-rate", self.rate, t("app.learning_rate"),
                                      t("app.fork_rate_info"))
            self.again = gr.Button(t("app.fork_go"), elem_id=f"{self.name}-fork-go")

    def connect(self, train: Callable[..., Any], inputs: Sequence[Any], shown: Sequence[Any] = (),
                fork: Callable[..., Any] | None = None, fork_inputs: Sequence[Any] = ()) -> None:
        """Let the buttons start and stop a training, even while it waits in the queue.

        The status comes into view, for it tells how far the training or the queue is. With a
        `fork`, the last run may go on from one of its steps; that gets inputs of its own.
        """
        control = gr.State(Control())
        outputs = [self.status, self.curves, *shown, self.own, self.model, self.download]
        trained = self._runs(self.go, train, [*inputs, *self.pace, control], outputs, control)
        if fork:
            self._runs(self.again, fork, [*fork_inputs, self.step, self.other, control], outputs,
                       control)
            trained.then(steps_of, control, self.step, **QUIET)
        self.stop.click(ask_to_stop, control, self.status, **QUIET)
        self.model.input(lambda control: control.choose(), control, None, **QUIET)

    def _runs(self, button: gr.Button, train: Callable[..., Any], inputs: list[Any],
              outputs: list[Any], control: gr.State) -> Any:
        """Let a button start a training, and return that event."""
        button.click(None, None, None, js=scroll_to(self.status.elem_id))
        begins(button, control, self.stop)
        run = button.click(train, inputs, outputs, concurrency_limit=1, concurrency_id="train",
                           show_progress="minimal", show_progress_on=self.status,
                           api_visibility="private")
        return stops_after(run, control, button, self.stop)


def steps_of(control: Control) -> gr.Radio:
    """Return the steps from which the session's last run may go on, the middle one chosen."""
    steps = control.trail.steps() if control.trail else []
    return gr.Radio(steps, value=steps[len(steps) // 2] if steps else None)


def called(archs: Iterable[str]) -> list[tuple[str, str]]:
    """Return architectures as choices that read as people call them."""
    return [(names.network(arch), arch) for arch in archs]


def ask_to_stop(control: Control, request: gr.Request) -> str:
    """Ask the session's run to stop and keep what it has."""
    control.stopping.set()
    return say("app.stopping", request)


def follow(train: Callable[[OnStep], Path], control: Control, every: float = 0.5
           ) -> Iterator[list[Step] | Path]:
    """Run a training beside the page: yield the steps so far when there are more, at last its file.

    A page that is closed, a Stop, or the program's end ends the training after its present step.
    """
    if control.stopping.is_set():
        raise UserError("the training was stopped before it began", "",
                        "press Train to begin again")
    steps: list[Step] = []
    answer: queue.Queue[Path | BaseException] = queue.Queue()

    def on_step(step: Step) -> bool:
        steps.append(step)
        return control.stopping.is_set() or leaving()

    def work() -> None:
        step_back()
        try:
            answer.put(train(on_step))
        except BaseException as error:
            answer.put(error)

    worker = threading.Thread(target=work, name="training")
    worker.start()
    try:
        shown = 0
        while worker.is_alive():
            if len(steps) > shown:
                shown = len(steps)
                yield list(steps)
            time.sleep(every)
        if len(steps) > shown:
            yield list(steps)
    except GeneratorExit:
        control.stopping.set()
        raise
    result = answer.get()
    if isinstance(result, BaseException):
        raise result
    yield result


def news_of(models: ModelShelf, train: Callable[[OnStep], Path], control: Control,
            request: gr.Request | None, live: Callable[[list[Step]], tuple[Any, ...]],
            done: Callable[[Path], str], shown: int = 1) -> Iterator[tuple[Any, ...]]:
    """Run a training and yield what a panel shows: at last its model as the session's own choice.

    `live` returns the curves of the steps so far and what else is `shown`; `done` tells the end.
    """
    skip = (gr.skip(),)
    yield say(f"{models.system}.preparing", request), None, *skip * (shown + 2)
    for news in follow(train, control):
        if isinstance(news, Path):
            choice: dict[str, Any] = {} if control.chosen else {"value": OWN}
            told = say("app.trained_aside", request) if control.chosen else done(news)
            yield (told, *skip * shown, str(news),
                   gr.Dropdown(choices=models.choices(request), **choice),
                   gr.DownloadButton(value=str(news), visible=True))
        else:
            yield progress_line(news[-1], request), *live(news), *skip * 3


def progress_line(step: Step, request: gr.Request | None) -> str:
    """Return a step as one line: where it is, what it measures, how long it will take."""
    numbers = " · ".join(f"{names.measure(name, request)} {localised(f'{value:.3f}', request)}"
                         for name, value in step.values.items())
    return say("app.progress", request, number=step.number, total=step.total,
               numbers=numbers, left=f"{step.seconds_left:.0f}")
