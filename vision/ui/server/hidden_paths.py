"""No path of the server leaves it: the folder of files has another name outside."""

from __future__ import annotations

from gradio.utils import get_upload_folder
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OUTSIDE = "/vision-lab-files"  # what visitors see in the place of the folder
SPEAKING = ("text/html", "application/json", "text/event-stream")  # answers that may name files


class HiddenPaths:
    """A server whose answers, and what they are answers to, name its folder of files as outside."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request with the folder's true name, and answer with the other one."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        inside = get_upload_folder()
        path = scope["path"].replace(OUTSIDE, inside, 1)
        await self.app({**scope, "path": path}, entering(receive, inside), Leaving(send, inside))


def entering(receive: Receive, inside: str) -> Receive:
    """Return the same stream of a request, with the true name in whole bodies.

    Those are what `BodyLimits` has read; uploads come in parts, and name no file of the server.
    """

    async def hear() -> Message:
        message = await receive()
        if message.get("body") and not message.get("more_body"):
            message["body"] = message["body"].replace(OUTSIDE.encode(), inside.encode())
        return message

    return hear


class Leaving:
    """The same way of answering, with the name for outside; files pass as they are."""

    def __init__(self, send: Send, inside: str) -> None:
        self.send, self.inside = send, inside.encode()
        self.speaks, self.waiting = False, False  # for the whole of an answer that told its length
        self.start: Message = {}
        self.parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        """Pass on a part of an answer."""
        if message["type"] == "http.response.start":
            self.start, self.speaks = message, speaks(message)
            self.waiting = self.speaks and "content-length" in MutableHeaders(scope=message)
            return None if self.waiting else await self.send(message)
        if not self.speaks or message["type"] != "http.response.body":
            return await self.send(message)
        self.parts.append(message.get("body", b""))
        if not (self.waiting and message.get("more_body")):
            await self.pass_on(message)

    async def pass_on(self, message: Message) -> None:
        """Send what has gathered, after its length if that was told."""
        body = b"".join(self.parts).replace(self.inside, OUTSIDE.encode())
        self.parts.clear()
        if self.waiting:
            MutableHeaders(scope=self.start)["content-length"] = str(len(body))
            await self.send(self.start)
            self.waiting = False
        await self.send({**message, "body": body})


def speaks(start: Message) -> bool:
    """Return whether an answer may name files."""
    kind = MutableHeaders(scope=start).get("content-type", "")
    return kind.startswith(SPEAKING)
