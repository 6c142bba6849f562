"""How much of what visitors sent and made is kept: looked at now and then, counted in between.

A request never waits for a look that another one has begun, and the more there is to look at, the
rarer are the looks. So a look that finds too much leaves room for what comes until the next one.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from gradio.utils import get_upload_folder

TEMPORARY = "vision-lab-"  # begins the name of a folder that something was made in
MADE = re.compile(f"{TEMPORARY}.*")
SENT = re.compile("[0-9a-f]{64}|tmp.+")  # a file's folder, by its contents; or it is on its way
BYTES = 4e9  # of all that visitors sent and made
THINGS = 20_000  # files and folders of it
FULL = 0.9  # of both, as much as stays where there was more
YOUNG_SECONDS = 60  # what was used so lately stays
LOOK_SECONDS = 1.0  # from one look to the next, at least
SHARE = 0.02  # of the time may be spent with looking


@dataclass
class Quota:
    """So many bytes and so many things; what is oldest makes room for more."""

    most_bytes: float = BYTES
    most_things: int = THINGS
    used: float = 0.0  # bytes at the last look
    arrived: float = 0.0  # bytes since then
    due: float = 0.0
    _looking: threading.Lock = field(default_factory=threading.Lock)

    def room(self) -> bool:
        """Return whether there is room for more, after a look if one is due."""
        if time.monotonic() >= self.due and self._looking.acquire(blocking=False):
            try:
                self.look()
            finally:
                self._looking.release()
        return not self.is_full

    @property
    def is_full(self) -> bool:
        """Return whether there was too much at the last look, with what has come since."""
        return self.used + self.arrived > self.most_bytes

    def look(self) -> None:
        """Weigh all that is kept, and remove what is oldest where it is too much."""
        start = time.monotonic()
        self.arrived = 0.0
        kept = sorted(all_kept())
        self.used = float(sum(size for _, size, _ in kept))
        if self.used > self.most_bytes or len(kept) > self.most_things:
            self.make_room(kept)
        end = time.monotonic()
        self.due = end + max(LOOK_SECONDS, (end - start) / SHARE)

    def make_room(self, kept: list[tuple[float, int, str]]) -> None:
        """Remove the first of all that is kept, until there is room for more."""
        for number, (used, size, path) in enumerate(kept):
            fits = (self.used <= FULL * self.most_bytes
                    and len(kept) - number <= FULL * self.most_things)
            if fits or time.time() - used < YOUNG_SECONDS:
                break
            remove(path)
            self.used -= size

    def forget(self) -> None:
        """Let the next who asks look again."""
        self.due = 0.0


QUOTA = Quota()


def all_kept() -> Iterator[tuple[float, int, str]]:
    """Yield when it was last used, bytes and path of each thing that is kept for visitors."""
    for folder, name in ((tempfile.gettempdir(), MADE), (get_upload_folder(), SENT)):
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if name.fullmatch(entry.name):
                    with suppress(OSError):  # others sweep here too
                        yield (*weighed(entry), entry.path)


def weighed(entry: os.DirEntry[str]) -> tuple[float, int]:
    """Return when something was last used, and how many bytes its files have."""
    own = entry.stat(follow_symlinks=False)
    if not entry.is_dir(follow_symlinks=False):
        return own.st_mtime, own.st_size
    with os.scandir(entry.path) as entries:
        inside = [weighed(each) for each in entries]
    return (max([own.st_mtime, *(used for used, _ in inside)]), sum(size for _, size in inside))


def remove(path: str | Path) -> None:
    """Remove a file or a folder, whoever else does so at the same time."""
    shutil.rmtree(path, ignore_errors=True)
    with suppress(OSError):
        Path(path).unlink(missing_ok=True)
