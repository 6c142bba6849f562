"""How large a request may be, how long it may take to come, and how many at once come from one."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vision.errors import UserError
from vision.ui.server.limits import LIMITS, Limits
from vision.ui.server.open_routes import API, ASSISTANTS, path_of
from vision.ui.server.replies import address_of, refusal
from vision.ui.shell.files.uploads import MARK

MB = 2**20
SIZE = "vision.size"  # of a request's body, kept in its scope
OPENING, CLOSING = b"[{", b"]}"
WORDS = bytes(set(range(256)) - set(OPENING + CLOSING + b",:"))  # all that makes no structure
TOO_LARGE = "The files together exceed the maximum allowed size of {mb} MB; send them one by one."


class Refused(Exception):
    """A request that is not served: the status, and why."""

    def __init__(self, status: int, mistake: UserError) -> None:
        super().__init__(mistake)
        self.status, self.mistake = status, mistake


class BodyLimits:
    """A server that reads what is small, and serves a few requests of each address at once."""

    def __init__(self, app: ASGIApp, limits: Limits = LIMITS) -> None:
        self.app, self.limits = app, limits
        self.turns: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(limits.calls_at_once))
        self.present: Counter[str] = Counter()  # requests of each address
        self.held: Counter[str] = Counter()  # bytes of each address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or say why not."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self.app(scope, receive, send)
        if path_of(scope).startswith(API + "/upload"):
            return await self.app(scope, self.bounded(receive), send)
        try:
            await self.in_turn(scope, receive, send)
        except Refused as refused:
            await refusal(scope, refused.status, refused.mistake)(scope, receive, send)

    async def in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read a request, let it wait while others of its address are served, then serve it."""
        address, size = address_of(scope), 0
        if self.present[address] >= self.limits.calls_waiting:
            raise Refused(429, too_many())
        self.present[address] += 1
        try:
            body = await self.read(receive, address)
            size = scope[SIZE] = len(body)
            self.check(scope, body)
            async with self.turn(scope, address):
                await self.app(scope, replayed(body, receive), send)
        finally:
            self.leave(address, size)

    def turn(self, scope: Scope, address: str) -> AbstractAsyncContextManager[Any]:
        """Return what a request waits for; an assistant's does not, as what it calls does."""
        calls = path_of(scope).rstrip("/") == ASSISTANTS
        return nullcontext() if calls else self.turns[address]

    async def read(self, receive: Receive, address: str) -> bytes:
        """Return a body that is no larger than is accepted, in itself and with others beside it."""
        parts, size = [], 0
        hear = patient(receive, self.limits.body_seconds, Refused(408, too_slow(self.limits)))
        try:
            while True:
                message = await hear()
                part = message.get("body", b"")
                parts.append(part)
                size += len(part)
                self.held[address] += len(part)
                if size > self.limits.json_mb * MB:
                    raise Refused(413, too_large(self.limits))
                if self.held[address] > self.limits.waiting_mb * MB:
                    raise Refused(429, too_many())
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return b"".join(parts)
        except BaseException:
            self.held[address] -= size
            raise

    def check(self, scope: Scope, body: bytes) -> None:
        """Refuse JSON of so many parts, or so deep, that reading it would stop everybody.

        An editor's painted layers come as a form.
        """
        form = Headers(scope=scope).get("content-type", "").startswith("multipart/form-data")
        if form and path_of(scope).startswith(API + "/component_server"):
            if body.lower().count(MARK) > self.limits.form_parts:
                raise Refused(413, too_complex(self.limits))
            return
        signs = body.translate(None, WORDS)
        if len(signs) > self.limits.json_parts or depth(signs) > self.limits.json_depth:
            raise Refused(413, too_complex(self.limits))

    def leave(self, address: str, size: int) -> None:
        """Forget a request, and with the last one its address."""
        self.held[address] -= size
        self.present[address] -= 1
        if not self.present[address]:
            for table in (self.present, self.held, self.turns):
                table.pop(address, None)

    def bounded(self, receive: Receive) -> Receive:
        """Return the same stream of an upload, broken off where it is too large or stands still."""
        size, stopped = 0, MultiPartException(str(too_slow(self.limits)))
        coming = patient(receive, self.limits.body_seconds, stopped)

        async def hear() -> Message:
            nonlocal size
            message = await coming()
            size += len(message.get("body", b""))
            if size > self.limits.upload_mb * MB:
                raise MultiPartException(TOO_LARGE.format(mb=self.limits.upload_mb))
            return message

        return hear


def depth(signs: bytes) -> int:
    """Return how many lists and objects stand within each other at most, words counted too."""
    deep, deepest = 0, 0
    for sign in signs:
        deep += (sign in OPENING) - (sign in CLOSING)
        deepest = max(deep, deepest)
    return deepest


def patient(receive: Receive, seconds: float, stopped: Exception) -> Receive:
    """Return the same stream of a request, given up when nothing comes for too long."""

    async def hear() -> Message:
        try:
            return await asyncio.wait_for(receive(), seconds)
        except (TimeoutError, asyncio.TimeoutError):
            raise stopped from None

    return hear


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a stream that brings a body that was read, then what comes after it."""
    given = False

    async def hear() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return hear


def too_large(limits: Limits) -> UserError:
    """Return what is told of a body that is too large."""
    return UserError("the request is too large", "up to {mb} MB are accepted",
                     "upload files instead of writing them into it", mb=limits.json_mb)


def too_complex(limits: Limits) -> UserError:
    """Return what is told of a body with too many parts."""
    return UserError("the request has too many parts",
                     "up to {parts} values in lists of up to {depth} levels are accepted",
                     "send less at once", parts=limits.json_parts, depth=limits.json_depth)


def too_many() -> UserError:
    """Return what is told of an address that asks for too much at once."""
    return UserError("too many requests at once come from your address", "",
                     "try again in a few seconds")


def too_slow(limits: Limits) -> UserError:
    """Return what is told of a request that does not go on."""
    return UserError("the request stopped in the middle",
                     "pauses of up to {seconds} s are accepted", "send it again",
                     seconds=limits.body_seconds)
