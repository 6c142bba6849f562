"""The page, its scripts and its answers go over the wire small; what is alike is made once."""

from __future__ import annotations

import asyncio
import functools
import gzip
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

import anyio.to_thread
import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vision.ui.server.open_routes import API, path_of

KINDS = ("text/", "application/javascript", "application/json", "image/svg")
ANSWERS = f"{API}/run/"  # of events that do not wait in the queue
ASSETS = ("/assets/", "/static/", "/svelte/")
FRONT = "/"
KEPT, MOST = 256, 32 * 2**20  # answers, and bytes of all of them
SMALL = 1000  # bytes that are not worth it
WAYS: dict[str, Callable[[bytes], bytes]] = {"br": functools.partial(brotli.compress, quality=9),
                                             "gzip": gzip.compress}  # the best first
QUALITY = re.compile(r"(?:q\s*=\s*(0(?:\.\d*)?|1(?:\.0*)?))?")  # as a weight is told, or nothing
ROOT = ("host", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server")  # name the root
FOR_EVER = "public, max-age=31536000, immutable"  # the names of scripts tell their contents


@dataclass
class Answer:
    """One answer as it came, or as it goes."""

    start: Message = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """The whole of it."""
        return b"".join(self.parts)

    async def give(self, send: Send) -> None:
        """Send it, as often as it is asked for."""
        headers = list(self.start["headers"])  # those that hear of it may change them
        await send({**self.start, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class Compressed:
    """A server that keeps the compressed page and scripts, and asks for each of them once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: OrderedDict[Any, Answer] = OrderedDict()
        self.turns: WeakValueDictionary[Any, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, from what is kept if it is the page or one of its scripts."""
        path = path_of(scope)
        if (scope.get("method"), path) == ("HEAD", FRONT):  # it is there, as Gradio asks at first
            return await Response(media_type="text/html")(scope, receive, send)
        if scope.get("method") == "POST" and path.startswith(ANSWERS):
            answer = await whole(self.app, scope, receive)
            answer = await anyio.to_thread.run_sync(smaller, answer, wished(scope), path)
            return await answer.give(send)
        if scope.get("method") != "GET" or not (path == FRONT or path.startswith(ASSETS)):
            return await self.app(scope, receive, send)
        way = wished(scope)
        key = (path, way, scope["scheme"], *map(Headers(scope=scope).get, ROOT))
        async with self.turns.setdefault(key, asyncio.Lock()):  # many ask, and one has it made
            answer = self.kept.get(key) or await self.made(scope, receive, key)
        await answer.give(send)

    async def made(self, scope: Scope, receive: Receive, key: Any) -> Answer:
        """Return an answer as it goes, and keep it if it is one that was asked for."""
        path, way = key[:2]
        answer = await whole(self.app, plain(scope), receive)
        if answer.start["status"] == 200:
            answer = await anyio.to_thread.run_sync(smaller, answer, way, path)
            self.kept[key] = answer
            while len(self.kept) > KEPT or self.weight() > MOST:
                self.kept.popitem(last=False)
        return answer

    def weight(self) -> int:
        """Return the bytes of all answers that are kept."""
        return sum(len(answer.body) for answer in self.kept.values())


async def whole(app: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    """Return a server's own answer."""
    answer = Answer()

    async def hear(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.start = message
        elif message["type"] == "http.response.body":
            answer.parts.append(message.get("body", b""))

    await app(scope, receive, hear)
    return answer


def wished(scope: Scope) -> str:
    """Return how an answer is best compressed; nothing if that is not accepted, or liked less."""
    liked = wishes(",".join(Headers(scope=scope).getlist("accept-encoding")))
    best = max(WAYS, key=lambda way: liked.get(way, liked["*"]))  # of equals the first
    return best if 0 < liked.get(best, liked["*"]) >= liked.get("identity", 0) else ""


def wishes(accepted: str) -> dict[str, float]:
    """Return how much each way is liked, from 0 to 1; what is not named, as the star says.

    A way whose weight makes no sense is taken to be refused.
    """
    liked = {"*": 0.0}
    for each in accepted.lower().split(","):
        way, _, told = each.partition(";")
        number = QUALITY.fullmatch(told.strip())
        liked[way.strip()] = float(number[1] or 1) if number else 0.0
    return liked


def plain(scope: Scope) -> Scope:
    """Return the same request for a whole, uncompressed answer that suits everybody."""
    dropped = (b"accept-encoding", b"range", b"if-range", b"cookie", b"origin")
    headers = [(name, value) for name, value in scope["headers"] if name not in dropped]
    return {**scope, "headers": headers, "query_string": b""}


def smaller(answer: Answer, way: str, path: str) -> Answer:
    """Return an answer as it goes: what is worth it compressed, what never changes told so."""
    headers = MutableHeaders(raw=list(answer.start["headers"]))
    body = answer.body
    if way and len(body) > SMALL and headers.get("content-type", "").startswith(KINDS):
        often = way == "br" and path.startswith(ASSETS)  # made once for all, so worth the time
        body = brotli.compress(body, quality=10) if often else WAYS[way](body)
        headers["content-encoding"] = way
    headers["content-length"] = str(len(body))
    headers.add_vary_header("Accept-Encoding")
    if path.startswith(ASSETS[0]):
        headers["cache-control"] = FOR_EVER
        for asked_again in ("etag", "last-modified"):
            del headers[asked_again]
    return Answer({**answer.start, "headers": headers.raw}, [body])
