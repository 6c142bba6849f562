"""Functions that run in forks of this process: silent, some at a time, with a time limit.

The limit counts what the processor did, so that a busy machine does not end a fork too early.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterable
from tempfile import mkdtemp

Work = tuple[Callable[[], int], float]  # what a fork does, and its seconds of processor at most
ASLEEP = 20  # times the limit, by the clock, after which a fork that only waits is ended


def in_forks(works: Iterable[Work], places: int = 1) -> list[int]:
    """Return the exit code of each function, or minus the signal that ended it."""
    running: dict[int, int] = {}
    ends: dict[int, int] = {}
    folder = mkdtemp()
    for number, (work, limit) in enumerate(works):
        if len(running) == places:
            _wait(running, ends, folder)
        running[_fork(work, limit, folder)] = number
    while running:
        _wait(running, ends, folder)
    shutil.rmtree(folder, ignore_errors=True)
    return [ends[number] for number in range(len(ends))]


def _fork(work: Callable[[], int], limit: float, folder: str) -> int:
    """Return the number of a new process that does the work in a folder of its own."""
    child = os.fork()
    if child:
        return child
    signal.setitimer(signal.ITIMER_PROF, limit)
    signal.alarm(int(ASLEEP * limit) + 1)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    own = os.path.join(folder, str(os.getpid()))
    os.mkdir(own)
    os.environ["PYTEST_DEBUG_TEMPROOT"] = own
    try:
        os._exit(int(work()))
    finally:
        os._exit(1)


def _wait(running: dict[int, int], ends: dict[int, int], folder: str) -> None:
    """Wait for one fork, note its end, and delete what it left."""
    child, status = os.wait()
    ends[running.pop(child)] = os.waitstatus_to_exitcode(status)
    shutil.rmtree(os.path.join(folder, str(child)), ignore_errors=True)
