"""Pause and Stop can be pressed while a run is asked for or goes on, and Pause to go on with it."""

from __future__ import annotations

import gradio as gr

from vision.ui.tabs.style.run import print_file
from vision.ui.tabs.style.studio import Studio


def called(studio: Studio) -> tuple[gr.Button, gr.Button]:
    """Make room for the run that was asked for; let it be paused and stopped."""
    studio.call()
    return pressable(True, True)


def ended(studio: Studio) -> tuple[gr.DownloadButton, gr.Button, gr.Button]:
    """Offer the painting for print; what stopped or failed needs no Pause or Stop any more."""
    going = studio.runs > 0
    return print_file(studio), *pressable(going or studio.rest is not None, going)


def pressable(pause: bool, stop: bool) -> tuple[gr.Button, gr.Button]:
    """Return Pause and Stop, each to be pressed or not."""
    return gr.Button(interactive=pause), gr.Button(interactive=stop)
