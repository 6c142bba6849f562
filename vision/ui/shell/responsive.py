"""The thread that serves everybody never waits long for the others to let go of the interpreter.

Long work has a low priority, so whatever it does in one go while it holds the interpreter takes a
multiple of its time when the processors are busy, and all visitors wait. The longest such thing is
Python's garbage collection, which goes through all that torch and the page have made; what is
there before the first visitor stays, so it need not be looked at again and again.
"""

from __future__ import annotations

import gc
import sys

import gradio as gr

TURN = 0.001  # seconds until a thread lets another one in; Python's default is five times that
LOOK = 0.01  # seconds between two looks for new calls; Gradio's 0.001 take a tenth of a core


def take_short_turns() -> None:
    """Let threads change places often."""
    sys.setswitchinterval(TURN)


def look_less_often(app: gr.Blocks) -> None:
    """Let a page that nobody uses leave the processor alone."""
    app._queue.sleep_when_free = LOOK
    app._queue.progress_update_sleep_when_free = 5 * LOOK


def spare_what_stays() -> None:
    """Leave all that is there now to no later garbage collection."""
    gc.collect()
    gc.freeze()
