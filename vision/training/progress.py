"""What a training says of each step, to whoever listens."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """What a training says after one step."""

    number: int
    total: int
    values: dict[str, float]
    seconds: float = 0.0
    sample: Any = field(default=None, compare=False)

    @property
    def seconds_left(self) -> float:
        """Return how long the rest takes at the speed so far."""
        return self.seconds / max(self.number, 1) * (self.total - self.number)


OnStep = Callable[[Step], "bool | None"]
"""Called after each step; returning True asks the training to stop there and keep its model."""


def on_terminal(step: Step) -> None:
    """Show a step as a progress bar on a terminal, and every hundredth as a line in a log."""
    numbers = "  ".join(f"{name} {value:.4f}" for name, value in step.values.items())
    line = f"step {step.number}/{step.total}  {numbers}  {step.seconds_left:.0f} s left"
    if sys.stderr.isatty():
        end = "\n" if step.number == step.total else ""
        print(f"\r\033[K{line}", end=end, file=sys.stderr, flush=True)
    elif step.number % 100 == 0 or step.number in (1, step.total) or len(step.values) > 1:
        print(line, file=sys.stderr, flush=True)
