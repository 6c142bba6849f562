"""Which data sets are on this server, and how one that is not gets here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from vision.data import datasets
from vision.ui.components import names
from vision.ui.components.events import QUIET
from vision.ui.components.friendly import friendly
from vision.ui.text import say, t


def absent(name: str) -> bool:
    """Return whether a data set could be fetched: one that is known and not on disk."""
    return name in datasets.DATASETS and not datasets.present(name)


def fetch(name: str) -> None:
    """Fetch a data set unless it is here."""
    from vision.data.download import download

    if absent(name):
        download(name)


def called(name: str, request: gr.Request | None) -> str:
    """Return the name of a data set, and that it is not here where that is so."""
    plain = names.data(name, request)
    return say("app.data_absent", request, data=plain) if absent(name) else plain


def fetch_button(name: str) -> gr.Button:
    """Return what shows the button that fetches a data set, if it is not here."""
    return gr.Button(visible=absent(name))


def what_is_here(offered: Sequence[str], chosen: str, request: gr.Request | None
                 ) -> tuple[gr.Dropdown, gr.Button]:
    """Say of each data set whether it is here, and offer to fetch the chosen one if it is not."""
    choices = [(called(name, request), name) for name in offered]
    return gr.Dropdown(choices=choices), fetch_button(chosen)


def choice(training: str, offered: Sequence[str], place: gr.Accordion) -> gr.Dropdown:
    """Build what a training learns from, as gan-train does, and the button that fetches it.

    What is here is told as the place of the training opens; the first that is offered always is.
    """
    part, _ = training.split("-")
    data = gr.Dropdown([(names.label_of_data(name), name) for name in offered], value=offered[0],
                       label=t(f"{part}.data"), info=t(f"{part}.data_info"),
                       elem_id=f"{training}-data")
    get = gr.Button(t("app.fetch"), size="sm", visible=False, elem_id=f"{training}-fetch")

    @friendly
    def fetch_chosen(chosen: str, request: gr.Request) -> tuple[Any, ...]:
        fetch(chosen)
        return look(chosen, request)

    def look(chosen: str, request: gr.Request) -> tuple[Any, ...]:
        return what_is_here(offered, chosen, request)

    place.expand(look, data, [data, get], **QUIET)
    data.change(fetch_button, data, get, **QUIET)
    get.click(fetch_chosen, data, [data, get], api_visibility="private")
    return data
