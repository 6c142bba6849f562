"""Pictures that come with the page are shown as WebP, and small where they are examples.

What is computed with stays as it is: only a browser that shows a picture gets the light one, while
whoever downloads it, and the page's own functions, get the file.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio.to_thread
import gradio as gr
from PIL import Image
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vision.ui.server.open_routes import API, path_of
from vision.ui.shell.files.access import parts_of

FILE = f"{API}/file="
SMALL = "small"  # what an example's address asks for
SIDE = 128  # pixels of the longer side of an example
QUALITY = 70
WORTH = 20_000  # bytes of a file that is worth it
KEPT = "public, max-age=3600"


class LightPictures:
    """A server that shows the page's own pictures in fewer bytes."""

    def __init__(self, app: ASGIApp, page: gr.Blocks) -> None:
        self.app = app
        self.shown = frozenset(files_of(page.config))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, one for a picture that is to be shown from here."""
        path = path_of(scope)
        name = path.removeprefix(FILE)
        if path.startswith(FILE) and name in self.shown and shows(scope):
            small = scope.get("query_string", b"") == SMALL.encode()
            content = await anyio.to_thread.run_sync(light, name, SIDE if small else None)
            if content:
                answer = Response(content, media_type="image/webp",
                                  headers={"cache-control": KEPT, "vary": "Sec-Fetch-Dest"})
                return await answer(scope, receive, send)
        await self.app(scope, receive, send)


def shows(scope: Scope) -> bool:
    """Return whether a browser asks for a picture that it shows."""
    headers = Headers(scope=scope)
    return (headers.get("sec-fetch-dest") == "image"
            and "image/webp" in headers.get("accept", ""))


def files_of(config: Any) -> Iterator[str]:
    """Yield the files that a page begins with."""
    for part in parts_of(config):
        if isinstance(part, dict) and isinstance(part.get("path"), str):
            yield part["path"]


@functools.cache
def light(path: str, side: int | None) -> bytes | None:
    """Return a picture for showing; nothing if its file is as good."""
    file = Path(path)
    if file.stat().st_size < (WORTH if side is None else 0):
        return None
    with Image.open(file) as picture:
        if picture.mode not in ("RGB", "RGBA", "L"):
            return None
        if side:
            picture.thumbnail((side, side))
        content = io.BytesIO()
        picture.save(content, "WEBP", quality=QUALITY)
    return content.getvalue() if len(content.getvalue()) < file.stat().st_size else None


def small_examples(page: gr.Blocks) -> None:
    """Let the examples of a page be shown small."""
    for block in page.blocks.values():
        if isinstance(block, gr.Dataset):
            for part in parts_of(block.samples):
                if isinstance(part, dict) and part.get("path") and part.get("url"):
                    part["url"] = f"{part['url']}?{SMALL}"
