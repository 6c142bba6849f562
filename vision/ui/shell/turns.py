"""Work in slices: so many at once, in the order in which they came; whoever is new comes first."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Places for slices of work; who waits longest is next, the newcomers before the others."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._new: deque[threading.Event] = deque()
        self._others: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, new: bool = False) -> Iterator[None]:
        """Wait for a place, and give it to the next when the slice is done."""
        mine = threading.Event()
        with self._lock:
            (self._new if new else self._others).append(mine)
            self._give()
        mine.wait()  # each slice before it ends by itself
        try:
            yield
        finally:
            with self._lock:
                self._free += 1
                self._give()

    def _give(self) -> None:
        """Give the free places to those who wait."""
        while self._free and (waiting := self._new or self._others):
            waiting.popleft().set()
            self._free -= 1
