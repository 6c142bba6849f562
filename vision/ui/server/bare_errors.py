"""No answer without words: what the server cannot serve gets a sentence, and the log the reason."""

from __future__ import annotations

import logging

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vision.errors import UserError
from vision.ui.server.replies import refusal

log = logging.getLogger("vision.ui")


class BareErrors:
    """A server that says in a sentence that a request made no sense to it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or answer that it cannot be."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        begun = bare = False

        async def tell(message: Message) -> None:
            nonlocal begun, bare
            if message["type"] == "http.response.start":
                bare = is_bare(message)
            begun = begun or not bare
            if not bare:
                await send(message)

        try:
            await self.app(scope, receive, tell)
        except Exception as error:
            if begun:
                raise
            log.warning("a request was not understood: %s: %r", scope["path"][:200], error)
            bare = True
        if bare:
            await refusal(scope, 500, not_understood())(scope, receive, send)


def is_bare(start: Message) -> bool:
    """Return whether an answer is the server's error without words."""
    kind = MutableHeaders(raw=list(start.get("headers", []))).get("content-type", "")
    return bool(start["status"] == 500 and kind.startswith("text/plain"))


def not_understood() -> UserError:
    """Return what is told of a request that makes no sense."""
    return UserError("the request was not understood",
                     "what the page and its API description say is accepted",
                     "load the page again and try once more")
