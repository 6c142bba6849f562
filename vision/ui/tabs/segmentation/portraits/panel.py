"""Portraits: a person and what is behind; from a photograph, live, and on to the style tab."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.components.friendly import friendly
from vision.ui.components.opening import opened
from vision.ui.components.pictures import LONGEST_SIDE, needed, picture_input, picture_output
from vision.ui.lessons.exercises import LATEX
from vision.ui.shell.files.own import ASSETS, photographs
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.segmentation.portraits import live, shown
from vision.ui.tabs.segmentation.shared import PORTRAITS
from vision.ui.text import t

BACKDROP = ASSETS / "style" / "autumn.jpg"
PORTRAIT, MODEL, HAND = (f"segmentation-{name}" for name in (
    "portrait", "portrait-model", "portrait-hand"))  # where the style tab takes a person from


@friendly
@low_priority
@within_memory(decoding("picture", "other"))
def find(picture: str | None, model: str | None, behind: str, other: str | None,
         request: gr.Request) -> tuple[Any, ...]:
    """Find the person in a picture, and lay it before something else."""
    from vision.images import read_picture
    from vision.segmentation.portraits import LEAST, nobody, share

    pixels = read_picture(needed(picture), LONGEST_SIDE)
    person, seconds = shown.found(PORTRAITS.open(model), pixels)
    part = share(person)
    if part < LEAST:
        raise nobody(part)
    return shown.composed(pixels, person, behind, other), shown.told(part, seconds, request)


def first() -> str | None:
    """Return a portrait that scikit-image brings along."""
    return next(iter(photographs(["astronaut.png"])), None)


def first_pictures(picture: str | None, other: str | None) -> tuple[Any, Any]:
    """Return the first pictures where there are none: a page's first visit does not bring them."""
    return (gr.skip() if picture else first(),
            gr.skip() if other or not BACKDROP.is_file() else str(BACKDROP))


def build() -> None:
    """Build the part; its pictures come when it is opened."""
    shows = opened()
    gr.Markdown(t("segmentation.portraits_info"), latex_delimiters=LATEX)
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            picture = picture_input("segmentation.portrait", PORTRAIT)
            model = gr.Dropdown(PORTRAITS.offered(), value=PORTRAITS.first(),
                                label=t("segmentation.portrait_model"),
                                info=t("segmentation.portrait_model_info"),
                                elem_id=MODEL)
            behind = gr.Radio([(t(f"segmentation.behind_{name}"), name) for name in shown.BEHIND],
                              value="blurred", label=t("segmentation.behind"),
                              info=t("segmentation.behind_info"),
                              elem_id="segmentation-behind")
            other = picture_input("segmentation.other", "segmentation-other", height=150,
                                  webcam=False)
            go = gr.Button(t("segmentation.portrait_go"), variant="primary",
                           elem_id="segmentation-portrait-go")
        with gr.Column(scale=3, min_width=320):
            result = picture_output("segmentation.portrait_result", "segmentation-portrait-result",
                                    buttons=("download", "fullscreen"))
            said = gr.HTML(t("segmentation.portrait_empty"), elem_id="segmentation-portrait-said")
            gr.Button(t("segmentation.hand"), size="sm", elem_id=HAND)
    live.build([model, behind, other])
    shows(first_pictures, [picture, other], [picture, other], concurrency_limit=None,
          show_progress="hidden", api_visibility="private")
    go.click(find, [picture, model, behind, other], [result, said], concurrency_limit=2,
             concurrency_id="segment", show_progress="minimal", show_progress_on=said,
             api_visibility="private")
