"""The picture input of every tab, and a camera's. Gradio writes a stub beside this file."""

from __future__ import annotations

import base64
from typing import Any

import gradio as gr

from vision.ui.shell.files.uploads import new_folder

LONGEST_FRAME = 400_000  # characters of a frame of 320×240 and some more


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


class CameraInput(gr.Image):
    """A camera whose frames are handed over one after another, each as the bytes of a JPEG."""

    is_template = True

    def preprocess(self, payload: Any) -> bytes | None:  # type: ignore[override]
        """Return the frame as it came; one that is larger than a small picture is none."""
        address = (payload and payload.url) or ""
        if not address.startswith("data:image/jpeg;base64,") or len(address) > LONGEST_FRAME:
            return None
        return base64.b64decode(address.partition(",")[2])
