"""What the core says in its log while it works for somebody: shown on that visitor's page."""

from __future__ import annotations

import logging

import gradio as gr
from gradio.context import LocalContext

from vision import gpu_fallback
from vision.ui.text import say


class ToastHandler(logging.Handler):
    """Shows the page of a request that the CPU does what the GPU could not."""

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record to the visitor for whom this thread works, if there is one."""
        if LocalContext.event_id.get(None):
            gr.Warning(say("app.on_cpu", LocalContext.request.get(None)))


TOASTS = ToastHandler(logging.WARNING)


def listen() -> None:
    """Show from now on what the core says."""
    gpu_fallback.log.addHandler(TOASTS)
