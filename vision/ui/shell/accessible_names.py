"""Names for screen readers where Gradio gives none: the picture of a block, an example, a blank."""

from __future__ import annotations

import gradio as gr

from vision.ui.components.page_files import beside

NAMES = beside(__file__, "accessible_names.js")


def listen(app: gr.Blocks) -> None:
    """Give names from now on to whatever appears."""
    app.load(None, None, None, js=NAMES, queue=False)
