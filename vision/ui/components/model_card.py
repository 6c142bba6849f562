"""A checkpoint's model card as a table."""

from __future__ import annotations

import gradio as gr

from vision.checkpoints import Card
from vision.ui.text import say


def card_markdown(card: Card, link: str, facts: dict[str, str], request: gr.Request) -> str:
    """Return a checkpoint's model card as a Markdown table."""
    sets = [f"{name} ({licence})" for name, licence in card.data.get("licences", {}).items()]
    rows = {
        "arch": f"{card.arch}, [{link.rsplit('/', 1)[-1]}]({link})", **facts,
        "data": ", ".join(sets), "steps": f"{card.steps:,}", "seed": str(card.seed),
        "device": card.device, "created": card.created[:10], "command": f"`{card.command}`",
    }
    (first, value), *others = rows.items()
    lines = [f"| {say(f'app.card.{first}', request)} | {value} |", "|---|---|"]
    lines += [f"| {say(f'app.card.{key}', request)} | {value} |" for key, value in others]
    return "\n".join(lines)
