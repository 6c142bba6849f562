"""What glibc keeps of freed memory: else two gigabytes after three minutes of fifty visitors."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

ARENAS = 2  # pools of memory that all threads share; each thread would else begin one
M_ARENA_MAX = -8  # of glibc's malloc.h


def share_arenas() -> None:
    """Let all threads take their memory from few pools, where the C library can."""
    if mallopt := _found("mallopt"):
        mallopt(M_ARENA_MAX, ARENAS)


def tidy() -> None:
    """Give the system back what was freed, where the C library can."""
    if malloc_trim := _found("malloc_trim"):
        malloc_trim(0)


def _found(name: str) -> Any:
    """Return a function of the C library, or None if it does not have it."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
