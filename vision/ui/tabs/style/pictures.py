"""What is painted and in whose style: two pictures, the walls to choose from, and regions."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.components import clicks
from vision.ui.components.events import QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.inputs.painted_layers import PaintedLayers
from vision.ui.components.pictures import picture_input
from vision.ui.shell.answers.shared import own_picture
from vision.ui.tabs.style import finished, regions
from vision.ui.tabs.style.controls import Chosen
from vision.ui.tabs.style.shared import PAINTINGS, paintings, photographs
from vision.ui.text import say, t


@friendly
def pick_photograph(event: gr.EventData, request: gr.Request) -> str:
    """Return the photograph that was clicked."""
    return photographs()[clicks.place(event, "index", len(photographs()))]


@friendly
def pick_painting(event: gr.EventData, request: gr.Request) -> str:
    """Return the painting that was clicked."""
    return paintings()[clicks.place(event, "index", len(paintings()))]


@friendly
def title(path: str | None, request: gr.Request) -> str:
    """Return the title of one of our paintings, nothing of another picture."""
    own = own_picture(path) if path else None
    if own is None or own.parent != PAINTINGS:
        return ""
    return f"*{say(f'style.painting_{own.stem}', request)}*"


def pictures() -> tuple[gr.Image, gr.Image]:
    """Build the places of content and style."""
    photograph, painting = finished.pair()
    with gr.Row(elem_classes=["lab-pair"]):
        return (picture_input("style.content_picture", "style-content", photograph, height=190),
                picture_input("style.style_picture", "style-style", painting, height=190))


def galleries(content: gr.Image, style: gr.Image) -> None:
    """Build the photographs and paintings that are chosen at a click."""
    looks: dict[str, Any] = {"columns": 4, "allow_preview": False, "object_fit": "cover",
                             "show_label": False, "elem_classes": ["lab-wall"], "buttons": []}
    gr.Markdown(t("style.photographs"))
    stills = gr.Gallery(photographs(), label=t("style.content_picture"),
                        elem_id="style-photographs", **looks)
    gr.Markdown(t("style.paintings"))
    wall = gr.Gallery(paintings(), label=t("style.style_picture"), elem_id="style-paintings",
                      **looks)
    name = gr.Markdown()
    stills.select(pick_photograph, None, content, queue=False, api_visibility="private")
    wall.select(pick_painting, None, style, queue=False, api_visibility="private")
    style.change(title, style, name, **QUIET)


def more_pictures(content: gr.Image
                  ) -> tuple[gr.Image, PaintedLayers, regions.Before, list[gr.Dropdown]]:
    """Build what is seldom used: a second style, and regions with styles of their own."""
    with gr.Accordion(t("style.second_place"), open=False):
        second = picture_input("style.second", "style-second", height=170)
    usual = Chosen()
    return second, *regions.build(content, {"blue": usual.blue, "green": usual.green})
