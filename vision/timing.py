"""How long pieces of work take beside each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median


def milliseconds_in_turns(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the median milliseconds of each piece of work, all of them once in each round.

    So what disturbs one of them disturbs them all. The first round warms up and does not count.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds + 1):
        for work, own in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            own.append(1000 * (time.perf_counter() - start))
    return [median(own[1:]) for own in times]
