"""Where one tab reaches another: a component of the page that is being built, by its elem_id."""

from __future__ import annotations

from typing import Any

from gradio.context import Context


def on_page(elem_id: str) -> Any:
    """Return what was built with that elem_id on the present page, None if nothing was."""
    blocks = Context.root_block.blocks.values() if Context.root_block else ()
    return next((block for block in blocks if getattr(block, "elem_id", None) == elem_id), None)
