"""What the tabs share: safe picture input, friendly errors, trainings that stream and stop."""

from __future__ import annotations

import functools
import html
import inspect
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.checkpoints import Card
from vision.errors import UserError
from vision.fallback import lacks_memory, too_little_memory
from vision.files import FULL, refusal
from vision.ui.behind import step_back
from vision.ui.picture_input import PictureInput
from vision.ui.text import explain, say, t
from vision.ui.uploads import new_folder as new_folder

if TYPE_CHECKING:
    from vision.training import OnStep, Step

LONGEST_SIDE = 1280  # of the pictures sent to the screen
log = logging.getLogger("vision.ui")
INTO_VIEW = """() => {
  const said = document.getElementById("%s"), place = said.getBoundingClientRect();
  if (place.top < 0 || place.bottom > innerHeight) said.scrollIntoView({block: "center"});
}"""


def picture_input(key: str, elem_id: str, value: str | None = None, *, height: int = 260,
                  webcam: bool = True) -> gr.Image:
    """Return the picture input that every tab uses, labelled by a text key."""
    sources: list[Any] = ["upload", "webcam", "clipboard"] if webcam else ["upload", "clipboard"]
    return PictureInput(value=value, label=t(key), elem_id=elem_id, height=height,
                        sources=sources, buttons=["fullscreen"])


def picture_output(key: str, elem_id: str, *, height: int = 400, always: bool = True,
                   buttons: Sequence[Any] = ("fullscreen",)) -> gr.Image:
    """Return the picture display that every tab uses, shown `always` or when it is filled."""
    return gr.Image(label=t(key), elem_id=elem_id, interactive=False, format="jpeg",
                    height=height, buttons=[*buttons],
                    elem_classes=[] if always else ["lab-when-filled"])


def friendly(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Show a user's mistake as one sentence in the user's language, and never a traceback."""
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def stream(*values: Any, **named: Any) -> Iterator[Any]:
            with _shown_to(values):
                yield from handler(*values, **named)

        return stream

    @functools.wraps(handler)
    def call(*values: Any, **named: Any) -> Any:
        with _shown_to(values):
            return handler(*values, **named)

    return call


@contextmanager
def _shown_to(values: tuple[Any, ...]) -> Iterator[None]:
    """Turn what goes wrong inside into `gr.Error` for the request among the values."""
    request = next((value for value in values if isinstance(value, gr.Request)), None)
    try:
        if any(isinstance(value, gr.EventData) and value._data is None for value in values):
            raise UserError("nothing was clicked", "a click on the page is accepted here",
                            "click there again")
        yield
    except gr.Error:
        raise
    except UserError as error:
        raise notice(explain(error, request)) from error
    except Exception as error:
        raise told_of(error, request) from error


def told_of(error: Exception, request: gr.Request | None) -> gr.Error:
    """Return what a visitor is told of a machine that has no room left, or of the unexpected."""
    if isinstance(error, OSError) and error.errno in FULL:
        return notice(explain(refusal(error), request))
    if lacks_memory(error):
        return notice(explain(too_little_memory(), request))
    log.exception("unexpected")
    return notice(say("app.unexpected", request))


def notice(sentence: str) -> gr.Error:
    """Return a sentence as the page's error message."""
    return gr.Error(html.escape(sentence, quote=False), print_exception=False)


def needed(path: str | None) -> str:
    """Return a picture's path, or raise if there is none."""
    if not path:
        raise UserError("there is no picture yet", "any photograph will do",
                        "upload one or click an example")
    return path


def for_screen(picture: Any) -> Any:
    """Return a picture no larger than a screen needs."""
    from vision.images import resize

    scale = LONGEST_SIDE / max(picture.shape[:2])
    if scale >= 1:
        return picture
    return resize(picture, (round(picture.shape[0] * scale), round(picture.shape[1] * scale)))


def card_markdown(card: Card, link: str, facts: dict[str, str], request: gr.Request) -> str:
    """Return a checkpoint's model card as a Markdown table."""
    sets = [f"{name} ({licence})" for name, licence in card.data.get("licences", {}).items()]
    rows = {
        "arch": f"{card.arch}, [{link.rsplit('/', 1)[-1]}]({link})", **facts,
        "data": ", ".join(sets), "steps": f"{card.steps:,}", "seed": str(card.seed),
        "device": card.device, "created": card.created[:10], "command": f"`{card.command}`",
    }
    (first, value), *others = rows.items()
    lines = [f"| {say(f'app.card.{first}', request)} | {value} |", "|---|---|"]
    lines += [f"| {say(f'app.card.{key}', request)} | {value} |" for key, value in others]
    return "\n".join(lines)


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


def leaving() -> bool:
    """Return whether the program ends as soon as the threads that still work have ended."""
    return not threading.main_thread().is_alive()


def progress_line(step: Step, request: gr.Request | None) -> str:
    """Return a step as one line: where it is, what it measures, how long it will take."""
    numbers = " · ".join(f"{name} {value:.3f}" for name, value in step.values.items())
    return say("app.progress", request, number=step.number, total=step.total,
               numbers=numbers, left=f"{step.seconds_left:.0f}")


def curves(steps: list[Step], names: tuple[str, ...]) -> Any:
    """Return a figure with one curve for each named value of the steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 2.6), layout="constrained")
    figure.patch.set_alpha(0)
    axes = figure.subplots(1, len(names), squeeze=False)[0]
    for axis, name in zip(axes, names, strict=True):
        points = [(step.number, step.values[name]) for step in steps if name in step.values]
        if points:
            axis.plot(*zip(*points, strict=True), color="#3b82f6", linewidth=2,
                      marker="o" if len(points) < 12 else None)
        style(axis, name)
    return figure


def style(axis: Any, title: str) -> None:
    """Give an axis the page's look: grey that can be read on light and on dark."""
    grey = "#808793"
    axis.set_title(title, color=grey, fontsize=12)
    axis.patch.set_alpha(0)
    axis.tick_params(colors=grey, labelsize=10)
    axis.grid(alpha=0.25, color=grey)
    for side, spine in axis.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(grey)
