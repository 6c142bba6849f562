"""What stands between the network and the page: its doors, and a server that waits for nobody."""

from __future__ import annotations

import os
from asyncio import TimerHandle, Transport
from typing import Any

from gradio import http_server, mcp
from gradio.routes import App
from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

from vision.ui.server.assistants.page_tools import Assistants
from vision.ui.server.bare_errors import BareErrors
from vision.ui.server.body_limits import BodyLimits
from vision.ui.server.compression import Compressed
from vision.ui.server.health import Health
from vision.ui.server.hidden_paths import HiddenPaths
from vision.ui.server.light_pictures import LightPictures
from vision.ui.server.limits import LIMITS
from vision.ui.server.open_routes import OpenRoutes
from vision.ui.server.presence import Present
from vision.ui.server.queue_limits import QueueLimits
from vision.ui.server.scripts.languages import Languages
from vision.ui.server.scripts.mended_scripts import MendedScripts
from vision.ui.server.security_headers import SecurityHeaders
from vision.ui.shell.answers.shared import ANSWERS
from vision.ui.shell.lean_sessions import Sessions, page_of

WITHIN = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
          "::1", "fc00::/7")  # where no visitor of a Space is


def with_doors(app: App) -> ASGIApp:
    """Return the page's server behind its doors, the outermost last."""
    queue, sessions = QueueLimits(app.get_blocks()), Sessions(app.get_blocks())
    app.state_holder = sessions
    served: ASGIApp = Present(app, queue.session_of, queue.listeners)
    served = Present(served, page_of, sessions.open_pages, ANSWERS.forget)
    served = LightPictures(served, app.get_blocks())
    served = Health(served, app.get_blocks())
    for door in (BareErrors, HiddenPaths, BodyLimits, OpenRoutes, Languages, MendedScripts,
                 Compressed, SecurityHeaders):
        served = door(served)
    if isinstance(assistants := app.get_blocks().mcp_server_obj, Assistants):
        assistants.doors = served
    return served


class Server(http_server.Server):
    """Gradio's server with doors, without a banner, and with little patience."""

    def __init__(self, config: Config, *others: Any, **named: Any) -> None:
        super().__init__(config, *others, **named)  # which keeps Gradio's app for itself
        config.app = with_doors(config.app)  # type: ignore[arg-type]
        config.http, config.server_header = Impatient, False
        config.limit_concurrency = 2 * LIMITS.connections  # of everybody


class Impatient(H11Protocol):
    """A connection that ends if the head of a request does not come in time."""

    waiting: TimerHandle | None = None
    seconds: float = LIMITS.header_seconds
    most: int = LIMITS.connections

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head, unless the address has enough connections."""
        super().connection_made(transport)
        if sum(peer(one) == peer(self) for one in self.connections) > self.most:
            return transport.close()
        self.waiting = self.loop.call_later(self.seconds, self.give_up)

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a head, or no longer when it is complete."""
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self.waiting = self.waiting or self.loop.call_later(self.seconds, self.give_up)
        else:
            self.rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self.rest()
        super().connection_lost(exc)

    def give_up(self) -> None:
        """End the connection."""
        self.waiting = None
        if not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete):
            self.transport.close()

    def rest(self) -> None:
        """Wait no longer."""
        if self.waiting:
            self.waiting.cancel()
            self.waiting = None


def peer(connection: Any) -> str:
    """Return the address at the other end of a connection."""
    return connection.client[0] if connection.client else ""


def install() -> None:
    """Let Gradio's `launch` start this server, and the one for assistants, instead of its own.

    On a Space each request comes through proxies, which tell whose it is; without that, all
    visitors would be one address with one address's share. Those proxies are within a network of
    their own: the last address that they tell from elsewhere is the visitor's. What stands before
    it in `X-Forwarded-For` the visitor may have made up; "*" would believe that.
    """
    if os.environ.get("SPACE_ID"):
        os.environ.setdefault("FORWARDED_ALLOW_IPS", ",".join(WITHIN))
    http_server.Server = Server  # type: ignore[misc]
    mcp.GradioMCPServer = Assistants  # type: ignore[misc]
