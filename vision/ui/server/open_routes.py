"""The addresses that the page and its clients need; every other one is refused unread."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from vision.errors import UserError
from vision.ui.server.limits import LIMITS, Limits
from vision.ui.server.replies import refusal

API = "/gradio_api"
HEALTH, READY, METRICS = "/healthz", "/readyz", "/metrics"
READ = (  # what a browser or a client fetches
    "/", "/config", "/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json", "/logout",
    HEALTH, READY,
    "/(assets|static|svelte)/.+", *(API + path for path in (
        "/info", "/user", "/login_check", "/token", "/app_id", "/theme.css", "/startup-events",
        "/queue/(data|status)", "/call/.+", "/heartbeat/[^/]+", "/upload_progress",
        "/file[=/].+")))
SENT = (  # what they send
    *(API + path for path in ("/upload", "/queue/join", "/run/[^/]+", "/api/[^/]+", "/call/.+",
                              "/cancel", "/reset", "/component_server", "/stream/[0-9a-f]+",
                              "/stream/[0-9a-f]+/close")),)
ASSISTANTS = API + "/mcp"  # what is sent there are calls of assistants
DIARY = API + "/runs"  # the page on which a browser shows the runs that it has kept
SCHEMA = ("/openapi.json", API + "/openapi.json")


class OpenRoutes:
    """A server that answers at the addresses of the page only."""

    def __init__(self, app: ASGIApp, limits: Limits = LIMITS) -> None:
        self.app = app
        read = READ + (SCHEMA if limits.schema else ())
        read += (ASSISTANTS + "/schema",) if limits.mcp else ()
        read += (METRICS,) if limits.metrics else ()
        read += (DIARY,) if limits.history else ()
        sent = SENT + ((ASSISTANTS,) if limits.mcp else ())
        self.open = {"GET": any_of(read), "HEAD": any_of(read), "POST": any_of(sent),
                     "OPTIONS": any_of(read + sent)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request if its address is open for what it does."""
        if scope["type"] == "http" and not self.is_open(scope["method"], path_of(scope)):
            listens = path_of(scope).rstrip("/") == ASSISTANTS and scope["method"] == "GET"
            answer = refusal(scope, 405 if listens else 404, nothing_there())  # as MCP wants it
            await answer(scope, receive, send)
        elif scope["type"] != "websocket":
            await self.app(scope, receive, send)

    def is_open(self, method: str, path: str) -> bool:
        """Return whether the page answers there."""
        known = self.open.get(method)
        return bool(known and known.fullmatch(path.rstrip("/") or "/"))


def nothing_there() -> UserError:
    """Return what is told of an address that the page does not have."""
    return UserError("there is nothing at this address", "the page and its API are at /",
                     "begin there")


def any_of(paths: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern that fits any of these."""
    return re.compile("|".join(f"(?:{path})" for path in paths), re.DOTALL)


def path_of(scope: Scope) -> str:
    """Return a request's path below the path at which a proxy serves the page, "" of what is none.
    """
    if scope["type"] != "http":
        return ""
    root: str = scope.get("root_path", "").rstrip("/")
    path: str = scope["path"]
    return path[len(root):] if root and path.startswith(root + "/") else path
