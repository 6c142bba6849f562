"""How the page looks: one theme, system fonts, and contrast that holds in light and dark."""

from __future__ import annotations

import gradio as gr

from vision.ui.components.figures.colours import ACTION
from vision.ui.components.page_files import beside

SANS = ("Inter", "ui-sans-serif", "system-ui", "Noto Sans", "Noto Sans CJK SC", "sans-serif")
MONO = ("ui-monospace", "Consolas", "DejaVu Sans Mono", "monospace")

LETTERS = gr.themes.Size(  # nothing is smaller than 14 pixels
    name="text_lab", xxs="14px", xs="14px", sm="14px", md="15px", lg="16px", xl="22px", xxl="26px")

THEME = gr.themes.Monochrome(
    neutral_hue="slate", text_size=LETTERS, font=SANS, font_mono=MONO,
    radius_size="md", spacing_size="md",
).set(
    button_border_width="1px",
    button_primary_background_fill=ACTION,
    button_primary_background_fill_dark=ACTION,
    button_primary_background_fill_hover="#1e40af",
    button_primary_background_fill_hover_dark="#1e40af",
    button_primary_border_color=ACTION,
    checkbox_label_background_fill_selected_dark=ACTION,
    checkbox_label_text_color_selected_dark="white",
    checkbox_background_color_selected="#1e3a8a",
    checkbox_background_color_selected_dark="#1e3a8a",
    checkbox_border_color_selected="white",
    checkbox_border_color_selected_dark="white",
    slider_color=ACTION,
    slider_color_dark="#60a5fa",
    block_label_text_size="*text_sm",
    body_background_fill="#f8fafc",
)

CSS = beside(__file__, "theme.css")
HEAD = f"<style>{beside(__file__, 'motion.css')}</style>"  # Gradio narrows @media in its CSS
