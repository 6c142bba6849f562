"""A lesson: a figure, the text, the exercises, and the published numbers beside ours.

All of it comes to a browser when the lesson is opened, for a page's first visit is to be light.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gradio as gr

from vision.ui.components import steps
from vision.ui.components.friendly import friendly
from vision.ui.components.opening import opened
from vision.ui.lessons import exercises, guesses, published_numbers
from vision.ui.lessons.exercises import LATEX, Exercise, Redraw, named
from vision.ui.text import language_of, t, words

Draw = Callable[[gr.Request | None], str]


def build(part: str, asked: Sequence[Exercise] = (), redraw: Redraw | None = None,
          draw: Draw | None = None, measured: Draw | None = None) -> None:
    """Build a tab's closed lesson; its figure, numbers and texts are made when it is opened.

    `measured` says what the cards of this tab's models tell beyond the published numbers.
    """
    def show(request: gr.Request) -> tuple[str, ...]:
        told = words(language_of(request))  # as they are: braces are formulas
        return (draw(request) if draw else "", measured(request) if measured else "",
                published_numbers.beside(part, request), *(told[key] for key in texts.values()))

    with steps.place("lesson"), gr.Accordion(t("app.how_it_works"), open=False,
                                             elem_id=f"{part}-lesson") as place:
        figure = gr.HTML(elem_id=f"{part}-figure", min_height=0)
        texts = {gr.Markdown(latex_delimiters=LATEX): f"{part}.lesson"}
        told = gr.HTML(elem_id=f"{part}-measured", min_height=0)
        texts |= exercises.build(part, asked, redraw)
        numbers = gr.HTML(elem_id=f"{part}-paper", min_height=0)
        boxes = {name.removeprefix("guess-"): block for name, block in named(part).items()
                 if name.startswith("guess-")}
    guesses.connect(part, place, boxes)
    if asked:
        exercises.ways(part, asked, [opened(), named(part)["parts"].change])
    place.expand(friendly(show), None, [figure, told, numbers, *texts], show_progress="hidden",
                 api_visibility="private")
