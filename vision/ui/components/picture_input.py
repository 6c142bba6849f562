"""The picture input of every tab. Gradio writes a stub beside this file when it is imported."""

from __future__ import annotations

import base64
from typing import Any

import gradio as gr

from vision.ui.shell.uploads import new_folder


class PictureInput(gr.Image):
    """A picture input that hands over the file as it came: decoding and its errors come later."""

    is_template = True

    def preprocess(self, payload: Any) -> str | None:
        """Return the path of the uploaded file; a snapshot that came as text is written to one."""
        if payload is None:
            return None
        if payload.url and payload.url.startswith("data:"):
            file = new_folder() / "snapshot"
            file.write_bytes(base64.b64decode(payload.url.partition(",")[2]))
            return str(file)
        return payload.path
