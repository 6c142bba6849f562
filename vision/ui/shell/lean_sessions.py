"""What a visitor costs before the first click: next to nothing, however large the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from fastapi import HTTPException
from gradio.blocks import BlocksConfig
from gradio.state_holder import SessionState, StateHolder
from starlette.types import Scope

from vision.ui.server.limits import LIMITS
from vision.ui.server.open_routes import API, path_of

BEATING = f"{API}/heartbeat/"
NAMES = 64  # characters of a session's name


class Page(gr.Blocks):
    """A page that thirty people can open at once.

    For its deep links Gradio describes every component anew for each visitor and keeps the last
    value of each: 100 ms on the thread that serves everybody, and megabytes for good. Class links
    do that work here, so a session describes nothing.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.default_config: PageBlocks = PageBlocks(self)

    def __exit__(self, *error: Any) -> None:
        """End the page's making."""
        with self.default_config.described_once():
            super().__exit__(*error)

    def launch(self, *words: Any, **settings: Any) -> Any:
        """Serve the page."""
        with self.default_config.described_once():
            return super().launch(*words, **settings)


class PageBlocks(BlocksConfig):
    """The components of the page, from which each session takes its own."""

    meanwhile = False  # nothing changes the components
    described: dict[str, Any] | None = None  # what they were found to be meanwhile

    @contextmanager
    def described_once(self) -> Iterator[None]:
        """Describe the components no more than once meanwhile, as nothing changes them.

        Gradio does it, a quarter of a second, before it makes a server and again as it makes one.
        """
        self.meanwhile = True
        try:
            yield
        finally:
            self.meanwhile, self.described = False, None

    def get_config(self, renderable: Any = None) -> Any:
        """Return the description of all components and events."""
        if not self.meanwhile or renderable is not None:
            return super().get_config(renderable)
        self.described = self.described or dict(super().get_config())
        return self.described

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


class Sessions(StateHolder):
    """What visitors have made, of whom the page can hold so many.

    Whoever has made nothing is forgotten first, then who has no open page, then who used it longest
    ago.
    """

    def __init__(self, page: gr.Blocks, most: int = LIMITS.sessions) -> None:
        super().__init__()
        self.set_blocks(page)
        self.capacity = most + 1  # one more, so that Gradio never chooses who goes
        self.most = most
        self.open_pages: Counter[str] = Counter()  # of each session

    def __getitem__(self, session_id: str) -> SessionState:
        if len(session_id) > NAMES:
            raise HTTPException(400, "Session hash too long.")
        if session_id not in self.session_data and len(self.session_data) >= self.most:
            self.forget(self.least_missed())
        return super().__getitem__(session_id)

    def least_missed(self) -> str:
        """Return the session to forget; those used longest ago stand first."""
        return min(list(self.session_data), key=self.worth)

    def worth(self, session_id: str) -> tuple[bool, bool]:
        """Return how much a session would be missed."""
        return bool(self.session_data[session_id].state_data), session_id in self.open_pages

    def forget(self, session_id: str) -> None:
        """Forget a session."""
        with self.lock:
            self.session_data.pop(session_id, None)
            self.time_last_used.pop(session_id, None)


def page_of(scope: Scope) -> str | None:
    """Return the session whose page tells with a request that it is open."""
    path = path_of(scope)
    return path.removeprefix(BEATING) if path.startswith(BEATING) else None
