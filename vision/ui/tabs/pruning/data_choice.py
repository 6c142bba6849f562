"""On which pictures networks are measured: a choice that follows the network."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.components import names
from vision.ui.components.events import QUIET
from vision.ui.components.friendly import friendly
from vision.ui.tabs.pruning.shared import AUTO, HARDEST, MODELS, choices_here, measured_on
from vision.ui.text import say, t


@friendly
def follow(model: str, own: str | None, data: str, request: gr.Request) -> Any:
    """Return the choices that a network has; one that does not fit it gives way."""
    card = MODELS.card(model, own)
    here, found = choices_here(card), measured_on(card)
    itself = say("pruning.data_auto", request)
    if found:
        itself += f" ({names.data(found, request)})"
    choices = [(itself, AUTO), *((names.data(name, request), name) for name in here)]
    return gr.Dropdown(choices=choices, value=data if data in here else AUTO)


def build(model: gr.Dropdown, own: gr.State) -> gr.Dropdown:
    """Build the choice; before a network is chosen it offers all there are."""
    offered = [(t("pruning.data_auto"), AUTO),
               *((names.label_of_data(name), name) for name in reversed(HARDEST))]
    data = gr.Dropdown(offered, value=AUTO, label=t("pruning.measured_on"),
                       info=t("pruning.measured_on_info"),
                       elem_id="pruning-data")
    gr.on([model.change, own.change], follow, [model, own, data], data, **QUIET)
    return data
