"""What an event outside the queue refuses, told on the page: Gradio shows a queued one's only."""

from __future__ import annotations

import gradio as gr

SECONDS = 10  # as long as Gradio shows its own

TOLD = """() => {
  if (window.labTold) return;
  window.labTold = true;
  const tell = (sentence) => {
    document.querySelector(".lab-told")?.remove();
    const told = document.createElement("div");
    told.className = "lab-told";
    told.setAttribute("role", "alert");
    told.textContent = sentence;
    told.addEventListener("mousedown", (event) => event.preventDefault());  // the focus stays
    told.addEventListener("click", () => told.remove());
    document.querySelector(".gradio-container").append(told);
    setTimeout(() => told.remove(), MILLISECONDS);
  };
  const fetched = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await fetched(...asked);
    const address = String(asked[0].url ?? asked[0]);
    if (answer.status === 500 && address.includes("/run/"))
      answer.clone().json().then(({error, visible}) => error && visible && tell(error));
    return answer;
  };
}""".replace("MILLISECONDS", str(1000 * SECONDS))

CSS = """
.lab-told { position: fixed; z-index: 1000; top: 1rem; right: 1rem; cursor: pointer;
            max-width: min(24rem, calc(100vw - 2rem)); padding: .7rem .9rem;
            color: #7f1d1d; background: #fef2f2; border: 1px solid #b91c1c; border-radius: 8px;
            box-shadow: 0 4px 14px rgb(0 0 0 / .18); overflow-wrap: anywhere; }
"""


def listen(app: gr.Blocks) -> None:
    """Tell from now on what is refused."""
    app.load(None, None, None, js=TOLD, queue=False)
