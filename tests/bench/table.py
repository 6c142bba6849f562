"""Rows of measurements, and the one way to print them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement; `against` is the time that it is compared with."""

    name: str
    seconds: float
    against: float | None = None

    def __str__(self) -> str:
        ratio = f"{self.seconds / self.against:8.2f}×" if self.against else ""
        return f"  {self.name:48} {1000 * self.seconds:10.2f} ms {ratio}"


def fastest(works: Sequence[Callable[[], object]], rounds: int, calls: int = 1) -> list[float]:
    """Return the shortest time of one call of each work.

    They take turns, so that noise meets all alike; in its turn each is called several times in a
    row, so that none pays for the caches that another one filled.
    """
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for index, work in enumerate(works):
            for _ in range(calls):
                start = time.perf_counter()
                work()
                best[index] = min(best[index], time.perf_counter() - start)
    return best


def show(title: str, rows: Sequence[Row | str]) -> None:
    """Print a titled table; a plain text among the rows says what was left out."""
    print(f"\n{title}", flush=True)
    for row in rows:
        print(row if isinstance(row, Row) else f"  {row}", flush=True)
