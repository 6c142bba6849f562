"""What visitors send and what is made for them: how much of it there may be, and for how long."""

from __future__ import annotations

import functools
import tempfile
import time
from pathlib import Path

from gradio.utils import get_upload_folder
from starlette.concurrency import run_in_threadpool
from starlette.formparsers import MultiPartException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vision.errors import UserError
from vision.ui.server.replies import address_of
from vision.ui.shell.files.quota import QUOTA, TEMPORARY, remove
from vision.ui.shell.files.shares import SHARES

KEPT_SECONDS = 3600
LOOK_SECONDS = 600  # from one look at what is too old to the next
SWEEP_SECONDS = 60
LARGEST = "64mb"  # of one file
MOST = 64  # files of one upload
MARK = b"content-disposition"  # before each file of an upload
NO_ROOM = "There is no room for more files right now; try again in a minute."
SPENT = "Your address has sent as much as is kept of one within an hour; try again later."
TOO_MANY = f"Too many files at once; up to {MOST} are accepted; send them in several goes."


def new_folder() -> Path:
    """Return a fresh temporary folder for what a visitor makes; those unused for an hour go."""
    sweep(int(time.time()) // SWEEP_SECONDS)
    if not QUOTA.room():
        raise UserError("there is no room for more files right now",
                        "up to {most:.0f} GB of all visitors together are kept",
                        "try again in a minute", most=QUOTA.most_bytes / 1e9)
    return Path(tempfile.mkdtemp(prefix=TEMPORARY))


@functools.lru_cache(maxsize=1)
def sweep(_: int) -> None:
    """Remove, once each minute, what was made for visitors or arrived only in part an hour ago."""
    made = Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*")
    in_part = (path for path in Path(get_upload_folder()).glob("tmp*") if path.is_file())
    for path in (*made, *in_part):
        if too_old(path):
            remove(path)


def too_old(path: Path) -> bool:
    """Return whether a file or folder is there, unused for an hour; others sweep here too."""
    try:
        return time.time() - path.stat().st_mtime > KEPT_SECONDS
    except FileNotFoundError:
        return False


class Limited:
    """The page's server, which takes no upload of too many files, nor one without room for it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; the parts of an upload are counted as they come."""
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith("/upload"):
            sweep(int(time.time()) // SWEEP_SECONDS)
            address = address_of(scope)
            if SHARES.spent(address):
                return await PlainTextResponse(SPENT, 429)(scope, receive, send)
            if not await run_in_threadpool(QUOTA.room):
                return await PlainTextResponse(NO_ROOM, 507)(scope, receive, send)
            receive = counted(receive, address)
        await self.app(scope, receive, send)


def counted(receive: Receive, address: str) -> Receive:
    """Return the same stream of a request, broken off at one file too many or without room."""
    found, rest = 0, b""

    async def hear() -> Message:
        nonlocal found, rest
        message = await receive()
        part = message.get("body", b"")
        QUOTA.arrived += len(part)
        SHARES.add(address, len(part))
        known = rest + part.lower()
        found, rest = found + known.count(MARK), known[1 - len(MARK):]
        if found > MOST:
            raise MultiPartException(TOO_MANY)
        if SHARES.spent(address):
            raise MultiPartException(SPENT)
        if QUOTA.is_full and not await run_in_threadpool(QUOTA.room):
            raise MultiPartException(NO_ROOM)
        return message

    return hear
