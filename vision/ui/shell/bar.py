"""The bar on top of the page: its name, what it is, its language, light or dark, presenting."""

from __future__ import annotations

import gradio as gr

from vision.ui.components.page_files import beside
from vision.ui.shell import language_switch, presenter
from vision.ui.text import t

CSS = beside(__file__, "bar.css") + presenter.CSS
THEME = beside(__file__, "theme_toggle.js")
THEME_KEPT = beside(__file__, "theme_kept.js")


def build() -> dict[str, gr.Button]:
    """Build the bar, and return the button of each language."""
    with gr.Row(elem_id="app-bar"):
        gr.Markdown(t("app.title"), elem_id="app-title")
        gr.Markdown(t("app.line"), elem_id="app-line")
        languages = language_switch.build()
        theme = gr.Button(t("app.theme"), size="sm", min_width=40, scale=0, elem_id="app-theme")
        presenter.build()
    theme.click(None, None, None, js=THEME, queue=False)
    return languages


def listen(app: gr.Blocks) -> None:
    """Let the page open as light or dark as it was left, and Escape leave the presenter's mode."""
    app.load(None, None, None, js=THEME_KEPT, queue=False)
    presenter.listen(app)
