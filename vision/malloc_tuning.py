"""What glibc keeps of freed memory: else two gigabytes after three minutes of fifty visitors.

Blocks that come from the system and go back to it one by one leave no holes; pages of two
megabytes (`vision/__init__.py`) make that as fast as keeping them.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # of glibc's malloc.h
ARENAS = 2  # pools of memory that all threads share; each thread would else begin one
LARGE = 8_000_000  # bytes of a block that goes back to the system as soon as it is free
SPARE = 16_000_000  # bytes at a pool's end that may wait for their next use


def keep_little() -> None:
    """Let all threads share few pools, and large blocks go back at once, where the C library can.
    """
    if mallopt := _found("mallopt"):
        mallopt(M_ARENA_MAX, ARENAS)
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_TRIM_THRESHOLD, SPARE)


def tidy() -> None:
    """Give the system back what was freed, where the C library can."""
    if malloc_trim := _found("malloc_trim"):
        malloc_trim(0)


def _found(name: str) -> Any:
    """Return a function of the C library, or None if it does not have it."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
