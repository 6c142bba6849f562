"""One figure for each lesson, drawn when it is opened, in the page's colours and language."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr

from vision.ui.figures import gan, infrared, pruning, segmentation, style

FIGURES: dict[str, Callable[[gr.Request | None], str]] = {
    "segmentation": segmentation.draw, "style": style.draw, "gan": gan.draw,
    "pruning": pruning.draw, "infrared": infrared.draw,
}


def draw(part: str, request: gr.Request | None) -> str:
    """Return the figure of a tab's lesson, nothing where a tab has none."""
    return FIGURES[part](request) if part in FIGURES else ""
