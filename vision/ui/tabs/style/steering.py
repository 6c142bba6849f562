"""What moves while it paints: the weights, and the moment that is looked at."""

from __future__ import annotations

import gradio as gr
import numpy as np

from vision.ui.components.friendly import friendly
from vision.ui.components.html import grouped
from vision.ui.components.pictures import for_screen
from vision.ui.tabs.style.shared import weights_of
from vision.ui.tabs.style.studio import Studio
from vision.ui.text import say


@friendly
def steer(studio: Studio, content: float, style: float, tv: float, request: gr.Request) -> str:
    """Let the sliders' weights hold from the next step on, and say what they are."""
    weights = weights_of(content, style, tv)
    studio.steer(weights)
    return readout(weights.as_tuple(), request)


def readout(weights: tuple[float, ...], request: gr.Request | None) -> str:
    """Return three weights in one line."""
    shown = (f"{value:.3g}" if value < 1000 else grouped(float(f"{value:.3g}"), request)
             for value in weights)
    return say("style.readout", request, **dict(zip(("content", "style", "tv"), shown,
                                                    strict=True)))


@friendly
def rewind(studio: Studio, share: float, request: gr.Request) -> np.ndarray:
    """Return the painting as it was at a share of its way."""
    return studio.film.at(share) if share < 1 else for_screen(studio.painted())
