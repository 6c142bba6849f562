"""What an event outside the queue refuses, told on the page: Gradio shows a queued one's only."""

from __future__ import annotations

import gradio as gr

from vision.ui.components.page_files import beside, calling

SECONDS = 10  # as long as Gradio shows its own

TOLD = beside(__file__, "error_toasts.js")

CSS = beside(__file__, "error_toasts.css")


def listen(app: gr.Blocks) -> None:
    """Tell from now on what is refused."""
    app.load(None, None, None, js=calling(TOLD, 1000 * SECONDS), queue=False)
