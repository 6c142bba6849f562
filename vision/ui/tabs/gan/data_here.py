"""Which data sets are on this server, and how one that is not gets here."""

from __future__ import annotations

import gradio as gr

from vision.data import datasets
from vision.ui.components import names
from vision.ui.text import say


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
    return say("gan.data_absent", request, data=plain) if absent(name) else plain


def fetch_button(name: str) -> gr.Button:
    """Return what shows the button that fetches a data set, if it is not here."""
    return gr.Button(visible=absent(name))
