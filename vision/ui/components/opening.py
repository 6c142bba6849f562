"""What a tab shows before anybody has clicked: its main action's result at the first settings.

It is made once, while the page starts, and put into words once for each language; visitors are
only shown it. A class link that sets the controls runs the main action with those instead.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import gradio as gr
from gradio.context import Context

from vision.ui.components.figures.svg_plot import plots
from vision.ui.components.friendly import friendly
from vision.ui.shell.low_priority import low_priority
from vision.ui.text import language_of

Made = TypeVar("Made")
Answer = tuple[Any, ...]
QUALITY = 60  # of pictures


class Opening(Generic[Made]):
    """A result that is made by whoever asks first, while all others wait for it.

    `make` returns None where a tab has nothing to show, for want of a model; it is asked again
    then, as a model may have come.
    """

    def __init__(self, make: Callable[[], Made | None],
                 answer: Callable[[Made, gr.Request | None], Answer]) -> None:
        self._make, self._answer = make, answer
        self._busy = threading.RLock()
        self._made: Made | None = None
        self._answers: dict[str, Answer] = {}

    @low_priority
    def make(self) -> Made | None:
        """Return the result."""
        with self._busy:
            if self._made is None:
                self._made = self._make()
            return self._made

    def answer(self, request: gr.Request | None) -> Answer | None:
        """Return what shows the result in the language of a request, None if there is none."""
        made, language = self.make(), language_of(request)
        with self._busy:
            if made is not None and language not in self._answers:
                place = folder(request)
                self._answers[language] = tuple(settled(value, place / f"{id(self)}-{number}.webp")
                                                for number, value in enumerate(
                                                    self._answer(made, request)))
        return self._answers.get(language)


def settled(value: Any, file: Path) -> Any:
    """Return a picture (H, W, 3) as a light file and a figure as what a browser gets of it."""
    if hasattr(value, "savefig"):
        return str(plots(value))
    if hasattr(value, "ndim"):
        from PIL import Image

        Image.fromarray(value).save(file, "WEBP", quality=QUALITY)
        return str(file)
    return value


def folder(request: gr.Request | None) -> Path:
    """Return where the files of first results lie in the language of a request."""
    place = _root() / language_of(request)
    place.mkdir(exist_ok=True)
    return place


@functools.cache
def _root() -> Path:
    """Return a folder that stays until the program ends."""
    made = Path(tempfile.mkdtemp(prefix="vision-first-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def connect(opening: Opening[Any], outputs: Sequence[Any], view: gr.State | None = None
            ) -> tuple[Any, gr.State]:
    """Show a result when the tab that is being built opens and its `view`, if any, is empty.

    Returns that event, and what a class link changes when it has set the controls; the page places
    it, as a state within a tab that was never opened changes by itself.
    """
    linked, seen = gr.State(0, render=False), view or gr.State(None)

    @friendly
    def show(arrived: int, before: Any, request: gr.Request) -> Any:
        found = None if arrived or before is not None else opening.answer(request)
        if found is None:
            return gr.skip()
        return found if view else (True, *found)

    shown = opened()(show, [linked, seen], [*([] if view else [seen]), *outputs], queue=False,
                     api_visibility="private")
    return shown, linked


def connect_part(opening: Opening[Any], output: Any) -> None:
    """Show a result when the part of a tab that is being built opens for the first time."""
    _, arrived = connect(opening, [output])
    arrived.render()  # no link sets what a part shows


def opened() -> Callable[..., Any]:
    """Return the event that the tab which is being built is opened."""
    tab = Context.block
    if not isinstance(tab, gr.Tab):
        raise TypeError("a tab is built outside of a tab")
    return tab.select
