"""Pause and Stop can be pressed while a run is asked for or goes on, and Pause to go on with it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.shell.files.uploads import new_folder
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


def print_file(studio: Studio) -> gr.DownloadButton:
    """Offer the painting in 16 bits, once there is one."""
    from vision.images import write_png

    deep = studio.deep  # which the next run takes away
    if deep is None:
        return gr.DownloadButton(visible=False)
    file = write_png(new_folder() / "painting-16-bit.png", deep)
    return gr.DownloadButton(value=str(file), visible=True)


def toggle(studio: Studio, begun: int) -> Any:
    """Hold the run that goes on, or let it go on; count up if one is to be begun for that."""
    return begun + 1 if studio.toggle() else gr.skip()
