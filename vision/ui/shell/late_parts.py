"""What takes a browser long to fetch is fetched when somebody opens what it is in.

Gradio's page fetches the scripts of every component that is visible, though it lie in a closed
accordion or behind another tab: an editor's, a gallery's and a code field's are half of all that
goes over the wire. So these are invisible at first, and opening what holds them shows them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import gradio as gr

HEAVY = (gr.Code, gr.Gallery, gr.ImageEditor, gr.ImageSlider)
Holder = gr.Accordion | gr.Tab
SHOWN = {"__type__": "update", "visible": True}


def listen(page: gr.Blocks) -> None:
    """Show the heavy parts of a page no sooner than what holds them."""
    for holder, parts in held(page).items():
        for part in parts:
            part.visible = False
        opened = holder.expand if isinstance(holder, gr.Accordion) else holder.select
        opened(None, None, parts, js=f"() => {json.dumps([SHOWN] * len(parts))}", queue=False,
               show_progress="hidden")


def held(page: gr.Blocks) -> dict[Holder, list[Any]]:
    """Return what is closed at first, with the visible heavy parts that it is nearest to."""
    found: dict[Holder, list[Any]] = {}
    for holder, block in inside(page, None):
        if holder is not None and isinstance(block, HEAVY) and block.visible is True:
            found.setdefault(holder, []).append(block)
    return found


def inside(block: Any, holder: Holder | None) -> Iterator[tuple[Holder | None, Any]]:
    """Yield all that is inside a block, each with the nearest that is closed around it."""
    for place, child in enumerate(getattr(block, "children", [])):
        shut = ((isinstance(child, gr.Accordion) and not child.open)
                or (isinstance(block, gr.Tabs) and place > 0))
        yield holder, child
        yield from inside(child, child if shut else holder)
