"""An event's progress is marked on what holds nothing and costs nothing to read.

With every change of any event's state, Gradio's page reads each component that ever bore a mark,
and all that is inside it. A mark on the row of tabs would read the whole page each time; one on an
editor would upload its layers each time. And a mark that nobody sees is needed only once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr


def listen(page: gr.Blocks) -> None:
    """Choose where each event of a page marks its progress."""
    anywhere = cheap(page.blocks.values())[:1]
    for event in page.fns.values():
        marked = list(event.show_progress_on or event.outputs)
        if event.show_progress == "hidden" and marked:
            event.show_progress_on = cheap(marked)[:1] or anywhere
        elif any(dear(block) for block in marked):
            pressed = (page.blocks.get(number) for number, _ in event.targets if number)
            event.show_progress_on = cheap(marked) or cheap(event.outputs) or cheap(pressed)[:1]


def cheap(blocks: Iterable[Any]) -> list[Any]:
    """Return those of these that may bear a mark."""
    return [block for block in blocks if block is not None and not dear(block)]


def dear(block: Any) -> bool:
    """Return whether reading a block reads others, or uploads something."""
    return isinstance(block, gr.ImageEditor) or bool(getattr(block, "children", None))
