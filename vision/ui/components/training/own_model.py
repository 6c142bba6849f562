"""A checkpoint that somebody brings: checked like a stranger's, then the session's own choice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from vision.errors import UserError
from vision.ui.components.friendly import friendly
from vision.ui.components.model_choice import OWN, ModelShelf
from vision.ui.text import t


def build(models: ModelShelf, model: gr.Dropdown, own: gr.State) -> None:
    """Build the button that takes a checkpoint and chooses it."""
    sent = gr.UploadButton(t("app.bring_model"), file_types=[".safetensors"], size="sm",
                           elem_id=f"{models.system}-bring")

    @friendly
    def take(file: str, request: gr.Request) -> tuple[Any, ...]:
        check(models, Path(file))
        return file, gr.Dropdown(choices=models.choices(request), value=OWN)

    sent.upload(take, sent, [own, model], api_visibility="private")


def check(models: ModelShelf, path: Path) -> None:
    """Raise unless a file is a model that these shelves offer, whole and with a card to rely on."""
    from vision import foreign

    card = foreign.check(path, models.system)
    if not models.offers(path):
        raise UserError("'{file}' does another task: its network is a '{arch}'",
                        "models like those in the list are accepted", "choose another",
                        file=path.name, arch=card.arch)
    models.at(path)
