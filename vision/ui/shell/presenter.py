"""Presenter mode: larger type, higher contrast, and nothing but pictures and controls."""

from __future__ import annotations

import gradio as gr

from vision.ui.text import t

TOGGLE = """() => {
  const on = document.body.classList.toggle("lab-presenting");
  document.querySelector("#app-present").setAttribute("aria-pressed", on);
  window.dispatchEvent(new Event("resize"));
}"""
LEAVE = """() => {
  document.onkeydown = (event) => {
    if (event.key === "Escape" && document.body.classList.contains("lab-presenting"))
      document.querySelector("#app-present").click();
  };
}"""
CSS = """
#app-present { flex: 0 0 auto; margin-left: auto; align-self: center; padding-inline: .8rem; }
#app-present[aria-pressed=true] { background: #1d4ed8; color: white; border-color: #1d4ed8; }
:root:has(body.lab-presenting) {
  font-size: 125%;
  --body-text-color: black; --body-text-color-subdued: black; --body-background-fill: white;
  --background-fill-secondary: white; --border-color-primary: #475569;
  --block-label-text-color: black; --block-title-text-color: black;
}
:root:has(body.lab-presenting), body.lab-presenting.dark {
  --text-xxs: 14px; --text-xs: 15px; --text-sm: 17px; --text-md: 20px; --text-lg: 22px;
  --text-xl: 28px; --text-xxl: 32px;
}
body.lab-presenting.dark {
  --body-text-color: white; --body-text-color-subdued: white; --body-background-fill: black;
  --background-fill-primary: black; --background-fill-secondary: black;
  --block-background-fill: black; --border-color-primary: #cbd5e1;
  --block-label-text-color: white; --block-title-text-color: white;
}
.lab-presenting .gradio-container { max-width: 100%; }
.lab-presenting .lab-tiles { grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); }
.lab-presenting #app-title, .lab-presenting #app-line, .lab-presenting footer,
.lab-presenting .hide-container:not([id*="-"]):has(.md),
.lab-presenting .lab-extra, .lab-presenting .info-text, .lab-presenting .lab-note,
.lab-presenting #app-tabs > .tabitem > .column > .gr-accordion { display: none !important; }
"""


def build() -> None:
    """Add the switch, which the Escape key leaves again."""
    switch = gr.Button(t("app.present"), size="sm", min_width=120, elem_id="app-present")
    switch.click(None, None, None, js=TOGGLE, queue=False)


def listen(app: gr.Blocks) -> None:
    """Let the Escape key leave the mode."""
    app.load(None, None, None, js=LEAVE, queue=False)
