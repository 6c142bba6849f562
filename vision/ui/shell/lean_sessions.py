"""What a visitor costs before the first click: next to nothing, however large the page."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.blocks import BlocksConfig

CAPACITY = 500  # sessions; who used the page longest ago is forgotten first


class Page(gr.Blocks):
    """A page that thirty people can open at once.

    For its deep links Gradio describes every component anew for each visitor and keeps the last
    value of each: 100 ms on the thread that serves everybody, and megabytes for good. Class links
    do that work here, so a session describes nothing.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.default_config = PageBlocks(self)


class PageBlocks(BlocksConfig):
    """The components of the page, from which each session takes its own."""

    def __copy__(self) -> SessionBlocks:
        own = SessionBlocks(self.root_block)
        own.blocks, own.fns, own.fn_id = self.blocks.copy(), self.fns.copy(), self.fn_id
        own.renderables = self.renderables.copy()
        return own


class SessionBlocks(BlocksConfig):
    """The components of one session, of which nobody asks for a description."""

    @staticmethod
    def config_for_block(*_: Any, **__: Any) -> dict[str, Any]:
        """Return nothing."""
        return {}
