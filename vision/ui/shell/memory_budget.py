"""How much memory all heavy work together may take: what does not fit waits, or is told so."""

from __future__ import annotations

import inspect
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from vision.errors import UserError, cut
from vision.ui.components.handlers import within

GIGABYTE = 1e9
MOST = 4.0 * GIGABYTE  # beside what the models and the page take
SHARE = 0.6  # of the machine's memory, where that is less
SMALL = 1 / 16  # of the whole: who needs no more passes those who wait for much,
PASSING = 1 / 4  # as long as such needs together take no more than this
PATIENCE = 60.0  # seconds
LOOK = 0.05  # from one look at whether there is room to the next
DECODED = 8.0  # bytes a pixel of a picture that is decoded and then shrunk
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")

Need = Callable[[dict[str, Any]], float]  # a handler's values by name → bytes


class Budget:
    """So many bytes, given in turn, but little at once; what is given back needs no lock.

    A finaliser, which garbage collection may run in any thread at any moment, may give back.
    """

    def __init__(self, whole: float, patience: float | None = None) -> None:
        self.whole, self.patience = whole, patience
        self.held: dict[object, float] = {}
        self.waiting: deque[object] = deque()
        self._lock = threading.Lock()

    @property
    def used(self) -> float:
        """Return how much is given out."""
        return sum(list(self.held.values()))

    def check(self, need: float) -> None:
        """Raise for what never fits."""
        if need > self.whole:
            raise UserError("this would take about {need:.1f} GB of memory",
                            "up to {whole:.1f} GB are accepted", "choose a smaller size or picture",
                            need=need / GIGABYTE, whole=self.whole / GIGABYTE)

    @contextmanager
    def holding(self, need: float) -> Iterator[None]:
        """Hold so many bytes, once those who came before have theirs and these are there too."""
        self.check(need)
        ticket = object()
        self.waiting.append(ticket)
        try:
            self._wait(ticket, need)
            yield
        finally:
            self.held.pop(ticket, None)

    def _wait(self, ticket: object, need: float) -> None:
        patience = PATIENCE if self.patience is None else self.patience
        end = time.monotonic() + patience
        try:
            while not self._given(ticket, need):
                if time.monotonic() > end:
                    raise UserError("others take the memory that this needs",
                                    "it did not come free within {seconds:.0f} s",
                                    "try again in a minute", seconds=patience)
                time.sleep(LOOK)
        finally:
            self.waiting.remove(ticket)

    def _given(self, ticket: object, need: float) -> bool:
        with self._lock:
            turn = self.waiting[0] is ticket or self._passes(need)
            fits = turn and self.used + need <= self.whole
            if fits:
                self.held[ticket] = need
            return fits

    def _passes(self, need: float) -> bool:
        """Return whether a need is so small that it does not wait behind large ones."""
        small = SMALL * self.whole
        passing = sum(held for held in list(self.held.values()) if held <= small)
        return need <= small and passing + need <= PASSING * self.whole


def whole_budget() -> float:
    """Return how many bytes there are for all heavy work: `VISION_MEMORY_GB`, or a share."""
    if asked := os.environ.get("VISION_MEMORY_GB", "").strip():
        return gigabytes(asked) * GIGABYTE
    limits = [int(text) for text in map(_read, LIMITS) if text.isdigit()]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min([MOST, *(SHARE * limit for limit in limits)])


def gigabytes(asked: str) -> float:
    """Return how many gigabytes somebody has written, which must be a number above 0."""
    try:
        number = float(asked)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise UserError("{name} is '{given}'",
                        "a number of gigabytes above 0 is accepted, such as 4",
                        "set it to one, or leave it out", name="VISION_MEMORY_GB", given=cut(asked))
    return number


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


BUDGET = Budget(whole_budget())


def within_memory(need: Need, budget: Budget | None = None
                  ) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator: a handler holds what `need` says of its values as long as it works.

    It holds that of a `budget`, or else of the one for all heavy work.

    It stands inside `low_priority`, so that memory is given back by the thread that used it.
    """

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(handler)

        def held(*values: Any, **named: Any) -> AbstractContextManager[None]:
            given = signature.bind(*values, **named)
            given.apply_defaults()
            return (budget or BUDGET).holding(need(given.arguments))

        return within(held, handler)

    return decorate


def decoding(*names: str, bytes_a_pixel: float = DECODED) -> Need:
    """Return the need of a handler for decoding the pictures that it gets by these names."""
    from vision.images import pixels_of

    def need(given: dict[str, Any]) -> float:
        files = [file for name in names for file in _files(given.get(name))]
        return bytes_a_pixel * max(map(pixels_of, files), default=0)

    return need


def _files(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])
