"""A lesson: a figure, the text, the exercises, and the published numbers beside ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gradio as gr

from vision.ui.components.friendly import friendly
from vision.ui.lessons import exercises, published_numbers
from vision.ui.lessons.exercises import LATEX, Exercise, Redraw
from vision.ui.text import t

Draw = Callable[[gr.Request | None], str]


def build(part: str, asked: Sequence[Exercise] = (), redraw: Redraw | None = None,
          draw: Draw | None = None, measured: Draw | None = None) -> None:
    """Build a tab's closed lesson; when it is opened, its figure is drawn and numbers are read.

    `measured` says what the cards of this tab's models tell beyond the published numbers.
    """
    def show(request: gr.Request) -> tuple[str, str, str]:
        return (draw(request) if draw else "", measured(request) if measured else "",
                published_numbers.beside(part, request))

    with gr.Accordion(t("app.how_it_works"), open=False, elem_id=f"{part}-lesson") as place:
        figure = gr.HTML(elem_id=f"{part}-figure", min_height=0)
        gr.Markdown(t(f"{part}.lesson"), latex_delimiters=LATEX)
        told = gr.HTML(elem_id=f"{part}-measured", min_height=0)
        exercises.build(part, asked, redraw)
        numbers = gr.HTML(elem_id=f"{part}-paper", min_height=0)
    place.expand(friendly(show), None, [figure, told, numbers], show_progress="hidden",
                 api_visibility="private")
