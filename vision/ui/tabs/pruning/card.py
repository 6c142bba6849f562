"""A network's model card, with what it was made from."""

from __future__ import annotations

import gradio as gr

from vision.ui.components import names
from vision.ui.components.friendly import friendly
from vision.ui.components.html import grouped, percent
from vision.ui.components.model_card import as_code, card_markdown
from vision.ui.tabs.pruning.shared import MODELS
from vision.ui.text import say


@friendly
def show_card(model: str, own: str | None, request: gr.Request) -> str:
    """Return the model card of the chosen network."""
    from vision.pruning.count import count
    from vision.pruning.models import ARCHITECTURES
    from vision.pruning.predict import network_of

    loaded = MODELS.open(model, own)
    card = loaded.card
    facts = {"parameters": grouped(count(network_of(loaded)).parameters, request)}
    if "accuracy" in card.metrics:
        tested = names.data(str(card.data.get("test", "")), request)
        facts["accuracy"] = f"{percent(card.metrics['accuracy'])} ({tested})"
    text = card_markdown(card, ARCHITECTURES[card.arch].link, facts, request)
    made_from = [as_code(line) for line in card.metrics.get("made_from", [])]
    if made_from:
        text += f"\n| {say('pruning.made_from', request)} | {'<br>'.join(made_from)} |"
    return text
