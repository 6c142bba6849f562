"""What visitors send and what is made for them: how much of it there may be, and for how long."""

from __future__ import annotations

import functools
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from gradio.utils import get_upload_folder
from starlette.concurrency import run_in_threadpool
from starlette.formparsers import MultiPartException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vision.errors import UserError

TEMPORARY = "vision-lab-"
KEPT_SECONDS = 3600
LOOK_SECONDS = 600  # from one look at what is too old to the next
SWEEP_SECONDS = 60
LARGEST = "64mb"  # of one file
QUOTA = 4e9  # bytes of all that visitors sent and made
YOUNG_SECONDS = 60  # what was used so lately stays
MOST = 64  # files of one upload
MARK = b"content-disposition"  # before each file of an upload
NO_ROOM = "There is no room for more files right now; try again in a minute."
TOO_MANY = f"Too many files at once; up to {MOST} are accepted; send them in several goes."


def new_folder() -> Path:
    """Return a fresh temporary folder for what a visitor makes; those unused for an hour go."""
    sweep(int(time.time()) // SWEEP_SECONDS)
    if not room_now(int(time.time())):
        raise UserError("there is no room for more files right now",
                        "up to {most:.0f} GB of all visitors together are kept",
                        "try again in a minute", most=QUOTA / 1e9)
    return Path(tempfile.mkdtemp(prefix=TEMPORARY))


@functools.lru_cache(maxsize=1)
def sweep(_: int) -> None:
    """Remove, once each minute, what was made for visitors or arrived only in part an hour ago."""
    made = Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*")
    in_part = (path for path in Path(get_upload_folder()).glob("tmp*") if path.is_file())
    for path in (*made, *in_part):
        if not too_old(path):
            continue
        shutil.rmtree(path, ignore_errors=True)
        if path.is_file():
            path.unlink(missing_ok=True)


@functools.lru_cache(maxsize=1)
def room_now(_: int) -> bool:
    """Return, looking once a second, whether there is room for more; what is oldest makes some.

    What was used within the last minute stays: somebody is at work with it.
    """
    kept = sorted(_kept())
    total = sum(size for _, size, _ in kept)
    for used, size, path in kept:
        if total <= QUOTA or time.time() - used < YOUNG_SECONDS:
            break
        shutil.rmtree(path, ignore_errors=True)
        if path.is_file():
            path.unlink(missing_ok=True)
        total -= size
    return total <= QUOTA


def _kept() -> Iterator[tuple[float, int, Path]]:
    """Yield when it was last used, bytes and path of each thing that is kept for visitors."""
    made = Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*")
    for path in (*made, *Path(get_upload_folder()).glob("*")):
        with suppress(OSError):  # others sweep here too
            files = [path] if path.is_file() else [file for file in path.rglob("*")
                                                   if file.is_file()]
            stats = [path.stat(), *(file.stat() for file in files)]
            yield (max(each.st_mtime for each in stats),
                   sum(each.st_size for each in stats[1:]), path)


def too_old(path: Path) -> bool:
    """Return whether a file or folder is there, unused for an hour; others sweep here too."""
    try:
        return time.time() - path.stat().st_mtime > KEPT_SECONDS
    except FileNotFoundError:
        return False


class Limited:
    """The page's server, which refuses an upload of too many files before it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; the parts of an upload are counted as they come."""
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith("/upload"):
            sweep(int(time.time()) // SWEEP_SECONDS)
            if not await run_in_threadpool(room_now, int(time.time())):
                return await PlainTextResponse(NO_ROOM, 507)(scope, receive, send)
            receive = counted(receive)
        await self.app(scope, receive, send)


def counted(receive: Receive) -> Receive:
    """Return the same stream of a request, which breaks off at one file too many."""
    found, rest = 0, b""

    async def hear() -> Message:
        nonlocal found, rest
        message = await receive()
        known = rest + message.get("body", b"").lower()
        found, rest = found + known.count(MARK), known[1 - len(MARK):]
        if found > MOST:
            raise MultiPartException(TOO_MANY)
        return message

    return hear
