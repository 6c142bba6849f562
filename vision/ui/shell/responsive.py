"""The thread that serves everybody never waits long for the others to let go of the interpreter.

Long work has a low priority, so whatever it does in one go while it holds the interpreter takes a
multiple of its time when the processors are busy, and all visitors wait. The longest such thing is
Python's garbage collection, which goes through all that torch and the page have made; what is
there before the first visitor stays, so it need not be looked at again and again.
"""

from __future__ import annotations

import gc
import sys

TURN = 0.001  # seconds until a thread lets another one in; Python's default is five times that


def take_short_turns() -> None:
    """Let threads change places often."""
    sys.setswitchinterval(TURN)


def spare_what_stays() -> None:
    """Leave all that is there now to no later garbage collection."""
    gc.collect()
    gc.freeze()
