"""The program's end: work stops after its present step and is saved, and nothing holds it up."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any, NoReturn

GRACE_SECONDS = 9.0  # less than what `docker stop` waits for
ENDING = threading.Event()


def leaving() -> bool:
    """Return whether the program ends, if need be as soon as threads that still work have ended."""
    return ENDING.is_set() or not threading.main_thread().is_alive()


def end_on_sigterm() -> None:
    """Let the signal that stops a container end the program, which as process 1 would not hear it.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)


def end(*_: Any) -> NoReturn:
    """Ask all work to stop, and end the main thread as Ctrl-C does; what goes on too long is cut.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ENDING.set()
    last = threading.Timer(GRACE_SECONDS, os._exit, [0])
    last.daemon = True
    last.start()
    raise KeyboardInterrupt
