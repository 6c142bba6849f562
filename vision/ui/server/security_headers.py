"""What browsers are told: load nothing from elsewhere, and let no other site's scripts in."""

from __future__ import annotations

import os

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vision.errors import UserError
from vision.ui.server.limits import LIMITS, Limits
from vision.ui.server.open_routes import path_of
from vision.ui.server.replies import refusal

SPACES = "https://huggingface.co https://*.hf.space"  # which a Space's page asks how it fares
TYPED = {"x-content-type-options": "nosniff"}
ALWAYS = {"referrer-policy": "same-origin", "cross-origin-resource-policy": "same-site"}
SCRIPTS = ("/assets/", "/static/", "/svelte/")  # a hundred of Gradio's, for which TYPED is enough
FILE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
CORS = "access-control-"


class SecurityHeaders:
    """A server whose answers say what browsers may do with them."""

    def __init__(self, app: ASGIApp, limits: Limits = LIMITS) -> None:
        self.app, self.origins = app, limits.origins.split()
        self.page = page_policy(limits.frames)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, unless a browser sends it for the script of another site."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        known = headers.get("origin", "") in self.origins
        elsewhere = headers.get("sec-fetch-site") == "cross-site" and not known
        if scope["method"] == "POST" and elsewhere:
            await refusal(scope, 403, from_elsewhere())(scope, receive, send)
        else:
            await self.app(scope, receive, self.telling(scope, send, known))

    def telling(self, scope: Scope, send: Send, known: bool) -> Send:
        """Return the same way of answering, with headers of ours and none for other sites."""
        path = path_of(scope)
        told = {} if path.startswith(SCRIPTS) else {
            **ALWAYS, "content-security-policy": FILE if "/file" in path else self.page}

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in [name for name in headers if name.startswith(CORS) and not known]:
                    del headers[name]
                headers.update(TYPED | told)
            await send(message)

        return tell


def page_policy(frames: str) -> str:
    """Return what the page may load: what this server has, and what its own scripts make.

    Gradio's page has scripts within it, and makes functions of the scripts of its events.
    """
    asked = f" {SPACES}" if os.environ.get("SPACE_ID") else ""
    return "; ".join((
        "default-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:",
        "media-src 'self' data: blob:", "font-src 'self' data:", "worker-src 'self' blob:",
        f"connect-src 'self' data: blob:{asked}", "object-src 'none'", "base-uri 'self'",
        "form-action 'self'", f"frame-ancestors 'self' {frames}"))


def from_elsewhere() -> UserError:
    """Return what is told of a request that the script of another site has sent."""
    return UserError("the request comes from the page of another site", "",
                     "open this page and send it from there")
