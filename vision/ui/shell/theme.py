"""How the page looks: one theme, system fonts, and contrast that holds in light and dark."""

from __future__ import annotations

import gradio as gr

from vision.ui.components.colours import ACTION

SANS = ("Inter", "ui-sans-serif", "system-ui", "Noto Sans", "Noto Sans CJK SC", "sans-serif")
MONO = ("ui-monospace", "Consolas", "DejaVu Sans Mono", "monospace")

THEME = gr.themes.Monochrome(
    neutral_hue="slate", font=SANS, font_mono=MONO, radius_size="md", spacing_size="md",
).set(
    button_border_width="1px",
    button_primary_background_fill=ACTION,
    button_primary_background_fill_dark=ACTION,
    button_primary_background_fill_hover="#1e40af",
    button_primary_background_fill_hover_dark="#1e40af",
    button_primary_border_color=ACTION,
    slider_color=ACTION,
    slider_color_dark="#60a5fa",
    block_label_text_size="*text_sm",
    body_background_fill="#f8fafc",
)

CSS = """
.gradio-container { width: 100%; max-width: 1240px; margin-inline: auto !important; }
#app-title h1 { font-size: clamp(1.3rem, 6vw, 1.9rem); margin: .2rem 0 0; letter-spacing: -.02em;
                white-space: nowrap; }
@media (max-width: 600px) {  /* all tabs, in rows; Gradio would hide some in a menu */
  .tab-wrapper .visually-hidden button { width: 0 !important; padding: 0 !important;
                                         overflow: hidden; }
  .tab-wrapper { height: auto !important; }
  .tab-wrapper [role=tablist] { flex-wrap: wrap; height: auto !important; row-gap: .2rem; }
  .tab-wrapper [role=tablist] button { padding-inline: .6rem; height: 2.2rem; }
}
#app-line { color: var(--body-text-color-subdued); }
[id$="-examples"] .label { display: none; }
.lab-when-filled:not(:has(img)) { display: none !important; }
.lab-fill .image-frame { width: 100% !important; }
.lab-fill img { width: 100% !important; height: 100% !important; object-fit: contain !important; }
.lab-wall, .lab-wall * { min-height: 0 !important; }
.lab-wall .grid-wrap, .lab-wall .gallery-container { height: auto !important;
  max-height: none !important; }
.lab-wall .grid-container { grid-template-columns: repeat(4, minmax(0, 1fr)) !important; }
.lab-desk { display: grid !important; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
            grid-template-rows: auto 1fr; }
.lab-desk > :nth-child(2) { grid-area: 1 / 2 / span 2; }
.lab-pair > * { flex: 1 1 0 !important; min-width: 0 !important; }
[id$="-status"] { overflow: visible !important; min-height: 3.4rem; }
.wrap.minimal { overflow: visible !important; }
.wrap.minimal .progress-text { background: var(--background-fill-primary); border-radius: 4px; }
.lab-note { border-left: 4px solid #1d4ed8; padding: .6rem .9rem; font-size: 1rem;
            background: var(--background-fill-secondary); border-radius: 4px; }
.lab-tiles { display: grid; gap: .5rem;
             grid-template-columns: repeat(auto-fit, minmax(96px, 1fr)); }
.lab-tile { background: var(--block-background-fill); border: 1px solid var(--border-color-primary);
            border-radius: 8px; padding: .5rem .7rem; container-type: inline-size; }
.lab-tile b { display: block; font-size: min(1.4rem, 22cqi); white-space: nowrap;
              font-variant-numeric: tabular-nums; }
.lab-tile small { color: var(--body-text-color-subdued); display: block; }
.lab-scroll { overflow-x: auto; }
.lab-table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.lab-table th, .lab-table td { padding: .25rem .5rem; text-align: right; white-space: nowrap;
                               border-bottom: 1px solid var(--border-color-primary); }
.lab-table th:first-child, .lab-table td:first-child { text-align: left; }
.lab-family ul { list-style: none; margin: 0 0 0 .9rem; padding: 0 0 0 .7rem;
                 border-left: 2px solid var(--border-color-primary); }
.lab-family > ul { margin: 0; padding: 0; border: 0; }
.lab-family button { margin: .15rem 0; padding: .25rem .6rem; border-radius: 6px;
                     border: 1px solid var(--border-color-primary);
                     background: var(--block-background-fill); color: var(--body-text-color);
                     font-weight: normal !important; text-align: left; }
.lab-family button:hover, .lab-family button[aria-pressed=true] { border-color: #1d4ed8;
                                                                  box-shadow: 0 0 0 1px #1d4ed8; }
[id$="-lesson"] { counter-reset: exercise; }
.lab-exercise { position: relative; padding: .3rem 0 .6rem 2rem; }
.lab-exercise::before { position: absolute; left: .3rem; top: .3rem; font-weight: 600;
                        counter-increment: exercise; content: counter(exercise) "."; }
.lab-try { align-self: flex-start; flex-grow: 0 !important; width: auto !important;
           min-width: 11rem !important; }
.lab-chip { display: inline-block; width: .9em; height: .9em; border-radius: 3px;
            margin-right: .5em; vertical-align: -.08em; border: 1px solid rgb(127 127 127 / .6); }
.lab-bar { display: inline-block; height: .6em; border-radius: 3px; background: #1d4ed8;
           margin-left: .5em; }
.dark .lab-bar { background: #60a5fa; }
button[role=tab][aria-selected=true] { color: #1d4ed8 !important; font-weight: 600; }
.dark button[role=tab][aria-selected=true], .dark .prose a { color: #93c5fd !important; }
.prose .lab-table, .prose .lab-table tr { border: 0 !important; }
.lab-table, .lab-table th, .lab-table td { border-left: 0 !important; border-right: 0 !important; }
.prose td, .prose th { word-break: normal !important; overflow-wrap: normal !important; }
.katex-display { overflow-x: auto; overflow-y: hidden; }
@media (max-width: 760px) {
  .lab-desk { grid-template-columns: minmax(0, 1fr); grid-template-rows: none; }
  .lab-desk > :nth-child(2) { grid-area: auto; }
  #style-weights { order: -1; }
}
@media (max-width: 480px) {
  .lab-fill { height: 270px !important; }
  .lab-tile b { font-size: 1.2rem; }
  .prose table:not(.lab-table) { display: block; overflow-x: auto; border: 0 !important; }
  .prose table:not(.lab-table) td:not(:first-child) { min-width: 8em; }
}
"""
