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
        self.asked: set[str] = set()  # the buttons whose runs have not ended
        self.luck: Any = None  # what the seeds of the time before have reached
        self.chosen = False  # whether another model was chosen while it ran
        self.trail: Any = None  # the last run, which may go on from one of its steps

    def __deepcopy__(self, memory: dict[int, Any]) -> Control:
        return Control()

    def begin(self, button: str) -> None:
        """Forget what was said to the run before; a button whose run goes on begins no other."""
        if button not in self.asked:
            self.asked.add(button)
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
    begins(go, control, stop)
    stop.click(lambda control: control.stopping.set(), control, None, **QUIET)
    return control


def begins(go: gr.Button, control: gr.State, stop: gr.Button) -> None:
    """Let a run that `go` asks for be stopped from now on, though it may still wait."""
    go.click(lambda control: begin(control, str(go.elem_id)), control, stop, **QUIET)


def stops_after(run: Any, control: gr.State, go: gr.Button, stop: gr.Button) -> Any:
    """Let nobody press `stop` after a run of `go` has ended, or failed, after which is no `then`.
    """
    for end in (run.then, run.failure):
        end(lambda control: ended(control, str(go.elem_id)), control, stop, **QUIET)
    return run


def begin(control: Control, button: str) -> gr.Button:
    """Make ready for the run that a button asks for."""
    control.begin(button)
    return gr.Button(interactive=True)


def ended(control: Control, button: str) -> gr.Button:
    """Hear that the run of a button has ended; another's may go on or wait."""
    control.asked.discard(button)
    return gr.Button(interactive=bool(control.asked))
