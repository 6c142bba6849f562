"""A small page behind the doors of the real one, asked without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio.routes import App
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from vision.ui.server.http_server import with_doors

API = "/gradio_api"
DIRECT, QUEUED = 0, 1  # the numbers of its two functions


def small_page() -> gr.Blocks:
    """Return a page that says a text back: at once, and through the queue."""
    with gr.Blocks() as page:
        text = gr.Textbox()
        text.change(lambda said: said, text, text, queue=False, api_name="direct")
        text.submit(lambda said: said, text, text, api_name="queued")
    return page


@contextmanager
def asked(page: gr.Blocks | None = None, **settings: Any) -> Iterator[TestClient]:
    """Yield a client of a page behind its doors."""
    with TestClient(with_doors(App.create_app(page or small_page())), **settings) as client:
        yield client


def body(data: list[Any], function: int = DIRECT, session: str = "here") -> dict[str, Any]:
    """Return what the page sends to call a function."""
    return {"data": data, "fn_index": function, "session_hash": session}


def from_address(app: ASGIApp, address: str) -> ASGIApp:
    """Return a server that hears everything from one address."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "client": (address, 1)}, receive, send)

    return serve
