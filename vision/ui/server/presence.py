"""Who is there: requests that last, counted for as long as they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

Whose = Callable[[Scope], str | None]


class Present:
    """A server that counts, while a request lasts, whose it is, and tells who has `left`."""

    def __init__(self, app: ASGIApp, whose: Whose, counted: Counter[str],
                 left: Callable[[str], None] = lambda name: None) -> None:
        self.app, self.whose, self.counted, self.left = app, whose, counted, left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        name = self.whose(scope) if scope["type"] == "http" else None
        if name is None:
            return await self.app(scope, receive, send)
        self.counted[name] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.counted[name] -= 1
            if not self.counted[name]:
                del self.counted[name]
                self.left(name)
