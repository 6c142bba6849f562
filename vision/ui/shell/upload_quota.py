"""How much of what visitors sent and made is kept: looked at now and then, counted in between.

A request never waits for a look that another one has begun, and the more there is to look at, the
rarer are the looks.
"""

from __future__ import annotations

import os
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
BYTES = 4e9  # of all that visitors sent and made
THINGS = 20_000  # files and folders of it
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
        return self.used + self.arrived <= self.most_bytes

    def look(self) -> None:
        """Weigh all that is kept, and remove what is oldest until the rest fits."""
        start = time.monotonic()
        self.arrived = 0.0
        kept = sorted(all_kept())
        self.used, things = float(sum(size for _, size, _ in kept)), len(kept)
        for used, size, path in kept:
            fits = self.used <= self.most_bytes and things <= self.most_things
            if fits or time.time() - used < YOUNG_SECONDS:
                break
            remove(path)
            self.used, things = self.used - size, things - 1
        end = time.monotonic()
        self.due = end + max(LOOK_SECONDS, (end - start) / SHARE)

    def forget(self) -> None:
        """Let the next who asks look again."""
        self.due = 0.0


QUOTA = Quota()


def all_kept() -> Iterator[tuple[float, int, str]]:
    """Yield when it was last used, bytes and path of each thing that is kept for visitors."""
    for folder, begin in ((tempfile.gettempdir(), TEMPORARY), (get_upload_folder(), "")):
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(begin):
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
