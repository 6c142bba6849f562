"""Who may do what only one may do: make a file, or train in this process."""

from __future__ import annotations

import contextlib
import gc
import glob
import os
import shutil
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO, ClassVar

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from vision.atomic_files import saving
from vision.errors import UserError

PATIENCE = 60.0  # seconds that a training waits for another one of this process


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a file for what is done inside, or raise if somebody else holds it."""
    lock = hold(path)
    try:
        yield
    finally:
        lock.let_go()


def hold(path: Path) -> Lock:
    """Return the lock of a file that is about to be made, after what a killed process left half
    written beside it has gone. It ends with its thread and its process, even a killed one.
    """
    with saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = Lock(path)
    for rest in path.parent.glob(f".{glob.escape(path.name)}.*"):
        if rest != lock.place:
            _remove(rest)
    return lock


class Lock:
    """The right to make a file; a second one, of another thread or process, raises."""

    held: ClassVar[dict[Path, Lock]] = {}

    def __init__(self, path: Path) -> None:
        self.place = path.with_name(f".{path.name}.lock").absolute()
        self.thread = threading.current_thread()
        older = Lock.held.get(self.place)
        if older and (older.thread is self.thread or not older.thread.is_alive()):
            older.let_go()  # what it was for has failed
        self.file = self._opened(path)
        Lock.held[self.place] = self

    def let_go(self) -> None:
        """Give the right back."""
        if not self.file.closed:
            Lock.held.pop(self.place, None)
            self.place.unlink(missing_ok=True)
            self.file.close()

    def _opened(self, path: Path) -> IO[bytes]:
        """Return the locked file, or raise if somebody else has it."""
        while True:
            file = self.place.open("ab")
            if not locked(file):
                file.close()
                raise UserError("'{file}' is being made by another run right now",
                                "one at a time is accepted",
                                "wait until it is done", file=path.name)
            if self._is(file):
                return file
            file.close()  # its holder took it away in this moment

    def _is(self, file: IO[bytes]) -> bool:
        """Return whether an open file is still the one of that name."""
        try:
            return os.path.samestat(os.fstat(file.fileno()), self.place.stat())
        except FileNotFoundError:
            return False


class Turn:
    """The right of a run to train: precision and noise belong to the whole process.

    It ends with the run's thread, and with the run itself.
    """

    guard: ClassVar[threading.Lock] = threading.Lock()
    holder: ClassVar[Turn | None] = None

    def __init__(self, run: object) -> None:
        self.thread, self.run = threading.current_thread(), weakref.ref(run)
        end = time.monotonic() + PATIENCE
        while not self._taken():
            if time.monotonic() > end:
                raise UserError("another training is running in this program",
                                "one at a time is accepted", "wait for it, or stop it")
            gc.collect()  # a run that has failed may be litter by now
            time.sleep(0.1)

    @property
    def lives(self) -> bool:
        """Return whether somebody still needs it."""
        return self.run() is not None and self.thread.is_alive()

    def let_go(self) -> None:
        """Give the right back."""
        with Turn.guard:
            if Turn.holder is self:
                Turn.holder = None

    def _taken(self) -> bool:
        """Take the right and return true, unless another thread has it."""
        with Turn.guard:
            other = Turn.holder
            if other and other.lives and other.thread is not self.thread:
                return False
            Turn.holder = self
            return True


def locked(file: IO[bytes]) -> bool:
    """Lock a file and return whether nobody else has locked it, where disk and system know."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a disk that knows no locks
        return True
    return True


def _remove(rest: Path) -> None:
    """Remove a file or a folder."""
    if rest.is_dir():
        shutil.rmtree(rest, ignore_errors=True)
    else:
        rest.unlink(missing_ok=True)
