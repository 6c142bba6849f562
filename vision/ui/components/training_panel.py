"""Trainings beside the page: started, followed, and stopped by the buttons of a panel."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.errors import UserError
from vision.ui.shell.low_priority import leaving, step_back
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.training import OnStep, Step

INTO_VIEW = """() => {
  const said = document.getElementById("%s"), place = said.getBoundingClientRect();
  if (place.top < 0 || place.bottom > innerHeight) said.scrollIntoView({block: "center"});
}"""


class Control:
    """What a button may say to the run of its own session while that run goes on."""

    def __init__(self) -> None:
        self.stopping = threading.Event()

    def __deepcopy__(self, memory: dict[int, Any]) -> Control:
        return Control()


def connect_training(start: gr.Button, stop: gr.Button, status: gr.Markdown, control: gr.State,
                     **training: Any) -> None:
    """Let one button start a training and another stop it, even while it waits in the queue.

    The status comes into view, for it tells how far the training or the queue is.
    """
    start.click(None, None, None, js=INTO_VIEW % status.elem_id)
    start.click(lambda control: control.stopping.clear(), control, None, queue=False,
                api_visibility="private")
    start.click(**training, concurrency_limit=1, concurrency_id="train", show_progress="minimal",
                show_progress_on=status, api_visibility="private")
    stop.click(ask_to_stop, control, status, queue=False, api_visibility="private")


def ask_to_stop(control: Control, request: gr.Request) -> str:
    """Ask the session's run to stop and keep what it has."""
    control.stopping.set()
    return say("app.stopping", request)


def follow(train: Callable[[OnStep], Path], control: Control, every: float = 0.5
           ) -> Iterator[list[Step] | Path]:
    """Run a training beside the page: yield the steps so far now and then, at last its file.

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
        yield list(steps)
    except GeneratorExit:
        control.stopping.set()
        raise
    result = answer.get()
    if isinstance(result, BaseException):
        raise result
    yield result


def progress_line(step: Step, request: gr.Request | None) -> str:
    """Return a step as one line: where it is, what it measures, how long it will take."""
    numbers = " · ".join(f"{name} {value:.3f}" for name, value in step.values.items())
    return say("app.progress", request, number=step.number, total=step.total,
               numbers=numbers, left=f"{step.seconds_left:.0f}")
