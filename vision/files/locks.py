"""Who may do what only one may do: make a file, or train in this process."""

from __future__ import annotations

import contextlib
import gc
import glob
import shutil
import threading
import time
import weakref
from pathlib import Path
from typing import ClassVar

from filelock import FileLock, Timeout

from vision.errors import UserError
from vision.files.atomic_files import saving

MOMENT = 0.2  # seconds in which a file that its holder has just taken away is noticed
PATIENCE = 60.0  # seconds that a training waits for another one of this process


class MakerLock:
    """The right to make a file; a second one, of another thread or process, raises.

    It ends with its thread and its process, even a killed one. What such a process left half
    written beside the file goes when the next one takes the right.
    """

    held: ClassVar[dict[Path, MakerLock]] = {}

    def __init__(self, path: Path) -> None:
        self.place = path.with_name(f".{path.name}.lock").absolute()
        self.thread = threading.current_thread()
        older = MakerLock.held.get(self.place)
        if older and (older.thread is self.thread or not older.thread.is_alive()):
            older.release()  # what it was for has failed
        self._file = FileLock(self.place, timeout=MOMENT, thread_local=False)
        with saving(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._acquire(path)
        MakerLock.held[self.place] = self
        for rest in path.parent.absolute().glob(f".{glob.escape(path.name)}.*"):
            if rest != self.place:
                _remove(rest)

    def release(self) -> None:
        """Give the right back."""
        if self._file.is_locked:
            MakerLock.held.pop(self.place, None)
            with contextlib.suppress(PermissionError):  # Windows keeps a file that is open
                self.place.unlink(missing_ok=True)
            self._file.release()

    def _acquire(self, path: Path) -> None:
        try:
            self._file.acquire()
        except Timeout:
            raise UserError("'{file}' is being made by another run right now",
                            "one at a time is accepted",
                            "wait until it is done", file=path.name) from None

    def __enter__(self) -> MakerLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class TrainingSlot:
    """The right of a run to train: precision and noise belong to the whole process.

    It ends with the run's thread, and with the run itself.
    """

    guard: ClassVar[threading.Lock] = threading.Lock()
    holder: ClassVar[TrainingSlot | None] = None

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
    def is_needed(self) -> bool:
        """Return whether somebody still trains in it."""
        return self.run() is not None and self.thread.is_alive()

    def release(self) -> None:
        """Give the right back."""
        with TrainingSlot.guard:
            if TrainingSlot.holder is self:
                TrainingSlot.holder = None

    def _taken(self) -> bool:
        """Take the right and return true, unless another thread has it."""
        with TrainingSlot.guard:
            other = TrainingSlot.holder
            if other and other.is_needed and other.thread is not self.thread:
                return False
            TrainingSlot.holder = self
            return True


def _remove(rest: Path) -> None:
    """Remove a file or a folder."""
    if rest.is_dir():
        shutil.rmtree(rest, ignore_errors=True)
    else:
        rest.unlink(missing_ok=True)
