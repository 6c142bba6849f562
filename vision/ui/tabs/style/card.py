"""The model cards of the networks that see."""

from __future__ import annotations

import gradio as gr

from vision import checkpoints
from vision.ui.components import names
from vision.ui.components.friendly import friendly
from vision.ui.components.model_card import card_markdown


@friendly
def show_card(request: gr.Request) -> str:
    """Return the model cards of the extractors that ship."""
    from vision.style.features.extractor import BUNDLED, SLIM
    from vision.style.models import ARCHITECTURES

    cards = {names.called(path, request): checkpoints.read_card(path) for path in (SLIM, BUNDLED)}
    return "\n\n".join(f"**{name}**\n\n" + card_markdown(
        card, ARCHITECTURES[card.arch].link, {}, request) for name, card in cards.items())
