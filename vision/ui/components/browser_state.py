"""What the browser itself keeps of a visitor's work until the page is opened again."""

from __future__ import annotations

import gradio as gr
from gradio.context import Context


def browser_state(key: str) -> gr.BrowserState:
    """Return what is kept by a key, outside of every tab: a page loads nothing in closed ones."""
    inside, Context.block = Context.block, Context.root_block
    try:
        return gr.BrowserState(None, storage_key=f"vision-lab-{key}", secret="vision-lab")
    finally:
        Context.block = inside
