"""What a teacher has beside the tabs: a class's sheets together, and its models ranked."""

from __future__ import annotations

import gradio as gr

from vision.ui.teaching import class_sheets, model_grading
from vision.ui.text import t


def build() -> None:
    """Build the part below the tabs."""
    with gr.Accordion(t("teaching.title"), open=False, elem_id="teaching"):
        gr.Markdown(t("teaching.info"))
        with gr.Tabs():
            with gr.Tab(t("teaching.sheets"), id="sheets"):
                class_sheets.build()
            with gr.Tab(t("teaching.models"), id="models"):
                model_grading.build()
