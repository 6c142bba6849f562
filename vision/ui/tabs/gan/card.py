"""A GAN's model card."""

from __future__ import annotations

import gradio as gr

from vision.ui.components.friendly import friendly
from vision.ui.components.html import grouped
from vision.ui.components.model_card import card_markdown
from vision.ui.tabs.gan.shared import MODELS


@friendly
def show_card(model: str, own: str | None, request: gr.Request) -> str:
    """Return the model card of the chosen model."""
    from vision.gan.models import ARCHITECTURES

    loaded = MODELS.open(model, own)
    facts = {"parameters": grouped(sum(p.numel() for p in loaded.module.parameters()), request)}
    return card_markdown(loaded.card, ARCHITECTURES[loaded.card.arch].link, facts, request)
