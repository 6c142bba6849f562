"""A Stop button: pressed, the run of its own session ends and keeps what it has."""

from __future__ import annotations

import threading
from typing import Any

import gradio as gr

from vision.ui.components.events import QUIET
from vision.ui.text import t


class Control:
    """What a button may say to the run of its own session while that run goes on."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.asked = 0  # runs that were asked for and have not ended
        self.luck: Any = None  # what the seeds of the time before have reached
        self.chosen = False  # whether another model was chosen while it ran
        self.trail: Any = None  # the last run, which may go on from one of its steps

    def __deepcopy__(self, memory: dict[int, Any]) -> Control:
        return Control()

    def begin(self) -> None:
        """Forget what was said to the run before."""
        self.asked += 1
        self.chosen = False
        self.stopping.clear()

    def choose(self) -> None:
        """Hear that another model was chosen, which a run's end is not to undo."""
        self.chosen = True


def stop_button(elem_id: str, **look: Any) -> gr.Button:
    """Build a Stop, which nobody can press while nothing runs."""
    return gr.Button(t("app.stop"), variant="stop", interactive=False, elem_id=elem_id, **look)


def stoppable(go: gr.Button, stop: gr.Button) -> gr.State:
    """Return what a run of `go` looks at to see whether `stop` was pressed; build it before it."""
    control = gr.State(Control())
    go.click(begin, control, stop, **QUIET)
    stop.click(lambda control: control.stopping.set(), control, None, **QUIET)
    return control


def stops_after(run: Any, control: gr.State, stop: gr.Button) -> Any:
    """Let nobody press `stop` after an event has ended, or failed, after which is no `then`."""
    for end in (run.then, run.failure):
        end(ended, control, stop, **QUIET)
    return run


def begin(control: Control) -> gr.Button:
    """Make ready for a run that was asked for, which may be stopped from now on."""
    control.begin()
    return gr.Button(interactive=True)


def ended(control: Control) -> gr.Button:
    """Hear that a run has ended; another one may go on or wait."""
    control.asked = max(control.asked - 1, 0)
    return gr.Button(interactive=control.asked > 0)
